# Made from infra/azure/parameters.ts and infra/azure/forms.ts by infra/azure/synth.ts.

variable "resource_group_name" {
  description = "Name of the resource group for the app, which has to be there."
  type        = string
  nullable    = false
}

variable "deployment_name" {
  description = "Name of the deployment in the resource group."
  type        = string
  default     = "podroutes"
  nullable    = false
}

variable "template" {
  description = "Path of the template; `main.json` in the folder of the module by default."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the deployment."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "cluster" {
  description = "cluster name; finds tables and nodes by the tag kubernetes.io/cluster/<name>, on Azure kubernetes.io_cluster_<name> (PODROUTES_CLUSTER)"
  type        = string
  nullable    = false

  validation {
    condition     = length(var.cluster) >= 1 && length(var.cluster) <= 100
    error_message = "cluster: expected at least 1 and at most 100 characters."
  }

  validation {
    condition     = trimspace(var.cluster) == var.cluster
    error_message = "cluster: expected a text without blanks around it."
  }
}

variable "cluster_cidrs" {
  description = "comma-separated list of pod address ranges, IPv4 and IPv6 (PODROUTES_CLUSTER_CIDRS)"
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.cluster_cidrs) >= 1
    error_message = "cluster_cidrs: expected at least 1 elements."
  }

  validation {
    condition     = alltrue([for each in var.cluster_cidrs : trimspace(each) == each && !strcontains(each, ",")])
    error_message = "cluster_cidrs: expected texts without commas, and without blanks around them."
  }
}

variable "route_tables" {
  description = "comma-separated list: rtb-…, or Azure route table ids, or group/name (PODROUTES_ROUTE_TABLES)"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.route_tables : trimspace(each) == each && !strcontains(each, ",")])
    error_message = "route_tables: expected texts without commas, and without blanks around them."
  }
}

variable "node_tag" {
  description = "key or key=value that selects nodes (PODROUTES_NODE_TAG)"
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = trimspace(var.node_tag) == var.node_tag
    error_message = "node_tag: expected a text without blanks around it."
  }
}

variable "pod_cidr_tag" {
  description = "tag whose value is one CIDR or a comma-separated list; user data is searched for the same name (PODROUTES_POD_CIDR_TAG)"
  type        = string
  default     = "pod-cidr"
  nullable    = false

  validation {
    condition     = length(var.pod_cidr_tag) >= 1
    error_message = "pod_cidr_tag: expected at least 1 characters."
  }

  validation {
    condition     = trimspace(var.pod_cidr_tag) == var.pod_cidr_tag
    error_message = "pod_cidr_tag: expected a text without blanks around it."
  }
}

variable "pod_cidr_sources" {
  description = "where to look for claims, in this order: tag, user-data, kubernetes (PODROUTES_POD_CIDR_SOURCES)"
  type        = list(string)
  default     = ["tag", "user-data"]
  nullable    = false

  validation {
    condition     = length(var.pod_cidr_sources) >= 1 && length(var.pod_cidr_sources) <= 3
    error_message = "pod_cidr_sources: expected at least 1 and at most 3 elements."
  }

  validation {
    condition     = alltrue([for each in var.pod_cidr_sources : trimspace(each) == each && !strcontains(each, ",")])
    error_message = "pod_cidr_sources: expected texts without commas, and without blanks around them."
  }
}

variable "route_name" {
  description = "Azure route name template (PODROUTES_ROUTE_NAME)"
  type        = string
  default     = "kubernetes-route-{cidr}"
  nullable    = false

  validation {
    condition     = length(var.route_name) >= 6
    error_message = "route_name: expected at least 6 characters."
  }

  validation {
    condition     = trimspace(var.route_name) == var.route_name
    error_message = "route_name: expected a text without blanks around it."
  }
}

variable "route_limit" {
  description = "routes per table (PODROUTES_ROUTE_LIMIT)"
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = floor(var.route_limit) == var.route_limit && var.route_limit >= 1
    error_message = "route_limit: expected a whole number from 1 on."
  }
}

variable "max_deletes" {
  description = "living nodes that may be left without a route in a table within 24 hours: a count, or a percentage of those that have one (PODROUTES_MAX_DELETES)"
  type        = string
  default     = "30%"
  nullable    = false

  validation {
    condition     = length(var.max_deletes) >= 1
    error_message = "max_deletes: expected at least 1 characters."
  }

  validation {
    condition     = trimspace(var.max_deletes) == var.max_deletes
    error_message = "max_deletes: expected a text without blanks around it."
  }
}

variable "grace" {
  description = "how long a route must have been seen unclaimed before it goes (PODROUTES_GRACE)"
  type        = string
  default     = "15m"
  nullable    = false

  validation {
    condition     = length(var.grace) >= 2
    error_message = "grace: expected at least 2 characters."
  }

  validation {
    condition     = trimspace(var.grace) == var.grace
    error_message = "grace: expected a text without blanks around it."
  }
}

