import { Stack } from 'aws-cdk-lib';
import { CfnQueryDefinition, type LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Queries of CloudWatch Logs Insights over both functions' logs, by the name that they are saved under. */
export const QUERIES = {
  decisions: `fields @timestamp, action, outcome, cidr, node, routeTable, reason
| filter ispresent(outcome)
| sort @timestamp desc
| limit 200`,
  failures: `fields @timestamp, action, cidr, node, routeTable, error, errorMessage
| filter outcome = "failed" or outcome = "skipped"
| sort @timestamp desc
| limit 200`,
  findings: `fields @timestamp, reason, node, cidr, routeTable, message, remedy
| filter ispresent(remedy)
| sort @timestamp desc
| limit 200`,
  'messages left in the queue': `filter message = "messages left in the queue"
| stats sum(count) as messages, latest(@timestamp) as last by reason
| sort messages desc`,
  'time from event to route': `filter ispresent(eventAgeMs)
| stats count(*) as events, pct(eventAgeMs, 50) as median, pct(eventAgeMs, 95) as p95, max(eventAgeMs) as longest by bin(5m)`,
  'history of a node': `fields @timestamp, action, outcome, cidr, routeTable, reason, message
| filter node = "i-0123456789abcdef0"
| sort @timestamp desc
| limit 200`,
  'errors of the functions': `fields @timestamp, @message
| filter level = "ERROR" or @message like /"errorType"/
| sort @timestamp desc
| limit 100`,
  'memory and duration': `filter @type = "REPORT"
| stats count(*) as invocations, max(@duration) as longest, max(@maxMemoryUsed / 1000 / 1000) as megabytes, sum(@initDuration > 0) as cold by bin(1h)`,
} as const;

/** Saves the queries, in a folder for the cluster and the stack. */
export function saveQueries(scope: Construct, cluster: string, logs: readonly LogGroup[]): void {
  for (const [name, queryString] of Object.entries(QUERIES)) {
    new CfnQueryDefinition(scope, `Query-${name.replaceAll(' ', '-')}`, {
      name: `podroutes/${cluster}/${Stack.of(scope).stackName}/${name}`,
      queryString,
      logGroupNames: logs.map(({ logGroupName }) => logGroupName),
    });
  }
}
