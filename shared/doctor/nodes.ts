import { CLOUD_TRAITS } from '../core/clouds.ts';
import { describeDoubt } from '../core/findings/claims.ts';
import { labelNode } from '../core/findings/finding.ts';
import { describeDropped } from '../core/findings/network.ts';
import type { Node } from '../core/model.ts';
import { type Facts, isAsked, listNodes, podNodes } from './facts.ts';
import type { Diagnosis } from './model.ts';
import { commandLine } from './shell.ts';

/** Nodes whose packets for and from pods the network drops, or that are not there to forward any. */
export function checkNodes(facts: Facts): Diagnosis[] {
  const notForwarding = podNodes(facts.run.observation.nodes).filter(
    (node) => node.forwarding === 'off' && isAsked(facts, node),
  );
  return [
    ...facts.asked.filter(({ state }) => state !== 'running').map((node) => notRunning(facts, node)),
    ...blockless(facts),
    ...facts.asked
      .filter((node) => claimsNothing(node) && !facts.run.short.has(node.id))
      .map((node) => claimless(facts, node)),
    ...apart(facts),
    ...notForwarding.map((node) => forwardingOff(facts, node)),
  ];
}

function claimsNothing({ state, claims, defects, claimsKnown }: Node): boolean {
  return state === 'running' && claimsKnown && claims.length === 0 && defects.length === 0;
}

/** Routes lead through one routing domain, and this is not about what joins two. */
function apart({ asked, run }: Facts): Diagnosis[] {
  const concerned = asked.length > 0 ? asked : podNodes(run.observation.nodes);
  const nodes = concerned.filter(({ domain }) => domain !== null);
  const domains = Map.groupBy(nodes, ({ domain }) => domain);
  if (domains.size < 2) return [];
  const groups = [...domains].map(([domain, members]) => ({ domain, members }));
  return [
    {
      code: 'different-networks',
      certainty: 'likely',
      nodes: nodes.map(({ name }) => name),
      nodeIds: nodes.map(({ id }) => id),
      message: `${groups.map(({ members }) => labelSome(members)).join(' and ')} are in different networks; podroutes creates routes only within one VPC (AWS), or within virtual networks that are peered with each other (Azure).`,
      evidence: groups.map(({ domain, members }) => `${labelSome(members)}: network ${domain}`),
      lookCommands: [],
      remedy:
        'Put the nodes of a cluster in one network or, on Azure, in networks that are peered from both sides.',
      commands: [],
    },
  ];
}

/** @example labelSome(nodes) //=> 'worker-0 (i-0), worker-1 (i-1) and 38 more' */
function labelSome(nodes: readonly Node[]): string {
  const shown = nodes.slice(0, 2).map(labelNode).join(', ');
  return nodes.length > 2 ? `${shown} and ${nodes.length - 2} more` : shown;
}

function notRunning({ commands }: Facts, node: Node): Diagnosis {
  return {
    code: 'node-not-running',
    certainty: 'certain',
    nodes: [node.name],
    nodeIds: [node.id],
    message: `${labelNode(node)} is ${node.state}: pods on it do not run.`,
    evidence: [`node ${node.id}: ${node.state}`],
    lookCommands: [],
    remedy: 'Start it, if it should run.',
    commands: node.state === 'stopped' ? commands.start(node) : [],
  };
}

/** Nodes that wait for a block of podroutes, where none is free. */
function blockless(facts: Facts): Diagnosis[] {
  const { run, options } = facts;
  const waiting = run.observation.nodes.filter((node) => run.short.has(node.id) && isAsked(facts, node));
  if (waiting.length === 0) return [];
  return run.findings
    .filter(({ code }) => code === 'no-free-cidr')
    .map(({ message, remedy }) => ({
      code: 'no-free-cidr',
      certainty: 'certain',
      nodes: waiting.map(({ name }) => name),
      nodeIds: waiting.map(({ id }) => id),
      message: `${message} No route leads to pods on ${listNodes(waiting)}.`,
      evidence: [
        'finding no-free-cidr',
        ...waiting.map(({ id }) => `node ${id}: neither claims nor has a block`),
      ],
      lookCommands: [commandLine('podroutes', 'blocks', ...options)],
      remedy,
      commands: [],
    }));
}

