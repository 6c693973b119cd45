# Made from infra/aws/one-file/parameters.ts by infra/aws/one-file/synth.ts.

variable "stack_name" {
  description = "Name of the stack."
  type        = string
  default     = "podroutes"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,127}$", var.stack_name))
    error_message = "stack_name: expected letters, digits and hyphens, at most 128, beginning with a letter."
  }
}

variable "bucket" {
  description = "Name of a bucket of yours in the stack's region, which the template is written to."
  type        = string
  nullable    = false
}

variable "template" {
  description = "Path of the template; `podroutes.template.json` in the folder of the module by default."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the stack, and of what it makes."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "cluster" {
  description = "Cluster name; route tables and nodes are found by the tag `kubernetes.io/cluster/<name>`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,89}$", var.cluster))
    error_message = "cluster: expected letters, digits, dots, hyphens and underscores, at most 90, beginning with a letter or digit."
  }
}

variable "cluster_cidrs" {
  description = "Pod address ranges, IPv4 and IPv6."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.cluster_cidrs) >= 1 && alltrue([for each in var.cluster_cidrs : can(regex("^[0-9a-fA-F.:]+/[0-9]{1,3}$", each))])
    error_message = "cluster_cidrs: expected networks such as 10.200.0.0/16 or fd00:200::/48."
  }
}

variable "route_tables" {
  description = "Ids of the managed route tables. Write permissions are then limited to these."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.route_tables) <= 10 && alltrue([for each in var.route_tables : can(regex("^rtb-[0-9a-f]+$", each))])
    error_message = "route_tables: expected at most 10 ids such as rtb-0123abcd."
  }
}

variable "vpc_ids" {
  description = "VPCs of the nodes. The permission to switch off source/destination checks is then limited to these."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.vpc_ids) <= 5 && alltrue([for each in var.vpc_ids : can(regex("^vpc-[0-9a-f]+$", each))])
    error_message = "vpc_ids: expected at most 5 ids such as vpc-0123abcd."
  }
}

variable "node_tag_key" {
  description = "The key. `key` or `key=value` that selects nodes."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^$|^[^\"\\\\*?=,\\x00-\\x1f]{1,128}$", var.node_tag_key))
    error_message = "node_tag_key: expected the key of a tag, without \" \\ * ? = and commas."
  }
}

variable "node_tag_value" {
  description = "The value; empty for any. `key` or `key=value` that selects nodes."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^$|^[^\"\\\\*?,\\x00-\\x1f]{1,256}$", var.node_tag_value))
    error_message = "node_tag_value: expected the value of a tag, without \" \\ * ? and commas."
  }
}

variable "pod_cidr_tag" {
  description = "Tag whose value is one pod CIDR or a comma-separated list; user data is searched for the same name."
  type        = string
  default     = "pod-cidr"
  nullable    = false

  validation {
    condition     = can(regex("^[^\"\\\\*?,\\x00-\\x1f]{1,128}$", var.pod_cidr_tag))
    error_message = "pod_cidr_tag: expected a tag name of at most 128 characters, without \" \\ * ? and commas."
  }
}

variable "pod_cidr_sources" {
  description = "Where claims are looked for, in this order: `tag`, `user-data`, `kubernetes`."
  type        = list(string)
  default     = ["tag", "user-data"]
  nullable    = false

  validation {
    condition     = contains(["tag", "tag,user-data", "tag,user-data,kubernetes", "tag,kubernetes", "tag,kubernetes,user-data", "user-data", "user-data,tag", "user-data,tag,kubernetes", "user-data,kubernetes", "user-data,kubernetes,tag", "kubernetes", "kubernetes,tag", "kubernetes,tag,user-data", "kubernetes,user-data", "kubernetes,user-data,tag"], join(",", var.pod_cidr_sources))
    error_message = "pod_cidr_sources: expected one of tag, tag,user-data, tag,user-data,kubernetes, tag,kubernetes, tag,kubernetes,user-data, user-data, user-data,tag, user-data,tag,kubernetes, user-data,kubernetes, user-data,kubernetes,tag, kubernetes, kubernetes,tag, kubernetes,tag,user-data, kubernetes,user-data, kubernetes,user-data,tag."
  }
}

variable "max_claims" {
  description = "Claims of one node that count."
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = floor(var.max_claims) == var.max_claims && var.max_claims >= 1
    error_message = "max_claims: expected a whole number from 1 on."
  }
}

variable "allocate" {
  description = "Block size to hand to nodes without a claim, `/24` or `/24,/64`; only with `cluster` and `ledger`, with `tag` among `pod_cidr_sources` and without `kubernetes` there. The functions may then write the tag `pod_cidr_tag` of nodes."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^$|^/[0-9]{1,3}(,/[0-9]{1,3})?$", var.allocate))
    error_message = "allocate: expected /24 or /24,/64."
  }
}

