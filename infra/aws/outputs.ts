import { CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { DeployedFunction } from './functions.ts';

/** What an operator looks for at night. */
interface Watching {
  readonly topic: ITopic | null;
  readonly dashboard: Dashboard | null;
  readonly nodeEvents: DeployedFunction;
  readonly reconcile: DeployedFunction;
}

/** Names the topic, and links to the dashboard and the logs, in the console of the commercial regions. */
export function linkToWatching(
  scope: Construct,
  { topic, dashboard, nodeEvents, reconcile }: Watching,
): void {
  const page = `https://console.aws.amazon.com/cloudwatch/home?region=${Stack.of(scope).region}#`;
  const logsOf = ({ logs }: DeployedFunction): string =>
    `${page}logsV2:log-groups/log-group/${inFragment(logs.logGroupName)}`;
  const outputs = {
    ...(topic !== null && { AlarmsTopic: topic.topicArn }),
    ...(dashboard !== null && { DashboardLink: `${page}dashboards/dashboard/${dashboard.dashboardName}` }),
    NodeEventsLogsLink: logsOf(nodeEvents),
    ReconcileLogsLink: logsOf(reconcile),
  };
  for (const [id, value] of Object.entries(outputs)) new CfnOutput(scope, id, { value });
}

/** The console escapes names twice, with $ in the place of %. */
function inFragment(name: string): string {
  return Fn.join('$252F', Fn.split('/', name));
}
