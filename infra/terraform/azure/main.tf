terraform {
  required_version = ">= 1.5"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 3.0"
    }
  }
}

locals {
  template = coalesce(var.template, "${path.module}/main.json")
}

resource "azurerm_resource_group_template_deployment" "podroutes" {
  name                = var.deployment_name
  resource_group_name = var.resource_group_name
  # Deletes nothing that is in the group besides.
  deployment_mode    = "Incremental"
  template_content   = file(local.template)
  parameters_content = jsonencode(local.parameters)
  tags               = var.tags
}
