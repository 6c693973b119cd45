import { monitorAws } from '../../functions/cli/clouds/aws/monitoring.ts';
import { buildAwsCluster } from '../../functions/cli/clouds/aws/sandbox.ts';
import { monitorAzure } from '../../functions/cli/clouds/azure/monitoring.ts';
import { buildAzureCluster } from '../../functions/cli/clouds/azure/sandbox.ts';
import { CLUSTER, CLUSTER_CIDR } from '../../functions/cli/sandbox/cluster.ts';
import type { Monitoring } from '../../functions/cli/sandbox/monitoring.ts';
import { startArmSandbox } from '../../shared/sandbox/arm-server.ts';
import { startAwsSandbox } from '../../shared/sandbox/aws-server.ts';
import { type Ended, podroutes } from './built-command.ts';

/** Each cloud's own calls. */
const CALLS = {
  alarms: {
    aws: ['DescribeAlarms'],
    azure: ['ScheduledQueryRules_ListBySubscription', 'MetricAlerts_ListBySubscription'],
  },
  history: { aws: ['DescribeAlarmHistory'], azure: ['Alerts_GetAll'] },
  logs: { aws: ['StartQuery'], azure: ['Query_Get'] },
  tables: { aws: ['DescribeRouteTables'], azure: ['RouteTables_List'] },
};

/** The cluster of `podroutes sandbox`, with alarms that a test raises. */
export interface AlertsWorld extends Monitoring {
  readonly env: Readonly<Record<string, string>>;
  /** Runs `podroutes alerts` with these arguments. */
  readonly alerts: (...args: string[]) => Promise<Ended>;
  readonly idOf: (name: string) => string;
  /** Lets every such read fail for want of a permission. */
  readonly deny: (what: keyof typeof CALLS) => void;
  readonly mutations: () => number;
}

export const DENIED = { aws: 'AccessDeniedException', azure: 'AuthorizationFailed' };

/** Runs `use` in a cloud of its own. */
export async function withAlerts(
  cloud: 'aws' | 'azure',
  use: (world: AlertsWorld) => Promise<void>,
): Promise<void> {
  const started = await (cloud === 'aws' ? startAws() : startAzure());
  const { sandbox, ids, monitoring } = started;
  const env = { PODROUTES_CLUSTER: CLUSTER, PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR, ...started.env };
  try {
    await use({
      ...monitoring,
      env,
      alerts: (...args) => podroutes(['alerts', ...args], env),
      idOf: (name) => ids.get(name) ?? name,
      deny: (what) => {
        for (const call of CALLS[what][cloud]) {
          sandbox.failNext(call, { code: DENIED[cloud], status: 403, times: 100 });
        }
      },
      mutations: () => sandbox.calls.filter(({ mutating }) => mutating).length,
    });
  } finally {
    await sandbox.close();
  }
}

async function startAws() {
  const sandbox = await startAwsSandbox();
  const env = {
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_REGION: sandbox.region,
    AWS_ACCESS_KEY_ID: 'person',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  };
  return { sandbox, env, ids: buildAwsCluster(sandbox), monitoring: monitorAws(sandbox) };
}

async function startAzure() {
  // Lists of several pages, as a subscription with many rules has.
  const sandbox = await startArmSandbox({ retryAfterSeconds: 0, pageSize: 3 });
  const env = {
    PODROUTES_ARM_ENDPOINT: sandbox.endpoint,
    PODROUTES_AZURE_SUBSCRIPTION: sandbox.subscription,
    PODROUTES_AZURE_RESOURCE_GROUPS: 'kubernetes',
  };
  return { sandbox, env, ids: buildAzureCluster(sandbox), monitoring: monitorAzure(sandbox) };
}