variable "kubernetes" {
  description = "address of the Kubernetes API, or kubeconfig or kubeconfig:CONTEXT for the command line; with it the source kubernetes and the node condition (PODROUTES_KUBERNETES)"
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = trimspace(var.kubernetes) == var.kubernetes
    error_message = "kubernetes: expected a text without blanks around it."
  }

  validation {
    condition     = can(regex("^(|https:\\/\\/.+)$", var.kubernetes))
    error_message = "kubernetes: expected an address such as https://10.0.0.10:6443."
  }
}

variable "kubernetes_ca" {
  description = "certificates that the Kubernetes API is trusted by: PEM, or Base64 of it as a kubeconfig has it (PODROUTES_KUBERNETES_CA)"
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = trimspace(var.kubernetes_ca) == var.kubernetes_ca
    error_message = "kubernetes_ca: expected a text without blanks around it."
  }
}

variable "kubernetes_token" {
  description = "token for the Kubernetes API: on AWS secret:NAME in Secrets Manager, on Azure what a Key Vault reference leaves; on both identity:AUDIENCE for a token of the function's own identity (PODROUTES_KUBERNETES_TOKEN)"
  type        = string
  default     = ""
  nullable    = false
  sensitive   = true

  validation {
    condition     = trimspace(var.kubernetes_token) == var.kubernetes_token
    error_message = "kubernetes_token: expected a text without blanks around it."
  }

  validation {
    condition     = can(regex("^(|@Microsoft\\.KeyVault\\(.+\\)|identity:.+)$", var.kubernetes_token))
    error_message = "kubernetes_token: expected a Key Vault reference, @Microsoft.KeyVault(SecretUri=https://…), or identity:AUDIENCE."
  }
}

variable "max_claims" {
  description = "claims of one node that count (PODROUTES_MAX_CLAIMS)"
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = floor(var.max_claims) == var.max_claims && var.max_claims >= 1
    error_message = "max_claims: expected a whole number from 1 on."
  }
}

variable "allocate" {
  description = "block size to hand to nodes without a claim, /24 or /24,/64 (PODROUTES_ALLOCATE)"
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = trimspace(var.allocate) == var.allocate
    error_message = "allocate: expected a text without blanks around it."
  }
}

variable "reserved_cidrs" {
  description = "ranges inside the cluster CIDRs that no node may claim (PODROUTES_RESERVED_CIDRS)"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.reserved_cidrs : trimspace(each) == each && !strcontains(each, ",")])
    error_message = "reserved_cidrs: expected texts without commas, and without blanks around them."
  }
}

variable "stopped_nodes" {
  description = "keep or remove the routes of stopped nodes (PODROUTES_STOPPED_NODES)"
  type        = string
  default     = "keep"
  nullable    = false

  validation {
    condition     = contains(["keep", "remove"], var.stopped_nodes)
    error_message = "stopped_nodes: expected one of keep, remove."
  }
}

variable "forwarding" {
  description = "source/destination check, IP forwarding: ensure, report or ignore (PODROUTES_FORWARDING)"
  type        = string
  default     = "report"
  nullable    = false

  validation {
    condition     = contains(["ensure", "report", "ignore"], var.forwarding)
    error_message = "forwarding: expected one of ensure, report, ignore."
  }
}

variable "dry_run" {
  description = "plan only (PODROUTES_DRY_RUN)"
  type        = bool
  default     = false
  nullable    = false
}

variable "location" {
  description = "region of all resources"
  type        = string
  default     = null

  validation {
    condition     = var.location == null ? true : trimspace(var.location) == var.location
    error_message = "location: expected a text without blanks around it."
  }
}

variable "app_name" {
  description = "name of the function app, unique in Azure; other names are made from it"
  type        = string
  default     = null

  validation {
    condition     = var.app_name == null ? true : length(var.app_name) >= 2 && length(var.app_name) <= 43
    error_message = "app_name: expected at least 2 and at most 43 characters."
  }

  validation {
    condition     = var.app_name == null ? true : trimspace(var.app_name) == var.app_name
    error_message = "app_name: expected a text without blanks around it."
  }

  validation {
    condition     = var.app_name == null ? true : can(regex("(?i)^[a-z]([a-z\\d-]*[a-z\\d])?$", var.app_name)) && !can(regex("(?i)^login|microsoft|windows", var.app_name))
    error_message = "app_name: expected letters, digits and hyphens, first a letter and no hyphen at the end, without microsoft and windows, and not login at the beginning."
  }
}

