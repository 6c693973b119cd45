provider "aws" {
  region = "eu-central-1"
}

module "podroutes" {
  source = "../.."

  stack_name    = "podroutes-kthw"
  bucket        = "my-templates"
  cluster       = "kthw"
  cluster_cidrs = ["10.200.0.0/16"]
  alarm_emails  = ["ops@example.com"]
}

output "reconcile_function" {
  description = "Name of the function to invoke by hand."
  value       = module.podroutes.reconcile_function
}
