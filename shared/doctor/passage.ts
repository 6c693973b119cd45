import { type Cidr, containsCidr, type Family } from '../cidr.ts';
import type { Direction, Firewall, FirewallRule, RuleAddresses, Traffic } from './firewall.ts';
import { cutTraffic, matchesTraffic } from './traffic.ts';

/** What a firewall does with the traffic between its machines and one network. */
export interface Passage {
  readonly remote: Cidr;
  /** `unknown`: nothing is dropped for certain, but a rule names what cannot be seen from here. */
  readonly passes: 'all' | 'some' | 'none' | 'unknown';
  /** What is dropped wholly or in part. */
  readonly dropped: readonly Traffic[];
  /** The rules that drop, and those of which it cannot be told; without any, no rule lets it through. */
  readonly rules: readonly FirewallRule[];
}

/**
 * Sends all traffic between each remote network and the local ones through the rules, the first match deciding.
 * Networks of different families do not meet.
 */
export function judgePassages(
  { rules: all }: Firewall,
  direction: Direction,
  remotes: readonly Cidr[],
  locals: readonly Cidr[],
): Passage[] {
  const rules = all.filter((rule) => rule.direction === direction);
  const judges = { 4: createJudge(rules, 4, locals), 6: createJudge(rules, 6, locals) };
  return remotes.map((remote) => ({ remote, ...judges[remote.family](remote) }));
}

type Judged = Omit<Passage, 'remote'>;

/** Of thousands of networks most relate to all rules alike: each way to relate is judged once. */
function createJudge(
  rules: readonly FirewallRule[],
  family: Family,
  locals: readonly Cidr[],
): (remote: Cidr) => Judged {
  const parts = cutTraffic(rules, family);
  const ours = unique(
    locals.filter((local) => local.family === family).flatMap((local) => relate(local, rules, 'local')),
  );
  const known = new Map<string, Judged>();
  return (remote) => {
    const theirs = unique(relate(remote, rules, 'remote'));
    const key = theirs.map(keyOf).sort().join(' ');
    const judged =
      known.get(key) ??
      sumUp(
        theirs.flatMap((their) =>
          ours.flatMap((our) => parts.map((part) => decide(rules, part, their, our))),
        ),
      );
    known.set(key, judged);
    return judged;
  };
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
  readonly fate: 'pass' | 'drop' | 'mixed' | 'unknown';
  readonly rules: readonly FirewallRule[];
}

function decide(
  rules: readonly FirewallRule[],
  traffic: Traffic,
  remote: Relation,
  local: Relation,
): Decision {
  const certain: FirewallRule[] = [];
  const doubtful: FirewallRule[] = [];
  let isDecided = false;
  for (const [i, rule] of rules.entries()) {
    if (remote[i] === 'no' || local[i] === 'no' || !matchesTraffic(rule, traffic)) continue;
    if (remote[i] === 'maybe' || local[i] === 'maybe') {
      doubtful.push(rule);
      continue;
    }
    certain.push(rule);
    isDecided = !rule.isNarrower;
    if (isDecided) break;
  }
  const actions = new Set([...certain.map(({ action }) => action), ...(isDecided ? [] : ['deny' as const])]);
  const denying = certain.filter(({ action }) => action === 'deny');
  if (actions.size > 1) return { traffic, fate: 'mixed', rules: [...denying, ...doubtful] };
  const contrary = doubtful.filter(({ action }) => !actions.has(action));
  if (contrary.length > 0) return { traffic, fate: 'unknown', rules: [...denying, ...contrary] };
  return { traffic, fate: actions.has('allow') ? 'pass' : 'drop', rules: denying };
}

function sumUp(decisions: readonly Decision[]): Judged {
  const fates = new Set(decisions.map(({ fate }) => fate));
  const stopped = decisions.filter(({ fate }) => fate !== 'pass');
  const dropped = stopped.filter(({ fate }) => fate === 'drop' || fate === 'mixed');
  return {
    passes: readFates(fates),
    dropped: [...new Set(dropped.map(({ traffic }) => traffic))],
    rules: [...new Set(stopped.flatMap(({ rules }) => rules))],
  };
}

function readFates(fates: ReadonlySet<Decision['fate']>): Passage['passes'] {
  if (!fates.has('drop') && !fates.has('mixed')) return fates.has('unknown') ? 'unknown' : 'all';
  return fates.size === 1 && fates.has('drop') ? 'none' : 'some';
}
