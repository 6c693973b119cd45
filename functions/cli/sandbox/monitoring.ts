import { ALARM_SLUGS, type AlarmSlug, describeAlarm } from '../../../infra/alarms.ts';
import { NOT_ON_AZURE } from '../../../infra/azure/alerts.ts';
import {
  ALARM_NAMES,
  type AlarmName,
  CLUSTER_TAG,
  nameAlarm,
  nameLogGroup,
  slugOfAlarm,
} from '../../../infra/deployed-names.ts';
import { createGroup } from '../../../shared/sandbox/arm/groups.ts';
import type { ArmSandbox } from '../../../shared/sandbox/arm-server.ts';
import type { AwsSandbox } from '../../../shared/sandbox/aws-server.ts';
import { CLUSTER } from './cluster.ts';

/** What is deployed beside the functions, in a loopback cloud: alarms and logs. Times are milliseconds since the epoch. */
export interface Monitoring {
  /** Makes every alarm, all of them quiet. */
  readonly deploy: (at: number) => void;
  /** @param to null where it lasts */
  readonly raise: (alarm: AlarmName, from: number, to: number | null) => void;
  /** Writes a line as the functions do. */
  readonly log: (at: number, level: 'warn' | 'error', line: Readonly<Record<string, unknown>>) => void;
}

/** Alarms and logs of CloudWatch. */
export function monitorAws({ cloudWatch, logs }: Pick<AwsSandbox, 'cloudWatch' | 'logs'>): Monitoring {
  const group = nameLogGroup(CLUSTER, 'reconcile');
  return {
    deploy: (at) => {
      for (const name of [group, nameLogGroup(CLUSTER, 'node-events')]) logs.createGroup(name);
      for (const each of ALARM_NAMES) {
        const name = nameAlarm(CLUSTER, each);
        cloudWatch.putAlarm(name, describeAlarm(slugOfAlarm(each)), at);
        cloudWatch.setState(name, 'OK', 'Threshold not crossed', at);
      }
    },
    raise: (alarm, from, to) => {
      const name = nameAlarm(CLUSTER, alarm);
      cloudWatch.setState(name, 'ALARM', 'Threshold Crossed', from);
      if (to !== null) cloudWatch.setState(name, 'OK', 'Threshold not crossed', to);
    },
    log: (at, level, line) => {
      const timestamp = new Date(at).toISOString();
      const entry = {
        level: level.toUpperCase(),
        timestamp,
        service: 'podroutes',
        cluster: CLUSTER,
        ...line,
      };
      logs.append(group, { at, message: JSON.stringify(entry) });
    },
  };
}

/** The group of the function app, which need not be that of the nodes. */
const APP_GROUP = 'podroutes';

/** Rules that watch the queue are metric rules, all others look into the log. */
const ON_QUEUE: ReadonlySet<AlarmSlug> = new Set(['dead-letters', 'queue-age']);

const SEVERITY_LEVELS = { warn: 2, error: 3 };

/** Alert rules of Azure Monitor and the log of Application Insights. */
export function monitorAzure({ arm }: Pick<ArmSandbox, 'arm'>): Monitoring {
  const { rules, alerts, log } = arm.monitor;
  const idOf = (type: string, name: string) =>
    `/subscriptions/${arm.subscription}/resourceGroups/${APP_GROUP}/providers/${type}/${name}`;
  return {
    deploy: () => {
      createGroup(arm, APP_GROUP);
      for (const slug of ALARM_SLUGS.filter((each) => NOT_ON_AZURE[each] === undefined)) {
        const isMetric = ON_QUEUE.has(slug);
        const type = isMetric ? 'Microsoft.Insights/metricAlerts' : 'Microsoft.Insights/scheduledQueryRules';
        const scope = isMetric
          ? idOf('Microsoft.ServiceBus/namespaces', 'podroutes-kthw-bus')
          : idOf('Microsoft.Insights/components', 'podroutes-kthw-insights');
        const name = nameAlarm(CLUSTER, slug);
        const tags = { [CLUSTER_TAG]: CLUSTER };
        const description = describeAlarm(slug);
        rules.push({ type, id: idOf(type, name), name, tags, description, scopes: [scope] });
      }
    },
    raise: (alarm, from, to) => {
      const slug = slugOfAlarm(alarm);
      const rule = rules.find(({ name }) => name === nameAlarm(CLUSTER, slug));
      if (rule !== undefined) alerts.push({ rule, from, to });
    },
    log: (at, level, line) => {
      const text = JSON.stringify({ cluster: CLUSTER, ...line });
      log.push({ at, severityLevel: SEVERITY_LEVELS[level], text });
    },
  };
}
