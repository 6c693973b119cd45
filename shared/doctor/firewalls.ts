import { type Cidr, containsCidr } from '../cidr.ts';
import type { Node } from '../model.ts';
import { type Facts, isAsked, isPairAsked, listNodes, podNodes } from './facts.ts';
import type { Direction, FirewallKind } from './firewall.ts';
import type { Certainty, Diagnosis, DiagnosisCode, Guard } from './model.ts';
import { judgePassages, type Passage } from './passage.ts';
import { describeRule, describeTraffic, isCommon } from './traffic.ts';
import { describeWearers, mayBeWornByOthers } from './wearers.ts';

const CODES: Readonly<Record<FirewallKind, DiagnosisCode>> = {
  'security-group': 'security-group-blocks',
  'network-acl': 'network-acl-blocks',
  'network-security-group': 'network-security-group-blocks',
};

/** Firewalls that do not let everything through between the pods of different nodes, in each direction. */
export function checkFirewalls(facts: Facts): Diagnosis[] {
  const nodes = podNodes(facts.run.observation.nodes);
  return facts.network.guards.flatMap((guard) => {
    const guarded = nodes.filter((node) => guard.nodes.includes(node.id) && isAsked(facts, node));
    const others = nodes.filter((other) => guarded.some((node) => meet(facts, guard, node, other)));
    return (['ingress', 'egress'] as const).flatMap((direction) =>
      diagnoseGuard(facts, { guard, direction, guarded, others }),
    );
  });
}

/** Whether packets between pods of the two come to the firewall. */
function meet(facts: Facts, { guardsWithinSubnet }: Guard, node: Node, other: Node): boolean {
  if (!isPairAsked(facts, node, other) || node.network !== other.network) return false;
  return guardsWithinSubnet || node.subnet !== other.subnet;
}

interface Crossing {
  readonly guard: Guard;
  readonly direction: Direction;
  readonly guarded: readonly Node[];
  readonly others: readonly Node[];
}

function diagnoseGuard(facts: Facts, { guard, direction, guarded, others }: Crossing): Diagnosis[] {
  const { firewall } = guard;
  const passages = judgePassages(firewall, direction, podCidrs(facts, others), podCidrs(facts, guarded));
  const stopped = passages.filter(isStopped);
  const worst = CERTAINTIES.flatMap(
    (certainty) => stopped.find((passage) => certaintyOf(passage) === certainty) ?? [],
  )[0];
  if (worst === undefined) return [];
  const remotes = stopped.map(({ remote }) => remote.text);
  return [
    {
      code: CODES[firewall.kind],
      certainty: certaintyOf(worst),
      nodes: guarded.map(({ name }) => name),
      message: `${firewall.name} ${VERBS[worst.passes]} ${direction === 'ingress' ? 'in from' : 'out to'} pods of other nodes at ${listNodes(guarded)}.`,
      evidence: [
        `pod CIDRs ${direction === 'ingress' ? 'that come in' : 'to go out to'}: ${shorten(remotes).join(', ')}`,
        ...describeDropped(stopped),
        ...describeRules(stopped),
        ...describeWearers(facts, guard, guarded),
      ],
      lookCommands: mayBeWornByOthers(guard) ? facts.looks.wearers(firewall) : [],
      remedy: `Let all traffic ${direction === 'ingress' ? 'in from' : 'out to'} the pod range there.`,
      commands: rangesOf(facts, stopped).flatMap((cidr, skip) =>
        facts.commands.open({ firewall, direction, cidr, before: firstDropping(stopped), skip }),
      ),
    },
  ];
}

/** What counts as a pod network: claims inside the cluster CIDRs. */
function podCidrs({ config }: Facts, nodes: readonly Node[]): Cidr[] {
  const claims = nodes.flatMap((node) => node.claims.map(({ cidr }) => cidr));
  return claims.filter((cidr) => config.clusterCidrs.some((range) => containsCidr(range, cidr)));
}

const CERTAINTIES: readonly Certainty[] = ['certain', 'likely', 'possible'];

const VERBS: Readonly<Record<Exclude<Passage['passes'], 'all'>, string>> = {
  none: 'lets nothing',
  some: 'does not let everything',
  unknown: 'may let nothing',
};

type Stopped = Passage & { readonly passes: Exclude<Passage['passes'], 'all'> };

function isStopped(passage: Passage): passage is Stopped {
  return passage.passes !== 'all';
}

function certaintyOf(passage: Stopped): Certainty {
  return JUDGES[passage.passes](passage);
}

const JUDGES: Readonly<Record<Stopped['passes'], (passage: Stopped) => Certainty>> = {
  none: () => 'certain',
  some: ({ dropped }) => (dropped.some(isCommon) ? 'likely' : 'possible'),
  unknown: ({ rules }) => (rules.every(isByMembership) ? 'likely' : 'possible'),
};

/**
 * A rule for a security group is for the private addresses of its members' interfaces, and pods have others.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing
 */
function isByMembership({ action, remote }: Passage['rules'][number]): boolean {
  return action === 'allow' && remote.named.every((name) => name.startsWith('sg-'));
}

function describeDropped(stopped: readonly Passage[]): string[] {
  if (stopped.some(({ passes }) => passes === 'none')) return [];
  const dropped = [...new Set(stopped.map((passage) => describeTraffic(passage.dropped)))];
  return dropped.filter((text) => text !== '').map((text) => `dropped: ${text}`);
}

function describeRules(stopped: readonly Passage[]): string[] {
  const rules = [...new Set(stopped.flatMap((passage) => passage.rules))];
  if (rules.length === 0) return ['no rule lets it through'];
  return shorten(rules.map((rule) => `${describeRule(rule)}${doubtAbout(rule)}`));
}

function doubtAbout({ remote, local }: Passage['rules'][number]): string {
  const named = [...remote.named, ...local.named];
  if (named.length === 0) return '';
  if (named.every((name) => name.startsWith('sg-'))) {
    return ' (for the addresses of its members, which pods do not have)';
  }
  return ` (cannot tell whether pods are in ${named.join(', ')})`;
}

function shorten(texts: readonly string[]): string[] {
  return texts.length <= 6 ? [...texts] : [...texts.slice(0, 5), `${texts.length - 5} more`];
}

/** The cluster CIDRs that what is stopped belongs to: not wider than pods are, and true for nodes to come. */
function rangesOf({ config }: Facts, stopped: readonly Passage[]): Cidr[] {
  return config.clusterCidrs.filter((range) => stopped.some(({ remote }) => containsCidr(range, remote)));
}

function firstDropping(stopped: readonly Passage[]): number {
  const orders = stopped.flatMap(({ rules }) => rules.map(({ order }) => order));
  return Math.min(Number.MAX_SAFE_INTEGER, ...orders);
}
