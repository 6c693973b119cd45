import { describe, expect, it } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };
import { readText, tableBelow } from './markdown.ts';

const README = await readText('README.md');

describe('The README', () => {
  it('is one and a half screens long', () => {
    expect(README.split('\n').length).toBeLessThanOrEqual(130);
  });

  it('has the costs as the page on cost works them out', async () => {
    const page = await readText('docs/cost.md');
    const expected = ['AWS', 'Azure'].flatMap((cloud) => {
      const rows = tableBelow(page, `${cloud} by nodes and tables`).filter(([, tables]) => tables === '3');
      return [2, 3].map((level) => rows.map((row) => row[level]));
    });
    expect(tableBelow(README, 'State and cost').map(([, ...sums]) => sums)).toEqual(expected);
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
