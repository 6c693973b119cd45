# Made from infra/azure/parameters.ts and infra/azure/forms.ts by infra/azure/synth.ts.

locals {
  parameters = merge(
    {
      cluster               = { value = var.cluster }
      clusterCidrs          = { value = var.cluster_cidrs }
      routeTables           = { value = var.route_tables }
      nodeTag               = { value = var.node_tag }
      podCidrTag            = { value = var.pod_cidr_tag }
      podCidrSources        = { value = var.pod_cidr_sources }
      routeName             = { value = var.route_name }
      routeLimit            = { value = var.route_limit }
      maxDeletes            = { value = var.max_deletes }
      grace                 = { value = var.grace }
      kubernetes            = { value = var.kubernetes }
      kubernetesCa          = { value = var.kubernetes_ca }
      kubernetesToken       = { value = var.kubernetes_token }
      maxClaims             = { value = var.max_claims }
      allocate              = { value = var.allocate }
      reservedCidrs         = { value = var.reserved_cidrs }
      stoppedNodes          = { value = var.stopped_nodes }
      forwarding            = { value = var.forwarding }
      dryRun                = { value = var.dry_run }
      packageUrl            = { value = var.package_url }
      networkResourceGroups = { value = var.network_resource_groups }
      readSubscription      = { value = var.read_subscription }
      resourceNotifications = { value = var.resource_notifications }
      functionSubnetId      = { value = var.function_subnet_id }
      nodeVersion           = { value = var.node_version }
      instanceMemoryMB      = { value = var.instance_memory_mb }
      monitoring            = { value = var.monitoring }
      alertEmails           = { value = var.alert_emails }
      docsUrl               = { value = var.docs_url }
      eventToRouteSeconds   = { value = var.event_to_route_seconds }
      logRetentionDays      = { value = var.log_retention_days }
    },
    {
      for name, value in {
        location           = var.location
        appName            = var.app_name
        nodeResourceGroups = var.node_resource_groups
      } : name => { value = value } if value != null
    }
  )
}
