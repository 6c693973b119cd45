import { expect, it } from '@jest/globals';
import { cidr, node } from '../core/builders.ts';
import { memoryCloud, strangerHop } from '../core/memory-cloud.ts';
import { memoryLedger } from '../core/memory-ledger.ts';
import { fullRun, START } from './stage.ts';

it('R7 a short list shows one node alone, which claims the cluster, beside routes of our kind to machines that live', async () => {
  const cloud = memoryCloud([node('rogue', ['10.200.0.0/16'])]);
  // Nodes that the list lacks: what is active leads to something that lives.
  for (const i of [1, 2]) cloud.put('rtb-1', cidr(`10.200.${i}.0/24`), strangerHop(`w${i}`));
  await fullRun({ cloud, ledger: memoryLedger(START) });
  expect(cloud.routes()).toEqual(['10.200.1.0/24 w1', '10.200.2.0/24 w2']);
});
