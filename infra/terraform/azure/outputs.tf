locals {
  outputs = jsondecode(azurerm_resource_group_template_deployment.podroutes.output_content)
}

output "version" {
  description = "Version of podroutes that is deployed."
  value       = local.outputs.version.value
}

output "function_app" {
  description = "Name of the function app."
  value       = local.outputs.functionApp.value
}

output "unique" {
  description = "Part that the names of the roles and deployments outside the group share."
  value       = local.outputs.unique.value
}

output "reconcile_url" {
  description = "Address of the function for invocation by hand."
  value       = local.outputs.reconcileUrl.value
}

output "events_queue" {
  description = "Queue of the events."
  value       = local.outputs.eventsQueue.value
}

output "unreadable_queue" {
  description = "Queue of the messages that could not be read."
  value       = local.outputs.unreadableQueue.value
}

output "action_group" {
  description = "Name of the action group for alerts; empty where nobody is told."
  value       = local.outputs.actionGroup.value
}

output "logs_link" {
  description = "Link to the logs."
  value       = local.outputs.logsLink.value
}

output "workbooks_link" {
  description = "Link to the workbooks."
  value       = local.outputs.workbooksLink.value
}

output "service_bus_namespace" {
  description = "Host of the Service Bus namespace."
  value       = local.outputs.serviceBusNamespace.value
}

output "ledger" {
  description = "Address of the table of the ledger."
  value       = local.outputs.ledger.value
}
