terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_s3_bucket" "templates" {
  bucket = var.bucket
}

locals {
  template = coalesce(var.template, "${path.module}/podroutes.template.json")
}

# The template is larger than CloudFormation takes directly.
resource "aws_s3_object" "template" {
  bucket = var.bucket
  # Another template has another address, which makes CloudFormation update the stack.
  key          = "${var.stack_name}/podroutes-${filesha256(local.template)}.template.json"
  source       = local.template
  content_type = "application/json"
}

resource "aws_cloudformation_stack" "podroutes" {
  name         = var.stack_name
  template_url = "https://${data.aws_s3_bucket.templates.bucket_regional_domain_name}/${aws_s3_object.template.key}"
  capabilities = ["CAPABILITY_IAM"]
  parameters   = local.parameters
  tags         = var.tags
}