variable "reserved_cidrs" {
  description = "Ranges inside the cluster CIDRs that no node may claim or be given."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.reserved_cidrs : can(regex("^[0-9a-fA-F.:]+/[0-9]{1,3}$", each))])
    error_message = "reserved_cidrs: expected networks inside the cluster CIDRs."
  }
}

variable "kubernetes" {
  description = "Address of the Kubernetes API; with it `pod_cidr_sources` may include `kubernetes`, and podroutes sets the condition of each Node."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^$|^https://[^\\s\"\\\\]+$", var.kubernetes))
    error_message = "kubernetes: expected an address such as https://10.0.0.10:6443."
  }
}

variable "kubernetes_ca" {
  description = "Certificates that the Kubernetes API is trusted by, in PEM or in Base64 of it."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+/=\\s-]*$", var.kubernetes_ca))
    error_message = "kubernetes_ca: expected certificates in PEM, or Base64 of it."
  }
}

variable "kubernetes_token_secret" {
  description = "Name or ARN of the secret, without `secret:`. Token for the Kubernetes API: `secret:NAME` of Secrets Manager, by the secret's ARN where it is made in the same app or is of another account, or `identity:AUDIENCE` for a token of the functions' own role."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@:-]{0,512}$", var.kubernetes_token_secret))
    error_message = "kubernetes_token_secret: expected the name or the ARN of a secret."
  }
}

variable "kubernetes_token_audience" {
  description = "The audience, without `identity:`. Token for the Kubernetes API: `secret:NAME` of Secrets Manager, by the secret's ARN where it is made in the same app or is of another account, or `identity:AUDIENCE` for a token of the functions' own role."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[!#-\\[\\]-~]{0,1000}$", var.kubernetes_token_audience))
    error_message = "kubernetes_token_audience: expected an audience, without \" and \\."
  }
}

variable "function_subnet_ids" {
  description = "Subnets to place the functions in, where the Kubernetes API is reached from nowhere else. EC2 and the other services of AWS must then be reachable by a NAT gateway or by endpoints."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.function_subnet_ids) <= 6 && alltrue([for each in var.function_subnet_ids : can(regex("^subnet-[0-9a-f]+$", each))])
    error_message = "function_subnet_ids: expected at most 6 ids such as subnet-0123abcd."
  }
}

variable "function_security_group_ids" {
  description = "Security groups of the functions; only with `function_subnet_ids`, and required there."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.function_security_group_ids) <= 5 && alltrue([for each in var.function_security_group_ids : can(regex("^sg-[0-9a-f]+$", each))])
    error_message = "function_security_group_ids: expected at most 5 ids such as sg-0123abcd."
  }
}

variable "route_limit" {
  description = "Routes per table."
  type        = number
  default     = 500
  nullable    = false

  validation {
    condition     = floor(var.route_limit) == var.route_limit && var.route_limit >= 1
    error_message = "route_limit: expected a whole number from 1 on."
  }
}

variable "max_deletes" {
  description = "Living nodes that may be left without a route in a table within 24 hours: a count, or a percentage of those that have one."
  type        = string
  default     = "30%"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+%?$", var.max_deletes))
    error_message = "max_deletes: expected a whole number, or a percentage from 0% to 100%."
  }
}

variable "grace" {
  description = "How long a route must have been seen unclaimed before it goes."
  type        = string
  default     = "15m"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+[smh]$", var.grace))
    error_message = "grace: expected a time such as 15m."
  }
}

variable "stopped_nodes" {
  description = "Routes of stopped nodes: `keep` or `remove`."
  type        = string
  default     = "keep"
  nullable    = false

  validation {
    condition     = contains(["keep", "remove"], var.stopped_nodes)
    error_message = "stopped_nodes: expected one of keep, remove."
  }
}

variable "forwarding" {
  description = "The source/destination check: `ensure` that it is off, `report` or `ignore`."
  type        = string
  default     = "ensure"
  nullable    = false

  validation {
    condition     = contains(["ensure", "report", "ignore"], var.forwarding)
    error_message = "forwarding: expected one of ensure, report, ignore."
  }
}

variable "dry_run" {
  description = "Plan only, write nothing."
  type        = bool
  default     = false
  nullable    = false
}

variable "ledger" {
  description = "Creates a DynamoDB table for the ledger; only with `cluster`. Without it, only `force` deletes routes that wait, and no block can be handed out."
  type        = bool
  default     = true
  nullable    = false
}

variable "auto_scaling_groups" {
  description = "Auto Scaling groups whose new instances are held back by a lifecycle hook until their routes are there. A group that is left out in an update loses its hook, and with it the instances that wait just then."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.auto_scaling_groups) <= 10 && alltrue([for each in var.auto_scaling_groups : can(regex("^[^\"\\\\*?,\\x00-\\x1f]{1,255}$", each))])
    error_message = "auto_scaling_groups: expected at most 10 names without wildcards, quotes, backslashes and commas."
  }
}

variable "create_hooks" {
  description = "Creates the launching hook of each of `auto_scaling_groups`; `false` where it is there already."
  type        = bool
  default     = true
  nullable    = false
}

