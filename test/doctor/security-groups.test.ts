import { describe, expect, it } from '@jest/globals';
import { diagnose } from '../../shared/doctor/diagnose.ts';
import type { Diagnosis, Guard } from '../../shared/doctor/model.ts';
import { factsOf, NODES } from './patient.ts';
import { cidr, firewall, rule } from './rules.ts';

/** Lets everything out and nothing in. */
const CLOSED = firewall([rule({ direction: 'egress' })], 'security-group');

function guard(nodes: readonly string[], members: Guard['members']): Guard {
  return { firewall: CLOSED, nodes, guardsWithinSubnet: true, ...(members && { members }) };
}

async function problemsOf(...guards: readonly Guard[]): Promise<readonly Diagnosis[]> {
  return diagnose(await factsOf({ network: { guards } })).problems;
}

const DENIED = { kind: 'permanent', code: 'UnauthorizedOperation', message: 'no' } as const;

describe('Of the group that is opened, doctor says', () => {
  it.each<{ what: string; members: Guard['members']; evidence: string; looks: string[] }>([
    {
      what: 'that it is for no others',
      members: { nodes: ['i-1'], others: [] },
      evidence: 'a rule in sg-1 applies to no others',
      looks: [],
    },
    {
      what: 'for which other nodes it is',
      members: { nodes: ['i-0', 'i-1', 'i-2'], others: [] },
      evidence: 'a rule in sg-1 also applies to worker-0 (i-0), worker-2 (i-2)',
      looks: [],
    },
    {
      what: 'for what else it is, and how to look at that',
      members: { nodes: ['i-1', 'i-2'], others: ['eni-8', 'eni-9'] },
      evidence:
        'a rule in sg-1 also applies to worker-2 (i-2) and interfaces that belong to no node with a pod CIDR (eni-8, eni-9)',
      looks: ['members of sg-1'],
    },
    {
      what: 'how much that is, where it is much',
      members: { nodes: ['i-1'], others: ['eni-6', 'eni-7', 'eni-8', 'eni-9'] },
      evidence:
        'a rule in sg-1 also applies to interfaces that belong to no node with a pod CIDR (eni-6 and 3 more)',
      looks: ['members of sg-1'],
    },
    {
      what: 'that it could not be read',
      members: { failure: DENIED },
      evidence: 'the other members that a rule in sg-1 applies to could not be read: UnauthorizedOperation',
      looks: ['members of sg-1'],
    },
  ])('$what', async ({ members, evidence, looks }) => {
    const [problem, ...others] = await problemsOf(guard(['i-1'], members));
    expect(others).toEqual([]);
    expect(problem?.evidence.at(-1)).toBe(evidence);
    expect(problem?.lookCommands).toEqual(looks);
  });

  it('nothing where a rule is for those alone that it names', async () => {
    const [problem] = await problemsOf(guard(['i-1'], undefined));
    expect(problem?.evidence.at(-1)).toBe('no rule lets it through');
  });
});

describe('A command', () => {
  const open = `open sg-1 ingress 10.200.0.0/16 ${Number.MAX_SAFE_INTEGER}`;

  it('comes once, and is referred to where it would come again', async () => {
    const members = { nodes: ['i-0', 'i-1'], others: ['eni-9'] };
    const problems = await problemsOf(guard(['i-0'], members), guard(['i-1'], members));
    expect(problems.map(({ commands }) => commands)).toEqual([[open], []]);
    expect(problems.map(({ lookCommands }) => lookCommands)).toEqual([['members of sg-1'], []]);
    expect(problems.map(({ remedy }) => remedy)).toEqual([
      'Allow all traffic in from the pod range there.',
      'Allow all traffic in from the pod range there. The same command as above fixes it.',
    ]);
  });

  it('stands beside those above, where only a part of it is new', async () => {
    const nodes = NODES.map(({ claims, ...rest }, i) => ({
      ...rest,
      claims: [...claims, { cidr: cidr(`fd00:10:0:${i}::/64`), source: 'tag' as const }],
    }));
    const v6 = rule({ remote: ['::/0'] });
    const guards = [
      { ...guard(['i-0'], undefined), firewall: firewall([...CLOSED.rules, v6], 'security-group') },
      guard(['i-1'], undefined),
    ];
    const env = { PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16,fd00:10::/48' };
    const { problems } = diagnose(await factsOf({ nodes, env, network: { guards } }));
    const ofGroups = problems.filter(({ code }) => code === 'security-group-blocks');
    expect(ofGroups.map(({ commands }) => commands)).toEqual([
      [open],
      [open.replace('10.200.0.0/16', 'fd00:10::/48')],
    ]);
    expect(ofGroups[1]?.remedy).toMatch(/ It also needs one of the commands above\.$/);
  });
});
