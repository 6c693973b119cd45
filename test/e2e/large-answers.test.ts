import { describe, expect, it } from '@jest/globals';
import type { Report } from '../../shared/core/run/report.ts';
import { completeTransitions, launchInstances } from '../../shared/sandbox/ec2/instances.ts';
import { type Deployment, withFunction } from './deployment.ts';

/** Lambda answers with as much at most. */
const LAMBDA_BYTES = 6 * 1024 * 1024;
const NODES = 250;
const TABLES = 100;

/** At once, past the API: the calls would take most of the test's time. */
function launchMany({ sandbox: { ec2 }, world }: Deployment): void {
  for (let i = 0; i < NODES; i += 1) {
    launchInstances(ec2, {
      interfaces: [{ deviceIndex: 0, spec: { subnet: world.network.subnet, sourceDestCheck: false } }],
      tags: new Map([
        ['Name', `n${i}`],
        [`kubernetes.io/cluster/${world.env['PODROUTES_CLUSTER']}`, 'owned'],
        ['pod-cidr', `10.200.${i}.0/24`],
      ]),
    });
  }
  completeTransitions(ec2);
}

describe('An answer that would be larger than Lambda allows', () => {
  it('lacks its longest lists, and says how much of them and where they are; its summary is whole', () =>
    withFunction('reconcile', { tables: TABLES }, async (deployment) => {
      launchMany(deployment);
      const answer = await deployment.host.invoke({ dryRun: true });
      if (!answer.ok) throw new Error(answer.error.message);
      const report = answer.value as Report;
      expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(LAMBDA_BYTES);
      expect(report.summary.created).toBe(NODES * TABLES);
      const { omitted, changes, nodes } = report;
      expect(omitted?.message).toContain('podroutes plan -o json');
      expect(changes.length + (omitted?.changes ?? 0)).toBe(NODES * TABLES);
      expect(nodes.length + (omitted?.nodes ?? 0)).toBe(NODES);
      const lines = deployment.host.takeLogs();
      expect(lines.filter(({ outcome }) => outcome === 'planned')).toHaveLength(NODES * TABLES);
    }));
});