variable "hook_default_result" {
  description = "What becomes of an instance whose routes did not come within ten minutes: `CONTINUE` or `ABANDON`."
  type        = string
  default     = "CONTINUE"
  nullable    = false

  validation {
    condition     = contains(["CONTINUE", "ABANDON"], var.hook_default_result)
    error_message = "hook_default_result: expected one of CONTINUE, ABANDON."
  }
}

variable "lifecycle_hook" {
  description = "Name of the lifecycle hooks to complete. A new name makes new hooks and removes the old ones."
  type        = string
  default     = "podroutes"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_/-]{1,255}$", var.lifecycle_hook))
    error_message = "lifecycle_hook: expected the name of a lifecycle hook."
  }
}

variable "drift_events" {
  description = "Acts on changes of routes and checks by others, too. Needs a CloudTrail trail that logs management events."
  type        = bool
  default     = false
  nullable    = false
}

variable "event_bus" {
  description = "EventBridge bus for domain events, in the stack's region: its name or ARN; the ARN where it is made in the same app."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^$|^(arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/)?[A-Za-z0-9_./-]{1,256}$", var.event_bus))
    error_message = "event_bus: expected the name or the ARN of an event bus."
  }
}

variable "schedule_minutes" {
  description = "Minutes between two full reconciles, from 1 to 180."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = contains([1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180], var.schedule_minutes)
    error_message = "schedule_minutes: expected one of 1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180."
  }
}

variable "memory_mb" {
  description = "Memory of each function in MB, from 128 to 10240; new accounts have 3008 at most."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = floor(var.memory_mb) == var.memory_mb && var.memory_mb >= 128 && var.memory_mb <= 10240
    error_message = "memory_mb: expected a whole number from 128 to 10240."
  }
}

variable "events_timeout_seconds" {
  description = "Seconds that one batch of events may take, from 10 to 900."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = contains([10, 20, 30, 60, 90, 120, 180, 300, 600, 900], var.events_timeout_seconds)
    error_message = "events_timeout_seconds: expected one of 10, 20, 30, 60, 90, 120, 180, 300, 600, 900."
  }
}

variable "reconcile_timeout_seconds" {
  description = "Seconds that a full reconcile may take, from 10 to 900, and no more than are between two."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = contains([10, 20, 30, 60, 120, 180, 300, 600, 900], var.reconcile_timeout_seconds)
    error_message = "reconcile_timeout_seconds: expected one of 10, 20, 30, 60, 120, 180, 300, 600, 900."
  }
}

variable "reserve_concurrency" {
  description = "Reserves one execution for each function, so that one batch runs at a time. Takes a quota of 102 executions, and refuses second batches of a burst, each time at the cost of a receive."
  type        = bool
  default     = false
  nullable    = false
}

variable "encrypt_queues_with_key" {
  description = "Encrypts the queues with the stack's KMS key as well."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that logs are kept, one of CloudWatch's periods."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days: expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "log_level" {
  description = "`DEBUG`, `INFO`, `WARN` or `ERROR`."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN", "ERROR"], var.log_level)
    error_message = "log_level: expected one of DEBUG, INFO, WARN, ERROR."
  }
}

variable "monitoring" {
  description = "What watches podroutes: `full`, all alarms, metrics and the dashboard; `essential`, the alarms for what loses routes; or `off`."
  type        = string
  default     = "full"
  nullable    = false

  validation {
    condition     = contains(["full", "essential", "off"], var.monitoring)
    error_message = "monitoring: expected one of full, essential, off."
  }
}

variable "alarm_emails" {
  description = "Addresses that alarms are mailed to, once each has confirmed."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_emails) <= 5 && alltrue([for each in var.alarm_emails : can(regex("^[^\\s@\",]+@[^\\s@\",]+$", each))])
    error_message = "alarm_emails: expected at most 5 addresses such as ops@example.com."
  }
}

variable "alarm_topic_arn" {
  description = "ARN of the SNS topic for alarms, where there is one in the stack's region."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^$|^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn: expected the ARN of an SNS topic."
  }
}

variable "docs_url" {
  description = "Address that the folder `docs` is published at; descriptions of alarms then link to their pages."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^$|^https://[^\\s\"\\\\]*[^/\\s\"\\\\]$", var.docs_url))
    error_message = "docs_url: expected an address such as https://git.example.com/podroutes/docs."
  }
}

variable "event_to_route_seconds" {
  description = "Seconds from event to route above which the alarm `event-to-route-slow` is raised."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = floor(var.event_to_route_seconds) == var.event_to_route_seconds && var.event_to_route_seconds >= 1 && var.event_to_route_seconds <= 86400
    error_message = "event_to_route_seconds: expected a whole number from 1 to 86400."
  }
}

variable "dashboard" {
  description = "Makes a CloudWatch dashboard; only with `monitoring` at `full`."
  type        = bool
  default     = true
  nullable    = false
}
