locals {
  # CDK begins the names of outputs with the construct's id, and ends them with a hash.
  outputs = { for key, value in aws_cloudformation_stack.podroutes.outputs : replace(key, "/^PodRoutes|[0-9A-F]{8}$/", "") => value }
}

output "version" {
  description = "Version of podroutes that is deployed."
  value       = lookup(local.outputs, "Version", null)
}

output "reconcile_function" {
  description = "Name of the function for the schedule, and to invoke by hand."
  value       = lookup(local.outputs, "ReconcileFunction", null)
}

output "node_events_function" {
  description = "Name of the function for events."
  value       = lookup(local.outputs, "NodeEventsFunction", null)
}

output "events_queue" {
  description = "Queue of the events."
  value       = lookup(local.outputs, "EventsQueue", null)
}

output "dead_letters_queue" {
  description = "Queue of the events that were given up."
  value       = lookup(local.outputs, "DeadLettersQueue", null)
}

output "ledger_table" {
  description = "Name of the DynamoDB table of the ledger; null without one."
  value       = lookup(local.outputs, "LedgerTable", null)
}

output "alarms_topic" {
  description = "ARN of the topic for alarms; null where nothing is watched."
  value       = lookup(local.outputs, "AlarmsTopic", null)
}

output "dashboard_link" {
  description = "Link to the dashboard; null without one."
  value       = lookup(local.outputs, "DashboardLink", null)
}

output "node_events_logs_link" {
  description = "Link to the logs of the function for events."
  value       = lookup(local.outputs, "NodeEventsLogsLink", null)
}

output "reconcile_logs_link" {
  description = "Link to the logs of the function for the schedule."
  value       = lookup(local.outputs, "ReconcileLogsLink", null)
}
