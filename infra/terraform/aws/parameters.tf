# Made from infra/aws/one-file/parameters.ts by infra/aws/one-file/synth.ts.

locals {
  parameters = {
    Cluster                  = var.cluster
    ClusterCidrs             = join(",", var.cluster_cidrs)
    RouteTables              = join(",", var.route_tables)
    VpcIds                   = join(",", var.vpc_ids)
    NodeTagKey               = var.node_tag_key
    NodeTagValue             = var.node_tag_value
    PodCidrTag               = var.pod_cidr_tag
    PodCidrSources           = join(",", var.pod_cidr_sources)
    MaxClaims                = tostring(var.max_claims)
    Allocate                 = var.allocate
    ReservedCidrs            = join(",", var.reserved_cidrs)
    Kubernetes               = var.kubernetes
    KubernetesCa             = var.kubernetes_ca
    KubernetesTokenSecret    = var.kubernetes_token_secret
    KubernetesTokenAudience  = var.kubernetes_token_audience
    FunctionSubnetIds        = join(",", var.function_subnet_ids)
    FunctionSecurityGroupIds = join(",", var.function_security_group_ids)
    RouteLimit               = tostring(var.route_limit)
    MaxDeletes               = var.max_deletes
    Grace                    = var.grace
    StoppedNodes             = var.stopped_nodes
    Forwarding               = var.forwarding
    DryRun                   = tostring(var.dry_run)
    Ledger                   = tostring(var.ledger)
    AutoScalingGroups        = join(",", var.auto_scaling_groups)
    CreateHooks              = tostring(var.create_hooks)
    HookDefaultResult        = var.hook_default_result
    LifecycleHook            = var.lifecycle_hook
    DriftEvents              = tostring(var.drift_events)
    EventBus                 = var.event_bus
    ScheduleMinutes          = tostring(var.schedule_minutes)
    MemoryMb                 = tostring(var.memory_mb)
    EventsTimeoutSeconds     = tostring(var.events_timeout_seconds)
    ReconcileTimeoutSeconds  = tostring(var.reconcile_timeout_seconds)
    ReserveConcurrency       = tostring(var.reserve_concurrency)
    EncryptQueuesWithKey     = tostring(var.encrypt_queues_with_key)
    LogRetentionDays         = tostring(var.log_retention_days)
    LogLevel                 = var.log_level
    Monitoring               = var.monitoring
    AlarmEmails              = join(",", var.alarm_emails)
    AlarmTopicArn            = var.alarm_topic_arn
    DocsUrl                  = var.docs_url
    EventToRouteSeconds      = tostring(var.event_to_route_seconds)
    Dashboard                = tostring(var.dashboard)
  }
}
