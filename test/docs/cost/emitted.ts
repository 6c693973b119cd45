import type { Monitoring } from '../../../shared/core/telemetry.ts';
import { metricsOf, SCHEDULED, withFunction } from '../../e2e/deployment.ts';

/** What the functions of AWS gave CloudWatch in a life in which everything happens that they measure. */
export interface Emitted {
  /** Metrics, of which each is billed: a name with its dimensions. */
  readonly metrics: number;
  /** Bytes of the log of one full run that found nothing to do. */
  readonly quietRunBytes: number;
}

/** Nobody has sent it: it counts as unreadable. */
const UNREADABLE = { hello: 'world' };

/**
 * Plays the life on the built function: routes are created, replaced and deleted in every table, a schedule repairs one,
 * an event is ignored, another unreadable, and two codes of findings occur.
 */
export async function playLife(monitoring: Monitoring, tables: number): Promise<Emitted> {
  let emitted: Emitted = { metrics: 0, quietRunBytes: 0 };
  const env = { PODROUTES_MONITORING: monitoring };
  await withFunction('node-events', { tables, env }, async ({ world, host, deliverEvents }) => {
    for (const i of [0, 1]) await world.launch({ name: `worker-${i}`, podCidr: `10.200.${i}.0/24` });
    await deliverEvents();
    for (const i of [0, 1]) await world.terminate(`worker-${i}`);
    await world.launch({ name: 'heir', podCidr: '10.200.0.0/24' });
    await deliverEvents();
    await world.removeRoute('10.200.0.0/24');
    await deliverEvents([SCHEDULED]);
    const lines = [...host.takeLogs()];
    await deliverEvents([SCHEDULED]);
    const quiet = host.takeLogs();
    await world.launch({ name: 'twin', podCidr: '10.200.0.0/24' });
    await world.launch({ name: 'odd', podCidr: '10.200.3.7/24' });
    await deliverEvents();
    await deliverEvents([UNREADABLE]);
    lines.push(...quiet, ...host.takeLogs());
    const names = metricsOf(lines).map(({ name, dimensions }) => JSON.stringify([name, dimensions]));
    const quietRunBytes = quiet.reduce((sum, line) => sum + JSON.stringify(line).length, 0);
    emitted = { metrics: new Set(names).size, quietRunBytes };
  });
  return emitted;
}
