import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { CLOUDS, launchAndReconcile, routesOf, workers } from './cluster.ts';

const THREE = workers(3);
/** What AWS takes at most is twice as much. */
const MOST_BYTES = 8 * 1024;

/** As much of the same as fits when it is packed. */
function packed(text: string): string {
  let bytes = gzipSync(text);
  for (let count = 1; ; count *= 2) {
    const next = gzipSync(text.repeat(2 * count));
    if (next.length > MOST_BYTES || count > 2 ** 20) return bytes.toString('latin1');
    bytes = next;
  }
}

const HOSTILE: readonly (readonly [string, string])[] = [
  ['opens lists without end', ` pod-cidr=${'[,'.repeat(200)}`],
  ['claims the same without end', 'pod-cidr=10.200.9.0/24\n'],
  ['is one endless list', ` pod-cidr=[${','.repeat(400)}`],
];

describe.each(CLOUDS)('On $cloud, user data', ({ withCluster }) => {
  it.each(HOSTILE)('of 8 KB packed that %s', (_, text) =>
    withCluster({}, async (cluster) => {
      await cluster.world.launch({ name: 'rogue', podCidr: null, userData: packed(text) });
      await launchAndReconcile(cluster, THREE);
      const { findings } = await cluster.reconcile();
      for (const line of routesOf(THREE)) expect(await cluster.routes()).toContain(line);
      const own = findings.filter(({ node }) => node === 'rogue').map(({ message }) => message);
      expect(own).toEqual([expect.stringMatching(/expands to more than|has more in it than is searched/)]);
    }),
  );

  it('of 1 KB that makes five hundred claims', () =>
    withCluster({}, async (cluster) => {
      const claims = Array.from({ length: 256 * 2 }, (_, i) => `10.200.${100 + (i >> 8)}.${i & 255}/32`);
      const userData = gzipSync(`pod-cidr=${claims.join(',')}`).toString('latin1');
      await cluster.world.launch({ name: 'rogue', podCidr: null, userData });
      await launchAndReconcile(cluster, THREE);
      const { findings } = await cluster.reconcile();
      const own = (await cluster.routes()).filter((line) => line.includes('rogue'));
      expect(own.length).toBeLessThanOrEqual(8);
      expect((await cluster.routes()).filter((line) => !line.includes('rogue'))).toEqual(routesOf(THREE));
      expect(findings.map(({ node }) => node)).toContain('rogue');
    }));
});
