import { describe, expect, it } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };
import { readText, tableBelow } from './markdown.ts';

const README = await readText('README.md');

/** The sums at the end of a page's table of costs. */
async function sumsOf(page: string): Promise<string[]> {
  const sum = tableBelow(await readText(page), 'Cost').at(-1) ?? [];
  return sum.flatMap((cell) => /^\*\*([\d.]+)\*\*$/.exec(cell)?.[1] ?? []);
}

describe('The README', () => {
  it('is one and a half screens long', () => {
    expect(README.split('\n').length).toBeLessThanOrEqual(130);
  });

  it('has the costs as the pages work them out', async () => {
    const costs = tableBelow(README, 'State and cost').map(([, ...sums]) => sums);
    expect(costs).toEqual([await sumsOf('docs/deploy-aws.md'), await sumsOf('docs/deploy-azure.md')]);
  });

  it.each([
    ...['Kubernetes The Hard Way', 'kubeadm', 'k3s', 'Talos', 'kOps', 'Karpenter', 'EKS', 'AKS', 'overlay'],
  ])('says of %s who can hand out its blocks', (name) => {
    const rows = tableBelow(README, "Where a node's block comes from").filter(([setUp = '']) =>
      setUp.includes(name),
    );
    expect(rows).toHaveLength(1);
    const answers = rows.flatMap(([, ...cells]) => cells.slice(0, 3));
    expect(['yes', 'no', '–']).toEqual(expect.arrayContaining(answers));
  });

  it('names the Node that the package needs', () => {
    const [, major] = />=(\d+)/.exec(packageJson.engines.node) ?? [];
    expect(README).toContain(`Node ${major} or newer`);
  });
});