function claimless({ config, run }: Facts, node: Node): Diagnosis {
  const doubt = describeDoubt(node, config.podCidrTag);
  const awaits = node.awaitsBlock ?? node.awaits;
  const finding = run.findings.find(({ code, nodeId }) => code === 'missing-claim' && nodeId === node.id);
  return {
    code: 'missing-claim',
    certainty: 'likely',
    nodes: [node.name],
    nodeIds: [node.id],
    message: `${labelNode(node)} claims no pod CIDR, so no route leads to pods on it.`,
    evidence: [`node ${node.id}: ${doubt ?? awaits ?? 'neither its tag nor its user data names one'}`],
    lookCommands: [],
    remedy:
      // Whoever waits needs something else than a tag.
      (awaits === undefined ? node.claimAdvice : finding?.remedy) ??
      'If it runs pods, set its PODROUTES_POD_CIDR_TAG tag to the block that its kubelet uses.',
    commands: [],
  };
}

function forwardingOff({ commands, config, network, run }: Facts, node: Node): Diagnosis {
  const networkInterface = network.interfaces.get(node.id) ?? node.nextHops[4]?.id;
  const isPlanned = run.forwarding.some(({ node: { id } }) => id === node.id);
  return {
    code: 'forwarding-disabled',
    certainty: 'certain',
    nodes: [node.name],
    nodeIds: [node.id],
    message: describeDropped(node),
    evidence: [
      `network interface ${networkInterface}`,
      ...(isPlanned ? ['The next run of podroutes switches it on.'] : []),
    ],
    lookCommands: [],
    remedy: `${CLOUD_TRAITS[config.cloud].forwarding.remedy}.`,
    commands: commands.enableForwarding(node, networkInterface),
  };
}

/** What no cloud can show: whether the host itself forwards. */
export function hintAtHosts({ asked, config }: Facts): Diagnosis {
  const families = FAMILIES.filter(({ family }) =>
    config.clusterCidrs.some((cidr) => cidr.family === family),
  );
  return {
    code: 'host-forwarding',
    certainty: 'possible',
    nodes: asked.map(({ name }) => name),
    nodeIds: asked.map(({ id }) => id),
    message:
      'Whether the hosts themselves forward packets cannot be seen from the cloud. Run these on the hosts, and expect:',
    evidence: families.flatMap(({ sysctl, iptables, route }) => [
      `${sysctl}: 1`,
      `${iptables} -S FORWARD: "-P FORWARD ACCEPT", or rules that accept the pod CIDRs`,
      `${route}: the host's own pod CIDR on a bridge such as cni0, all others through the default route`,
    ]),
    lookCommands: [],
    remedy:
      'On a host where it differs, run these commands. They last until it restarts, so also change its configuration.',
    commands: families.flatMap(({ family, sysctl, iptables }) => [
      `sysctl -w ${sysctl.replace('sysctl ', '')}=1`,
      ...config.clusterCidrs
        .filter((cidr) => cidr.family === family)
        .map(({ text }) => `${iptables} -I FORWARD -s ${text} -d ${text} -j ACCEPT`),
    ]),
  };
}

const FAMILIES = [
  { family: 4, sysctl: 'sysctl net.ipv4.ip_forward', iptables: 'iptables', route: 'ip route' },
  { family: 6, sysctl: 'sysctl net.ipv6.conf.all.forwarding', iptables: 'ip6tables', route: 'ip -6 route' },
] as const;

/** Nodes that claim nothing, where nobody asked about them: control planes have no pods to route to. */
export function hintAtClaimless(facts: Facts): Diagnosis[] {
  const { findings: all, short } = facts.run;
  const findings = all.filter(({ code, nodeId }) => code === 'missing-claim' && !short.has(nodeId ?? ''));
  if (facts.asked.length > 0) return [];
  return findings.map(({ node, nodeId, message, remedy }) => ({
    code: 'missing-claim',
    certainty: 'possible',
    nodes: node === null ? [] : [node],
    nodeIds: nodeId === null ? [] : [nodeId],
    message,
    evidence: ['finding missing-claim'],
    lookCommands: [],
    remedy,
    commands: [],
  }));
}
