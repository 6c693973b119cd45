import { type Cidr, containsCidr, type Family } from '../core/cidr.ts';
import type { Node } from '../core/model.ts';
import type { Direction, Firewall, FirewallRule, RuleAddresses, Traffic } from './firewall.ts';
import { cutTraffic, matchesTraffic } from './traffic.ts';

/** A pod network, and the node that claims it. */
export interface Place {
  readonly node: Node;
  readonly cidr: Cidr;
}

/** What a firewall does with the traffic between its machines and one network. */
export interface Passage {
  readonly remote: Cidr;
  /** `unknown`: nothing is dropped for certain, but a rule names what cannot be seen from here. */
  readonly passes: 'all' | 'some' | 'none' | 'unknown';
  /** What is dropped wholly or in part. */
  readonly dropped: readonly Traffic[];
  /** The rules that drop, and those that may; without any, no rule lets it through. */
  readonly rules: readonly FirewallRule[];
  /** The nodes on this side that do not get all of it. */
  readonly nodes: readonly Node[];
}

/** Traffic that comes to a firewall, in one direction. */
export interface Passing {
  readonly direction: Direction;
  readonly remotes: readonly Place[];
  readonly locals: readonly Place[];
  /** Whether packets between the two nodes come to the firewall. */
  readonly meet: (local: Node, remote: Node) => boolean;
}

/**
 * Sends all traffic between each remote network and the local ones that it meets through the rules, the first
 * match deciding. Networks of different families do not meet; of what meets nobody nothing is said.
 */
export function judgePassages({ rules: all }: Firewall, passing: Passing): Passage[] {
  const rules = all.filter(({ direction }) => direction === passing.direction);
  const judges = { 4: createJudge(rules, 4, passing), 6: createJudge(rules, 6, passing) };
  return passing.remotes.flatMap((remote) => judges[remote.cidr.family](remote));
}

interface Alike {
  readonly relations: readonly Relation[];
  readonly places: readonly Place[];
}

/** Of thousands of networks most relate to all rules alike: each pair of ways to relate is judged once. */
function createJudge(
  rules: readonly FirewallRule[],
  family: Family,
  { locals, meet }: Passing,
): (remote: Place) => Passage[] {
  const parts = cutTraffic(rules, family);
  const groups = groupAlike(
    locals.filter(({ cidr }) => cidr.family === family),
    rules,
  );
  const known = new Map<string, readonly Decision[]>();
  const judge = (theirs: readonly Relation[], their: string, [our, { relations }]: [string, Alike]) => {
    const key = `${their}|${our}`;
    const decisions =
      known.get(key) ??
      theirs.flatMap((one) =>
        relations.flatMap((other) => parts.map((part) => decide(rules, part, one, other))),
      );
    known.set(key, decisions);
    return decisions;
  };
  return ({ node, cidr }) => {
    const theirs = unique(relate(cidr, rules, 'remote'));
    const met = [...groups].filter(([, { places }]) => places.some((local) => meet(local.node, node)));
    if (met.length === 0) return [];
    const judged = met.map((group) => ({ group, decisions: judge(theirs, keyOfAll(theirs), group) }));
    const nodes = judged
      .filter(({ decisions }) => decisions.some(({ outcome }) => outcome !== 'pass'))
      .flatMap(({ group: [, { places }] }) => places.map((local) => local.node))
      .filter((local) => meet(local, node));
    return [{ remote: cidr, ...sumUp(judged.flatMap(({ decisions }) => decisions)), nodes }];
  };
}

function groupAlike(places: readonly Place[], rules: readonly FirewallRule[]): Map<string, Alike> {
  const related = places.map((place) => ({ place, relations: unique(relate(place.cidr, rules, 'local')) }));
  const groups = Map.groupBy(related, ({ relations }) => keyOfAll(relations));
  return new Map(
    [...groups].map(([key, alike]) => [
      key,
      { relations: alike[0]?.relations ?? [], places: alike.map(({ place }) => place) },
    ]),
  );
}