variable "package_url" {
  description = "address of the functions' code, released-package.zip, for Azure to take it from; empty to deploy the code apart"
  type        = string
  nullable    = false
  sensitive   = true

  validation {
    condition     = trimspace(var.package_url) == var.package_url
    error_message = "package_url: expected a text without blanks around it."
  }

  validation {
    condition     = can(regex("^(|https:\\/\\/[^\\s?#]+\\/released-package\\.zip(\\?\\S*)?)$", var.package_url))
    error_message = "package_url: expected an address that ends with /released-package.zip, such as https://…/released-package.zip."
  }
}

variable "node_resource_groups" {
  description = "resource groups with the nodes, and with the route tables where route_tables names none"
  type        = list(string)
  default     = null

  validation {
    condition     = var.node_resource_groups == null ? true : length(var.node_resource_groups) >= 1
    error_message = "node_resource_groups: expected at least 1 elements."
  }

  validation {
    condition     = var.node_resource_groups == null ? true : alltrue([for each in var.node_resource_groups : trimspace(each) == each && !strcontains(each, ",")])
    error_message = "node_resource_groups: expected texts without commas, and without blanks around them."
  }
}

variable "network_resource_groups" {
  description = "further resource groups, with the virtual networks and with the route tables that route_tables names"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.network_resource_groups : trimspace(each) == each && !strcontains(each, ",")])
    error_message = "network_resource_groups: expected texts without commas, and without blanks around them."
  }
}

variable "read_subscription" {
  description = "whether the app may read every machine of the subscription, with its user data, to have all power states in one list"
  type        = bool
  default     = false
  nullable    = false
}

variable "resource_notifications" {
  description = "whether to subscribe to Resource Notifications of the subscription, which report machines that the platform creates itself; a subscription can have one such topic"
  type        = bool
  default     = false
  nullable    = false
}

variable "function_subnet_id" {
  description = "id of a subnet, delegated to Microsoft.App/environments, to reach private addresses from, such as that of the Kubernetes API"
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = trimspace(var.function_subnet_id) == var.function_subnet_id
    error_message = "function_subnet_id: expected a text without blanks around it."
  }

  validation {
    condition     = can(regex("(?i)^(|\\/subscriptions\\/[^/]+\\/resourceGroups\\/[^/]+\\/providers\\/Microsoft\\.Network\\/virtualNetworks\\/[^/]+\\/subnets\\/[^/]+)$", var.function_subnet_id))
    error_message = "function_subnet_id: expected the id of a subnet."
  }
}

variable "node_version" {
  description = "version of Node.js that the functions run on"
  type        = string
  default     = "22"
  nullable    = false

  validation {
    condition     = contains(["22", "24"], var.node_version)
    error_message = "node_version: expected one of 22, 24."
  }
}

variable "instance_memory_mb" {
  description = "memory of an instance of the function app"
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = contains([512, 2048, 4096], var.instance_memory_mb)
    error_message = "instance_memory_mb: expected one of 512, 2048, 4096."
  }
}

variable "monitoring" {
  description = "which alert rules there are: full, essential (those for what loses routes) or off; logs and the workbook are there in any case"
  type        = string
  default     = "full"
  nullable    = false

  validation {
    condition     = contains(["full", "essential", "off"], var.monitoring)
    error_message = "monitoring: expected one of full, essential, off."
  }
}

variable "alert_emails" {
  description = "addresses that alerts are sent to"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.alert_emails : trimspace(each) == each && !strcontains(each, ",")])
    error_message = "alert_emails: expected texts without commas, and without blanks around them."
  }

  validation {
    condition     = alltrue([for each in var.alert_emails : can(regex("^[^\\s@,;<>]+@[^\\s@,;<>]+\\.[^\\s@.,;<>]+$", each))]) && length(distinct([for each in var.alert_emails : lower(each)])) == length(var.alert_emails)
    error_message = "alert_emails: expected addresses such as operators@example.com, each once."
  }
}

variable "docs_url" {
  description = "address that the folder docs is published at; descriptions of alerts then link to their pages"
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = trimspace(var.docs_url) == var.docs_url
    error_message = "docs_url: expected a text without blanks around it."
  }

  validation {
    condition     = can(regex("^(|https:\\/\\/\\S*[^/\\s])$", var.docs_url))
    error_message = "docs_url: expected an address such as https://git.example.com/podroutes/docs."
  }
}

variable "event_to_route_seconds" {
  description = "how long 95 % of the routes may take from their event, in seconds"
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = floor(var.event_to_route_seconds) == var.event_to_route_seconds && var.event_to_route_seconds >= 1
    error_message = "event_to_route_seconds: expected a whole number from 1 on."
  }
}

variable "log_retention_days" {
  description = "how long logs are kept"
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = floor(var.log_retention_days) == var.log_retention_days && var.log_retention_days >= 30 && var.log_retention_days <= 730
    error_message = "log_retention_days: expected a whole number from 30 to 730."
  }
}
