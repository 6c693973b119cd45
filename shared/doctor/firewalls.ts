import { type Cidr, containsCidr } from '../core/cidr.ts';
import { judgeClaims } from '../core/claims/judge.ts';
import type { Node } from '../core/model.ts';
import { type Facts, isAsked, isPairAsked, listNodes } from './facts.ts';
import type { Direction, Firewall, FirewallKind, FirewallRule } from './firewall.ts';
import { describeMembers, mayHaveOtherMembers } from './group-members.ts';
import type { Certainty, Diagnosis, DiagnosisCode, Guard } from './model.ts';
import { judgePassages, type Passage, type Passing, type Place } from './passage.ts';
import { describeRule, describeTraffic, isCommon } from './traffic.ts';

const CODES: Readonly<Record<FirewallKind, DiagnosisCode>> = {
  'security-group': 'security-group-blocks',
  'network-acl': 'network-acl-blocks',
  'network-security-group': 'network-security-group-blocks',
};

/** Firewalls that do not let everything through between the pods of different nodes, in each direction. */
export function checkFirewalls(facts: Facts): Diagnosis[] {
  const remotes = listPlaces(facts);
  return facts.network.guards.flatMap((guard) => {
    const ids = new Set(guard.nodes);
    const locals = remotes.filter(({ node }) => ids.has(node.id) && isAsked(facts, node));
    const meet = (node: Node, other: Node) => doMeet(facts, guard, node, other);
    return (['ingress', 'egress'] as const).flatMap((direction) =>
      diagnoseGuard(facts, guard, { direction, remotes, locals, meet }),
    );
  });
}

/** Whether packets between pods of the two come to the firewall. */
function doMeet(facts: Facts, { guardsWithinSubnet }: Guard, node: Node, other: Node): boolean {
  if (!isPairAsked(facts, node, other) || node.network !== other.network) return false;
  return guardsWithinSubnet || node.subnet !== other.subnet;
}

function diagnoseGuard(facts: Facts, guard: Guard, passing: Passing): Diagnosis[] {
  const { firewall } = guard;
  const { direction } = passing;
  const passages = judgePassages(firewall, passing);
  const stopped = passages.filter(isStopped);
  const worst = CERTAINTIES.flatMap(
    (certainty) => stopped.find((passage) => certaintyOf(passage) === certainty) ?? [],
  )[0];
  if (worst === undefined) return [];
  const nodes = [...new Set(stopped.flatMap((passage) => passage.nodes))];
  const alike = stopped.filter(({ passes }) => passes === worst.passes);
  const whose = alike.length === passages.length ? 'pods' : `${alike.length} of ${passages.length} pod CIDRs`;
  return [
    {
      code: CODES[firewall.kind],
      certainty: certaintyOf(worst),
      nodes: nodes.map(({ name }) => name),
      nodeIds: nodes.map(({ id }) => id),
      message: `${firewall.name} ${VERBS[worst.passes]} ${direction === 'ingress' ? 'in from' : 'out to'} ${whose} of other nodes at ${listNodes(nodes)}.`,
      evidence: [
        `pod CIDRs ${direction === 'ingress' ? 'that come in' : 'to go out to'}: ${shorten(stopped.map(({ remote }) => remote.text)).join(', ')}`,
        ...describeDropped(stopped),
        ...describeRules(stopped),
        ...describeMembers(facts, guard, nodes),
      ],
      lookCommands: mayHaveOtherMembers(guard) ? facts.looks.members(firewall) : [],
      ...proposeOpening(facts, firewall, direction, stopped),
    },
  ];
}

/** A rule for the pod range, before the first that drops. */
function proposeOpening(
  facts: Facts,
  firewall: Firewall,
  direction: Direction,
  stopped: readonly Stopped[],
): Pick<Diagnosis, 'remedy' | 'commands'> {
  const first = firstDenying(stopped);
  const before = first?.order ?? Number.MAX_SAFE_INTEGER;
  const openings = rangesOf(facts, stopped).map((cidr, skip) =>
    facts.commands.open({ firewall, direction, cidr, before, skip }),
  );
  const hasRoom = openings.every((commands) => commands.length > 0);
  const remedy = `Allow all traffic ${direction === 'ingress' ? 'in from' : 'out to'} the pod range there.`;
  const place = first === undefined ? '' : ` before ${first.name}`;
  return {
    remedy: hasRoom ? remedy : `${remedy} No number${place} is free: renumber first.`,
    commands: openings.flat(),
  };
}

/** The pod networks that get routes, or should: claims that hold, of nodes that run. */
function listPlaces({ run, config }: Facts): Place[] {
  const { accepted } = judgeClaims(run.observation, { ...config, expectClaims: false });
  return accepted.filter(({ node }) => node.state === 'running');
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
    return ' (only for the addresses of its members, and pods have others)';
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

/** Rules that allow some, or perhaps all, are no reason to stand before them. */
function firstDenying(stopped: readonly Passage[]): FirewallRule | undefined {
  const denying = new Set(stopped.flatMap(({ rules }) => rules.filter(({ action }) => action === 'deny')));
  return [...denying].sort((a, b) => a.order - b.order)[0];
}
