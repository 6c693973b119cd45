import { TABLE } from './cluster.ts';
import type { Monitoring } from './monitoring.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Alarms that go with what is out of step in the cluster: the functions were not allowed to write, so that routes are
 * missing, and worker-3 has a claim that nobody can route to. One more fired yesterday.
 *
 * @param ids of machines and tables, by name
 * @param denied what the cloud said
 */
export function stageIncident(
  { deploy, raise, log }: Monitoring,
  ids: ReadonlyMap<string, string>,
  denied: { readonly error: string; readonly errorMessage: string },
  now: number,
): void {
  const id = (name: string) => ids.get(name) ?? name;
  deploy(now - 2 * DAY_MS);
  raise('event-to-route-slow', now - 20 * 60 * MINUTE_MS, now - 19 * 60 * MINUTE_MS);
  raise('apply-failures', now - 30 * MINUTE_MS, null);
  raise('error-findings', now - 25 * MINUTE_MS, null);
  for (let at = now - 40 * MINUTE_MS; at < now; at += 5 * MINUTE_MS) {
    for (const [action, node, cidr, reason] of CHANGES) {
      log(at, 'error', {
        ...{
          message: `${action} of the route to ${cidr}: failed`,
          node: id(node),
          routeTable: id(TABLE),
          cidr,
        },
        ...{ action, reason, outcome: 'failed', ...denied },
      });
    }
    log(at, 'error', {
      message: `worker-3 (${id('worker-3')}) has "10.200.3.7/24" in its tag, which has host bits set; it gets no route for it.`,
      ...{ node: 'worker-3', cidr: '10.200.3.0/24', reason: 'malformed-claim' },
      remedy: 'Set it to 10.200.3.0/24.',
    });
  }
}

const CHANGES = [
  ['create', 'worker-1', '10.200.1.0/24', 'claimed'],
  ['replace', 'worker-2', '10.200.2.0/24', 'wrong-next-hop'],
] as const;
