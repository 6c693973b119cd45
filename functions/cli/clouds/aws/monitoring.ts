import { describeAlarm } from '../../../../infra/alarms.ts';
import { ALARM_NAMES, nameAlarm, nameLogGroup, slugOfAlarm } from '../../../../infra/deployed-names.ts';
import type { AwsSandbox } from '../../../../shared/sandbox/aws-server.ts';
import { CLUSTER } from '../../sandbox/cluster.ts';
import type { Monitoring } from '../../sandbox/monitoring.ts';

const DEPLOYED = { cluster: CLUSTER, stack: `podroutes-${CLUSTER}` };

/** Alarms and logs of CloudWatch. */
export function monitorAws({ cloudWatch, logs }: Pick<AwsSandbox, 'cloudWatch' | 'logs'>): Monitoring {
  const group = nameLogGroup(DEPLOYED, 'reconcile');
  return {
    deploy: (at) => {
      for (const name of [group, nameLogGroup(DEPLOYED, 'node-events')]) logs.createGroup(name);
      for (const each of ALARM_NAMES) {
        const name = nameAlarm(DEPLOYED, each);
        cloudWatch.putAlarm(name, describeAlarm(slugOfAlarm(each)), at);
        cloudWatch.setState(name, 'OK', 'Threshold not crossed', at);
      }
    },
    raise: (alarm, from, to) => {
      const name = nameAlarm(DEPLOYED, alarm);
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
