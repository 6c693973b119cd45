/**
 * What `PodRoutes` is given. Every value is text, a number, a flag or a list of texts, so that the same properties
 * can stand in a file.
 */
export interface PodRoutesProps {
  /**
   * Pod address ranges, IPv4 and IPv6.
   * @default - required
   */
  readonly clusterCidrs: readonly string[];
  /**
   * Cluster name; route tables and nodes are found by the tag `kubernetes.io/cluster/<name>`.
   * @default - required unless `routeTables` is given
   */
  readonly cluster?: string;
  /**
   * Ids of the managed route tables. Write permissions are then limited to these.
   * @default - those with the cluster's tag
   */
  readonly routeTables?: readonly string[];
  /**
   * `key` or `key=value` that selects nodes.
   * @default - the cluster's tag; with `routeTables` and no cluster, any instance that makes a claim
   */
  readonly nodeTag?: string;
  /**
   * Tag whose value is one pod CIDR or a comma-separated list; user data is searched for the same name.
   * @default pod-cidr
   */
  readonly podCidrTag?: string;
  /**
   * Where claims are looked for, in this order: `tag`, `user-data`, `kubernetes`.
   * @default tag, user-data
   */
  readonly podCidrSources?: readonly string[];
  /**
   * Routes per table.
   * @default 500
   */
  readonly routeLimit?: number;
  /**
   * Living nodes that may be left without a route in a table within 24 hours: a count, or a percentage of those that
   * have one.
   * @default 30%
   */
  readonly maxDeletes?: string;
  /**
   * How long a route must have been seen unclaimed before it goes.
   * @default 15m
   */
  readonly grace?: string;
  /**
   * Address of the Kubernetes API; with it `podCidrSources` may include `kubernetes`, and podroutes sets the
   * condition of each Node.
   * @default - off
   */
  readonly kubernetes?: string;
  /**
   * Certificates that the Kubernetes API is trusted by, in PEM or in Base64 of it.
   * @default - those that Node.js knows
   */
  readonly kubernetesCa?: string;
  /**
   * Token for the Kubernetes API: `secret:NAME` of Secrets Manager, by the secret's ARN where it is made in the same
   * app or is of another account, or `identity:AUDIENCE` for a token of the functions' own role.
   * @default - required beside `kubernetes`
   */
  readonly kubernetesToken?: string;
  /**
   * Subnets to place the functions in, where the Kubernetes API is reached from nowhere else. EC2 and the other
   * services of AWS must then be reachable by a NAT gateway or by endpoints.
   * @default - in no VPC
   */
  readonly functionSubnetIds?: readonly string[];
  /**
   * Security groups of the functions; only with `functionSubnetIds`, and required there.
   * @default - none
   */
  readonly functionSecurityGroupIds?: readonly string[];
  /**
   * Claims of one node that count.
   * @default 8
   */
  readonly maxClaims?: number;
  /**
   * Creates a DynamoDB table for the ledger; only with `cluster`. Without it, only `force` deletes routes that wait,
   * and no block can be handed out.
   * @default true
   */
  readonly ledger?: boolean;
  /**
   * Block size to hand to nodes without a claim, `/24` or `/24,/64`; only with `cluster` and `ledger`, with `tag` among
   * `podCidrSources` and without `kubernetes` there. The functions may then write the tag `podCidrTag` of nodes.
   * @default - off
   */
  readonly allocate?: string;
  /**
   * Ranges inside the cluster CIDRs that no node may claim or be given.
   * @default - none
   */
  readonly reservedCidrs?: readonly string[];
  /**
   * Routes of stopped nodes: `keep` or `remove`.
   * @default keep
   */
  readonly stoppedNodes?: string;
  /**
   * The source/destination check: `ensure` that it is off, `report` or `ignore`.
   * @default ensure
   */
  readonly forwarding?: string;
  /**
   * Plan only, write nothing.
   * @default false
   */
  readonly dryRun?: boolean;
  /**
   * EventBridge bus for domain events, in the stack's region: its name or ARN; the ARN where it is made in the same
   * app.
   * @default - none
   */
  readonly eventBus?: string;
  /**
   * Name of the lifecycle hooks to complete. A new name makes new hooks and removes the old ones.
   * @default podroutes
   */
  readonly lifecycleHook?: string;
  /**
   * Auto Scaling groups whose new instances are held back by a lifecycle hook until their routes are there. A group
   * that is left out in an update loses its hook, and with it the instances that wait just then.
   * @default - none
   */
  readonly autoScalingGroups?: readonly string[];
  /**
   * Creates the launching hook of each of `autoScalingGroups`; `false` where it is there already.
   * @default true
   */
  readonly createHooks?: boolean;
  /**
   * What becomes of an instance whose routes did not come within ten minutes: `CONTINUE` or `ABANDON`.
   * @default CONTINUE
   */
  readonly hookDefaultResult?: string;
  /**
   * VPCs of the nodes. The permission to switch off source/destination checks is then limited to these.
   * @default - the account's interfaces in this region
   */
  readonly vpcIds?: readonly string[];
  /**
   * Acts on changes of routes and checks by others, too. Needs a CloudTrail trail that logs management events.
   * @default false
   */
  readonly driftEvents?: boolean;
  /**
   * Minutes between two full reconciles, from 1 to 180.
   * @default 5
   */
  readonly scheduleMinutes?: number;
  /**
   * Reserves one execution for each function, so that one batch runs at a time. Takes a quota of 102 executions, and
   * refuses second batches of a burst, each time at the cost of a receive.
   * @default false
   */
  readonly reserveConcurrency?: boolean;
  /**
   * Memory of each function in MB, from 128 to 10240; new accounts have 3008 at most.
   * @default 512
   */
  readonly memoryMb?: number;
  /**
   * Seconds that one batch of events may take, from 10 to 900.
   * @default 60
   */
  readonly eventsTimeoutSeconds?: number;
  /**
   * Seconds that a full reconcile may take, from 10 to 900, and no more than are between two.
   * @default 60
   */
  readonly reconcileTimeoutSeconds?: number;
  /**
   * Encrypts the queues with the stack's KMS key as well.
   * @default - SQS's own keys
   */
  readonly encryptQueuesWithKey?: boolean;
  /**
   * Days that logs are kept, one of CloudWatch's periods.
   * @default 30
   */
  readonly logRetentionDays?: number;
  /**
   * `DEBUG`, `INFO`, `WARN` or `ERROR`.
   * @default INFO
   */
  readonly logLevel?: string;
  /**
   * What watches podroutes: `full`, all alarms, metrics and the dashboard; `essential`, the alarms for what loses
   * routes; or `off`.
   * @default full
   */
  readonly monitoring?: string;
  /**
   * Addresses that alarms are mailed to, once each has confirmed.
   * @default - none
   */
  readonly alarmEmails?: readonly string[];
  /**
   * ARN of the SNS topic for alarms, where there is one in the stack's region.
   * @default - a new topic, with `full` encrypted with a key of its own
   */
  readonly alarmTopicArn?: string;
  /**
   * Address that the folder `docs` is published at; descriptions of alarms then link to their pages.
   * @default - none
   */
  readonly docsUrl?: string;
  /**
   * Seconds from event to route above which the alarm `event-to-route-slow` is raised.
   * @default 60
   */
  readonly eventToRouteSeconds?: number;
  /**
   * Makes a CloudWatch dashboard; only with `monitoring` at `full`.
   * @default true
   */
  readonly dashboard?: boolean;
}

export type PropertyName = keyof PodRoutesProps;
