// @ts-nocheck
import type { Family } from '../core/cidr.ts';
import type { FirewallRule, PortRange, Traffic } from './firewall.ts';

const TCP = 6;
const UDP = 17;
const ICMP: Readonly<Record<Family, number>> = { 4: 1, 6: 58 };
const LAST_PORT = 65_535;

/** Firewalls of clouds know no ports of others. */
const WITH_PORTS: ReadonlySet<number> = new Set([TCP, UDP]);

const NAMES: ReadonlyMap<number | null, string> = new Map([
  [TCP, 'TCP'],
  [UDP, 'UDP'],
  [ICMP[4], 'ICMP'],
  [ICMP[6], 'ICMPv6'],
  [132, 'SCTP'],
  [null, 'other protocols'],
]);

/** Cuts all traffic of a family into parts that each rule matches wholly or not at all. */
export function cutTraffic(rules: readonly FirewallRule[], family: Family): Traffic[] {
  const named = rules.flatMap(({ protocol }) => protocol ?? []);
  const otherIcmp = ICMP[family === 4 ? 6 : 4];
  const protocols = new Set([TCP, UDP, ICMP[family], ...named].filter((number) => number !== otherIcmp));
  const ranges = cutPorts(rules.flatMap(({ ports }) => ports ?? []));
  const parts = [...protocols].flatMap((protocol): Traffic[] =>
    WITH_PORTS.has(protocol) ? ranges.map((ports) => ({ protocol, ports })) : [{ protocol, ports: null }],
  );
  return [...parts, { protocol: null, ports: null }];
}

function cutPorts(ranges: readonly PortRange[]): PortRange[] {
  const starts = [...new Set([0, ...ranges.flatMap(({ first, last }) => [first, last + 1])])]
    .filter((port) => port <= LAST_PORT)
    .sort((a, b) => a - b);
  return starts.map((first, i) => ({ first, last: (starts[i + 1] ?? LAST_PORT + 1) - 1 }));
}

/** Whether a rule is about a part of the traffic: a rule with ports says nothing of what has none. */
export function matchesTraffic({ protocol, ports }: FirewallRule, traffic: Traffic): boolean {
  if (protocol !== null && protocol !== traffic.protocol) return false;
  if (ports === null) return true;
  const asked = traffic.ports;
  return asked !== null && ports.some(({ first, last }) => first <= asked.first && asked.last <= last);
}

/** Whether pods are likely to miss it: hardly any speaks more than these. */
export function isCommon({ protocol }: Traffic): boolean {
  return protocol !== null && [TCP, UDP, ICMP[4], ICMP[6]].includes(protocol);
}

/** @example describeTraffic(parts) //=> 'TCP 0-442, TCP 444-65535, UDP, ICMP, other protocols' */
export function describeTraffic(parts: readonly Traffic[]): string {
  return [...Map.groupBy(parts, ({ protocol }) => protocol)]
    .flatMap(([protocol, same]) => {
      const name = NAMES.get(protocol) ?? `protocol ${protocol}`;
      return joinPorts(same).map((ports) => (ports === '' ? name : `${name} ${ports}`));
    })
    .join(', ');
}

/** Neighbouring ranges become one; all ports need no mention. */
function joinPorts(parts: readonly Traffic[]): string[] {
  const joined: { first: number; last: number }[] = [];
  const sorted = parts.flatMap(({ ports }) => ports ?? []).sort((a, b) => a.first - b.first);
  for (const { first, last } of sorted) {
    const previous = joined.at(-1);
    if (previous !== undefined && previous.last + 1 >= first) previous.last = Math.max(previous.last, last);
    else joined.push({ first, last });
  }
  return joined.length === 0 ? [''] : joined.map(describePorts);
}

/** @example describePorts({ first: 80, last: 80 }) //=> '80' */
function describePorts({ first, last }: PortRange): string {
  if (first === 0 && last === LAST_PORT) return '';
  return first === last ? String(first) : `${first}-${last}`;
}

/** A rule in words, such as `rule 100: allow TCP 443 from 10.200.0.0/16`. */
export function describeRule(rule: FirewallRule): string {
  const { name, action, direction, protocol, ports, remote, isNarrower } = rule;
  const kind = protocol === null ? 'all traffic' : (NAMES.get(protocol) ?? `protocol ${protocol}`);
  const about = [kind, ...(ports ?? []).map(describePorts)].filter((text) => text !== '').join(' ');
  const others = [...remote.cidrs.map(({ text }) => text), ...remote.named];
  const shown = others.length > 4 ? [...others.slice(0, 4), `${others.length - 4} more`] : others;
  const whom = `${direction === 'ingress' ? 'from' : 'to'} ${shown.join(', ')}`;
  return `${name}: ${action} ${about}${isNarrower ? ' (a part of it)' : ''} ${whom}`;
}
