provider "azurerm" {
  features {
    template_deployment {
      delete_nested_items_during_deletion = false
    }
  }
}

resource "azurerm_resource_group" "podroutes" {
  name     = "podroutes"
  location = "westeurope"
}

module "podroutes" {
  source = "../.."

  resource_group_name  = azurerm_resource_group.podroutes.name
  package_url          = "https://files.example.com/podroutes/released-package.zip"
  cluster              = "kthw"
  cluster_cidrs        = ["10.200.0.0/16"]
  node_resource_groups = ["kubernetes"]
  alert_emails         = ["operators@example.com"]
}

output "function_app" {
  description = "Name of the function app."
  value       = module.podroutes.function_app
}
