import { describe, expect, it } from '@jest/globals';
import packageJson from '../../package.json' with { type: 'json' };
import { awsBill } from './cost/aws.ts';
import { azureBill } from './cost/azure.ts';
import { sumOf } from './cost/bill.ts';
import { NODES } from './cost/page.ts';
import { readText, tableBelow } from './markdown.ts';

const README = await readText('README.md');

describe('The README', () => {
  it('is one and a half screens long', () => {
    expect(README.split('\n').length).toBeLessThanOrEqual(130);
  });

  it('has the costs as the page on cost works them out', () => {
    const costs = tableBelow(README, 'State and cost').map(([, ...sums]) => sums);
    const expected = [awsBill, azureBill].flatMap((bill) =>
      (['full', 'essential'] as const).map((monitoring) =>
        NODES.map((nodes) => sumOf(bill({ nodes, tables: 3, monitoring })).toFixed(2)),
      ),
    );
    expect(costs).toEqual(expected);
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