function keyOfAll(relations: readonly Relation[]): string {
  return relations.map(keyOf).sort().join(' ');
}

/** Whether each rule is about an address: for certain, perhaps, or not. */
type Relation = readonly ('yes' | 'maybe' | 'no')[];

function keyOf(relation: Relation): string {
  return relation.map((match) => match.charAt(0)).join('');
}

function unique(relations: readonly Relation[]): Relation[] {
  return [...new Map(relations.map((relation) => [keyOf(relation), relation])).values()];
}

/** How the parts of a network relate to the rules, which may be about some of it only. */
function relate(cidr: Cidr, rules: readonly FirewallRule[], side: 'remote' | 'local'): Relation[] {
  const inner = rules.flatMap((rule) => rule[side].cidrs).filter((other) => containsCidr(cidr, other));
  const starts = [...new Set([cidr.first, ...inner.flatMap(({ first, last }) => [first, last + 1n])])];
  return starts
    .filter((address) => address <= cidr.last)
    .map((address) => rules.map((rule) => matchAddress(rule[side], cidr.family, address)));
}

function matchAddress({ cidrs, named }: RuleAddresses, family: Family, address: bigint): Relation[number] {
  const isInside = cidrs.some(
    (cidr) => cidr.family === family && cidr.first <= address && address <= cidr.last,
  );
  if (isInside) return 'yes';
  return named.length > 0 ? 'maybe' : 'no';
}

interface Decision {
  readonly traffic: Traffic;
  readonly outcome: 'pass' | 'drop' | 'mixed' | 'unknown';
  readonly rules: readonly FirewallRule[];
}

function decide(
  rules: readonly FirewallRule[],
  traffic: Traffic,
  remote: Relation,
  local: Relation,
): Decision {
  const certain: FirewallRule[] = [];
  const uncertain: FirewallRule[] = [];
  let isDecided = false;
  for (const [i, rule] of rules.entries()) {
    if (remote[i] === 'no' || local[i] === 'no' || !matchesTraffic(rule, traffic)) continue;
    if (remote[i] === 'maybe' || local[i] === 'maybe') {
      uncertain.push(rule);
      continue;
    }
    certain.push(rule);
    isDecided = !rule.isNarrower;
    if (isDecided) break;
  }
  const actions = new Set([...certain.map(({ action }) => action), ...(isDecided ? [] : ['deny' as const])]);
  const denying = certain.filter(({ action }) => action === 'deny');
  if (actions.size > 1) return { traffic, outcome: 'mixed', rules: [...denying, ...uncertain] };
  const contrary = uncertain.filter(({ action }) => !actions.has(action));
  if (contrary.length > 0) return { traffic, outcome: 'unknown', rules: [...denying, ...contrary] };
  return { traffic, outcome: actions.has('allow') ? 'pass' : 'drop', rules: denying };
}

function sumUp(decisions: readonly Decision[]): Omit<Passage, 'remote' | 'nodes'> {
  const outcomes = new Set(decisions.map(({ outcome }) => outcome));
  const stopped = decisions.filter(({ outcome }) => outcome !== 'pass');
  const dropped = stopped.filter(({ outcome }) => outcome === 'drop' || outcome === 'mixed');
  return {
    passes: summarizeOutcomes(outcomes),
    dropped: [...new Set(dropped.map(({ traffic }) => traffic))],
    rules: [...new Set(stopped.flatMap(({ rules }) => rules))],
  };
}

function summarizeOutcomes(outcomes: ReadonlySet<Decision['outcome']>): Passage['passes'] {
  if (!outcomes.has('drop') && !outcomes.has('mixed')) return outcomes.has('unknown') ? 'unknown' : 'all';
  return outcomes.size === 1 && outcomes.has('drop') ? 'none' : 'some';
}
