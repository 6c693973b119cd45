import { ALARM_SLUGS, type AlarmSlug, describeAlarm } from '../../../../infra/alarms.ts';
import { NOT_ON_AZURE } from '../../../../infra/azure/alerts.ts';
import { CLUSTER_TAG, slugOfAlarm } from '../../../../infra/deployed-names.ts';
import { createGroup } from '../../../../shared/sandbox/arm/groups.ts';
import type { ArmSandbox } from '../../../../shared/sandbox/arm-server.ts';
import { CLUSTER } from '../../sandbox/cluster.ts';
import type { Monitoring } from '../../sandbox/monitoring.ts';

/** The group of the function app, which need not be that of the nodes. */
const APP_GROUP = 'podroutes';

/** Rules that watch the queue are metric rules, all others look into the log. */
const ON_QUEUE: ReadonlySet<AlarmSlug> = new Set(['dead-letters', 'queue-age']);

const SEVERITY_LEVELS = { warn: 2, error: 3 };

/** As the template names them after its app. */
function nameRule(slug: AlarmSlug): string {
  return `podroutes-${CLUSTER}-${slug}`;
}

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
        const name = nameRule(slug);
        const tags = { [CLUSTER_TAG]: CLUSTER };
        const description = describeAlarm(slug);
        rules.push({ type, id: idOf(type, name), name, tags, description, scopes: [scope] });
      }
    },
    raise: (alarm, from, to) => {
      const slug = slugOfAlarm(alarm);
      const rule = rules.find(({ name }) => name === nameRule(slug));
      if (rule !== undefined) alerts.push({ rule, from, to });
    },
    log: (at, level, line) => {
      const text = JSON.stringify({ cluster: CLUSTER, ...line });
      log.push({ at, severityLevel: SEVERITY_LEVELS[level], text });
    },
  };
}
