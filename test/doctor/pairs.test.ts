import { describe, expect, it } from '@jest/globals';
import { createAwsFixes } from '../../shared/aws/fix-commands.ts';
import type { Node } from '../../shared/core/model.ts';
import { diagnose } from '../../shared/doctor/diagnose.ts';
import type { Facts } from '../../shared/doctor/facts.ts';
import type { FirewallRule } from '../../shared/doctor/firewall.ts';
import type { Diagnosis } from '../../shared/doctor/model.ts';
import { factsOf, NODES, node } from './patient.ts';
import { cidr, firewall, rule } from './rules.ts';

const OUT = rule({ direction: 'egress' });
const ENV = { PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16,fd00:200::/48' };

function withV6(i: number): Node {
  const claims = [`10.200.${i}.0/24`, `fd00:200:0:${i}::/64`];
  return node(i, { claims: claims.map((text) => ({ cidr: cidr(text), source: 'tag' })) });
}

/** Three nodes behind one firewall with these rules for what comes in, and none against what goes out. */
function facts(rules: readonly FirewallRule[], nodes: readonly Node[] = NODES): Promise<Facts> {
  const guard = { firewall: firewall([...rules, OUT]), nodes: nodes.map(({ id }) => id) };
  return factsOf({ nodes, env: ENV, network: { guards: [{ ...guard, guardsWithinSubnet: true }] } });
}

async function blocksOf(rules: readonly FirewallRule[], nodes?: readonly Node[]): Promise<Diagnosis[]> {
  const { problems } = diagnose(await facts(rules, nodes));
  return problems.filter(({ code }) => code === 'network-acl-blocks');
}

const V4_ALONE = [rule({ remote: ['0.0.0.0/0'] })];

describe('A firewall is judged by the pods that meet through it', () => {
  it('not by a family that one node alone has', async () => {
    expect(await blocksOf(V4_ALONE, [node(0), node(1), withV6(2)])).toEqual([]);
  });

  it('and names only nodes with that family', async () => {
    const [block, ...others] = await blocksOf(V4_ALONE, [node(0), withV6(1), withV6(2)]);
    expect(others).toEqual([]);
    expect(block?.nodes).toEqual(['worker-2', 'worker-1']);
    expect(block?.message).toBe(
      'acl-1 lets nothing in from 2 of 5 pod CIDRs of other nodes at worker-2 (i-2), worker-1 (i-1).',
    );
  });

  it('not by what a node sends to itself', async () => {
    const pairs = NODES.flatMap((one) =>
      NODES.filter((other) => other !== one).map((other) =>
        rule({ remote: [`10.200.${one.launchedAt}.0/24`], local: [`10.200.${other.launchedAt}.0/24`] }),
      ),
    );
    expect(await blocksOf([...pairs, rule({ action: 'deny' })])).toEqual([]);
    const [block] = await blocksOf([...pairs.slice(1), rule({ action: 'deny' })]);
    expect(block?.nodes).toEqual(['worker-1']);
    expect(block?.evidence[0]).toBe('pod CIDRs that come in: 10.200.0.0/24');
  });

  it('and says of how many pod CIDRs it lets nothing in', async () => {
    const [block] = await blocksOf([rule({ action: 'deny', remote: ['10.200.1.0/24'] }), rule()]);
    expect(block?.message).toMatch(/^acl-1 lets nothing in from 1 of 3 pod CIDRs of other nodes at /);
    const [all] = await blocksOf([]);
    expect(all?.message).toMatch(/^acl-1 lets nothing in from pods of other nodes at /);
  });
});

describe('A claim that is lost', () => {
  it('is judged by no firewall', async () => {
    const loser = node(3, { claims: NODES[0]?.claims ?? [] });
    const [block] = await blocksOf(
      [rule({ action: 'deny', remote: ['10.200.0.0/24'] }), rule()],
      [...NODES, loser],
    );
    expect(block?.nodes).toEqual(['worker-1', 'worker-2']);
    expect(block?.evidence[0]).toBe('pod CIDRs that come in: 10.200.0.0/24');
  });
});

describe('The rule that doctor proposes', () => {
  async function propose(rules: readonly FirewallRule[]): Promise<Diagnosis | undefined> {
    const seen = await facts(rules);
    const problems = diagnose({ ...seen, commands: createAwsFixes(seen.config, []) }).problems;
    return problems.find(({ code }) => code === 'network-acl-blocks');
  }

  it('need not stand before a rule that allows what cannot be looked into', async () => {
    const block = await propose([rule({ order: 1, named: ['pl-1'] }), rule({ order: 3, action: 'deny' })]);
    expect(block?.commands[0]).toContain('--rule-number 2 ');
    expect(block?.remedy).toBe('Allow all traffic in from the pod range there.');
  });

  it('is none where no number is free, and doctor says so', async () => {
    const block = await propose([
      rule({ order: 1, remote: ['10.9.0.0/16'] }),
      rule({ order: 2, action: 'deny' }),
    ]);
    expect(block?.commands).toEqual([]);
    expect(block?.remedy).toBe(
      'Allow all traffic in from the pod range there. No number before rule 2 is free: renumber first.',
    );
  });
});
