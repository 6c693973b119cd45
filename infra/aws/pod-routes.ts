import { CfnOutput, Duration, Stack, Token } from 'aws-cdk-lib';
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { VERSION } from '../../shared/core/version.ts';
import { acknowledgeFindings } from './acknowledge.ts';
import { createAlarmTopic } from './alarm-topic.ts';
import { createAlarms } from './alarms.ts';
import { createDashboard } from './dashboard.ts';
import { createEventQueue } from './event-queue.ts';
import { createFunction, type DeployedFunction, invokeByQueue, receiveStatement } from './functions.ts';
import { createKey, type Sender } from './key.ts';
import { createLedgerTable, type DeployedLedger } from './ledger.ts';
import { createLifecycleHooks } from './lifecycle-hooks.ts';
import { linkToWatching } from './outputs.ts';
import { callStatements, hastenStatements, hookStatements } from './permissions.ts';
import type { PodRoutesProps } from './props.ts';
import { saveQueries } from './queries.ts';
import { type CheckedProps, readProps } from './read-props.ts';
import { createSchedule } from './schedule.ts';

/**
 * Keeps VPC route tables in step with the pod CIDRs of a cluster's nodes: events and a schedule in, routes out, and
 * an alarm raised when routes are not corrected. Throws one error that lists everything wrong with its properties.
 *
 * @example new PodRoutes(stack, 'PodRoutes', { cluster: 'kthw', clusterCidrs: ['10.200.0.0/16'] });
 */
export class PodRoutes extends Construct {
  /** Where events wait. */
  readonly queue: Queue;
  /** What was given up. */
  readonly deadLetters: Queue;
  /** Invoked by the queue. */
  readonly nodeEvents: LambdaFunction;
  /** Invoked by the schedule, and by hand. */
  readonly reconcile: LambdaFunction;
  /** What outlives a run; none where it was not asked for, or the cluster has no name. */
  readonly ledger: Table | null;
  /** Where alarms go; none where nothing is watched. */
  readonly alarmTopic: ITopic | null;
  readonly alarms: readonly Alarm[];
  /** None where it was not asked for, or less than everything is watched. */
  readonly dashboard: Dashboard | null;

  constructor(scope: Construct, id: string, given: PodRoutesProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    const checked = readProps(given, Token.isUnresolved(region) ? null : region);
    const { props, cluster } = checked;
    const { monitoring } = checked.config;
    const key = createSharedKey(this, checked);
    const queueKey = props.encryptQueuesWithKey ? key : null;
    const { queue, deadLetters, rules } = createEventQueue(this, checked, queueKey);
    const ledger =
      props.ledger && props.cluster !== undefined ? createLedgerTable(this, props.cluster) : null;
    const nodeEvents = createNodeEvents(this, checked, { queue, queueKey, ledger });
    const reconcile = createReconcile(this, checked, ledger);
    createSchedule(this, reconcile.handler, props.scheduleMinutes);
    createLifecycleHooks(this, checked);
    saveQueries(this, cluster, [nodeEvents.logs, reconcile.logs]);
    const topic =
      monitoring === 'off'
        ? null
        : createAlarmTopic(this, {
            arn: props.alarmTopicArn,
            emails: props.alarmEmails,
            key: monitoring === 'full' ? key : null,
          });
    const { scheduleMinutes, eventToRouteSeconds } = props;
    const watched = {
      ...{ monitoring, cluster, queue, deadLetters, rules, scheduleMinutes, eventToRouteSeconds },
      ...{ nodeEvents: nodeEvents.handler, reconcile: reconcile.handler, docsUrl: props.docsUrl ?? null },
    };
    this.queue = queue;
    this.deadLetters = deadLetters;
    this.nodeEvents = nodeEvents.handler;
    this.reconcile = reconcile.handler;
    this.ledger = ledger?.table ?? null;
    this.alarmTopic = topic;
    this.alarms = topic === null ? [] : createAlarms(this, watched, topic);
    this.dashboard =
      props.dashboard && monitoring === 'full' ? createDashboard(this, watched, this.alarms) : null;
    new CfnOutput(this, 'Version', { value: VERSION });
    new CfnOutput(this, 'ReconcileFunction', { value: this.reconcile.functionName });
    new CfnOutput(this, 'NodeEventsFunction', { value: this.nodeEvents.functionName });
    new CfnOutput(this, 'EventsQueue', { value: queue.queueUrl });
    new CfnOutput(this, 'DeadLettersQueue', { value: deadLetters.queueUrl });
    if (ledger !== null) new CfnOutput(this, 'LedgerTable', { value: ledger.table.tableName });
    linkToWatching(this, { topic, dashboard: this.dashboard, nodeEvents, reconcile });
    acknowledgeFindings(this, checked);
  }
}

function createNodeEvents(
  scope: Construct,
  checked: CheckedProps,
  { queue, queueKey, ledger }: { queue: Queue; queueKey: Key | null; ledger: DeployedLedger | null },
): DeployedFunction {
  const created = createFunction(
    scope,
    'NodeEvents',
    {
      bundle: 'node-events',
      description: 'podroutes: updates the routes of nodes that events name',
      timeoutSeconds: checked.props.eventsTimeoutSeconds,
      environment: ledger?.environment ?? {},
      statements: [
        ...callStatements(scope, checked),
        ...hookStatements(scope, checked.props.autoScalingGroups),
        ...(ledger?.statements ?? []),
        receiveStatement(queue),
        ...hastenStatements(checked, queue),
        ...(queueKey === null
          ? []
          : [new PolicyStatement({ actions: ['kms:Decrypt'], resources: [queueKey.keyArn] })]),
      ],
    },
    checked,
  );
  invokeByQueue(scope, created, queue);
  return created;
}

function createReconcile(
  scope: Construct,
  checked: CheckedProps,
  ledger: DeployedLedger | null,
): DeployedFunction {
  const { reconcileTimeoutSeconds, scheduleMinutes } = checked.props;
  const created = createFunction(
    scope,
    'Reconcile',
    {
      bundle: 'reconcile',
      description: 'podroutes: checks all nodes and tables, repairs routes, returns the report',
      timeoutSeconds: reconcileTimeoutSeconds,
      environment: ledger?.environment ?? {},
      statements: [...callStatements(scope, checked), ...(ledger?.statements ?? [])],
    },
    checked,
  );
  // An attempt that is still waiting when the next run is due has nothing left to do.
  created.handler.configureAsyncInvoke({ maxEventAge: Duration.minutes(scheduleMinutes), retryAttempts: 1 });
  return created;
}

/**
 * A key costs a dollar a month, so there is none where nothing is encrypted with it. Alarms hold no secrets: where
 * only what is essential is watched, their topic does without.
 */
function createSharedKey(scope: Construct, { props, config }: CheckedProps): Key | null {
  const services: Sender[] = [];
  if (config.monitoring === 'full' && props.alarmTopicArn === undefined) {
    services.push('cloudwatch.amazonaws.com');
  }
  if (props.encryptQueuesWithKey) services.push('events.amazonaws.com');
  return services.length === 0 ? null : createKey(scope, services);
}
