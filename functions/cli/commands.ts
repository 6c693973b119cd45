import { nameProvisioned } from './clouds.ts';
import type { CommandSpec } from './command.ts';
import { LOCAL_COMMANDS } from './local-commands.ts';
import { CONNECT_OPTIONS, outputOption } from './options.ts';

const FORCE = {
  name: 'force',
  summary: 'also make changes that wait, whatever the budget; with <node>, only for its routes',
};
const NODES = { name: 'node', repeats: true, names: 'nodes' } as const;
const WHO =
  'A <node> is a name, an id or an address. The command then reads only the named nodes, or everything where that is not enough to decide; no other node loses a route.';

/** Every command: those that look at a cluster, then the local ones. One more is one more row and one more file. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'nodes',
    summary: 'list the nodes, their claims and the state of their routes',
    description: [
      'A route is active, missing, a blackhole, elsewhere (it leads to another node), or foreign (a route that podroutes does not manage is in its place). With -o plain: one "ADDRESS CIDR" per line.',
      'Exits 3 when a claim is malformed, 1 when something could not be read.',
    ],
    operands: [],
    options: [outputOption('table', 'json', 'plain'), ...CONNECT_OPTIONS],
    examples: [
      {
        line: 'podroutes nodes --cluster kthw --cluster-cidrs 10.200.0.0/16',
        what: 'the nodes of a cluster on AWS',
      },
      {
        line: 'podroutes nodes -o plain | while read -r address cidr; do echo "$address $cidr"; done',
        what: 'one line for each claim, for a loop',
      },
    ],
    load: async () => (await import('./commands/nodes.ts')).nodes,
  },
  {
    name: 'routes',
    summary: 'list the routes in the managed tables, with their owners and next hops',
    description: [
      'A managed route is one that podroutes may change. All others are foreign: podroutes leaves them alone, and the list gives the reason. With -o plain: "TABLE DESTINATION NEXT-HOP STATE OWNER" per line.',
    ],
    operands: [],
    options: [outputOption('table', 'json', 'plain'), ...CONNECT_OPTIONS],
    examples: [
      {
        line: 'podroutes routes --profile staging --region eu-west-1',
        what: 'with a profile of the aws tool',
      },
      { line: 'podroutes routes -o json', what: 'the same as JSON' },
    ],
    load: async () => (await import('./commands/routes.ts')).routes,
  },
  {
    name: 'blocks',
    summary: 'list the blocks of the cluster CIDRs: who has which, since when, and what is free',
    description: [
      'For clusters in which podroutes hands out blocks: PODROUTES_ALLOCATE and --ledger as the functions have them. A block is used (handed out, claimed, or routed), leaving (its node is gone; the second full run that finds it so, at least 40 minutes later, frees it), reserved, or free. Reads the ledger and the cluster, and changes neither.',
      'With -o plain: "FIRST LAST STATE NODE-ID SINCE LEAVING" per line; FIRST and LAST differ only where free blocks lie side by side.',
      'Exits 3 when nodes get no block, because none is free or because no full run has entered all claims and routes yet; 1 when something could not be read.',
    ],
    operands: [],
    options: [outputOption('table', 'json', 'plain'), ...CONNECT_OPTIONS],
    examples: [
      {
        line: 'PODROUTES_ALLOCATE=/24 podroutes blocks --ledger dynamodb:podroutes-kthw',
        what: 'who has which block',
      },
      {
        line: "podroutes blocks -o json | jq '.ranges[] | [.cidr, .free, .total]'",
        what: 'how many are left',
      },
    ],
    load: async () => (await import('./commands/blocks.ts')).blocks,
  },
  {
    name: 'plan',
    summary: 'show what a reconcile would change, and change nothing',
    description: [
      'Markers: + create, ~ replace, - delete, * waits, ! held back. Under a change that waits, the plan shows since when it waits, when a full run can make it, and the command that makes it now. With -o plain, its line ends with what it waits for and both times. Exits 0 when the routes are in step or all remaining changes wait, 3 when there is something to change, 1 when a read failed.',
      WHO,
    ],
    operands: [NODES],
    options: [FORCE, outputOption('table', 'json', 'plain'), ...CONNECT_OPTIONS],
    examples: [
      { line: 'podroutes plan', what: 'everything' },
      { line: 'podroutes plan worker-0 10.0.1.21', what: 'two nodes, by name and by address' },
      { line: 'podroutes plan -o json | jq .summary', what: 'the report as JSON' },
    ],
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  {
    name: 'reconcile',
    summary: 'bring the routes into step with the claims',
    description: [
      'Shows the plan first. Asks before it deletes a route, or replaces the route of a live node with one that leads to another node. After that it makes no deletion or such replacement that the plan did not show, and changes that wait go on waiting. --yes answers for you, and is required where there is no terminal to ask on. Ctrl-C lets the calls in progress finish, and the command then reports what was and was not done. After 15 minutes it starts nothing further. Exits 1 when something failed, 3 when something was held back. PODROUTES_EVENT_BUS has no effect here: only the functions publish events.',
      WHO,
    ],
    operands: [NODES],
    options: [
      { name: 'dry-run', summary: 'the same as plan' },
      FORCE,
      { name: 'yes', short: 'y', summary: 'delete without asking' },
      outputOption('table', 'json', 'plain'),
      ...CONNECT_OPTIONS,
    ],
    examples: [
      { line: 'podroutes reconcile', what: 'everything, after you have seen the plan' },
      { line: 'podroutes reconcile --yes -o json > report.json', what: 'in a script' },
      { line: 'podroutes reconcile worker-0', what: 'one node' },
    ],
    load: async () => (await import('./commands/reconcile.ts')).reconcileRoutes,
  },
  {
    name: 'explain',
    summary: 'explain why a node has or lacks its routes',
    description: [
      'Goes through every check in the order in which podroutes makes them, with the evidence and, where something is wrong, the remedy. Exits 0 when nothing is wrong, 3 when something is.',
    ],
    operands: [{ name: 'node', isRequired: true, names: 'nodes' }],
    options: [outputOption('table', 'json'), ...CONNECT_OPTIONS],
    examples: [
      { line: 'podroutes explain worker-0', what: 'by name' },
      { line: 'podroutes explain i-0cb0e48788838daa4', what: 'by id, whether it is a node or not' },
    ],
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'alerts',
    summary: 'show which alarms fired, why, and whether the cause is still there',
    description: [
      'Reads the alarms that are deployed with the functions, their history and the logs, and makes a plan to see which causes are still there. Names the page that says what to do. Exits 0 when nothing fired, 3 when something did, 1 when something could not be read or no alarm is deployed.',
      'With -o plain: "ALARM STATE FROM TO HOLDS PAGE" per line.',
    ],
    operands: [],
    options: [
      {
        name: 'since',
        value: 'SPAN',
        summary: 'how far to look back: 30m, 24h, 7d, at most 30d (24h)',
      },
      outputOption('table', 'json', 'plain'),
      ...CONNECT_OPTIONS,
    ],
    examples: [
      { line: 'podroutes alerts', what: 'the last day' },
      { line: 'podroutes alerts --since 7d -o json', what: 'a week, for a script' },
    ],
    load: async () => (await import('./commands/alerts.ts')).alerts,
  },
  {
    name: 'verify',
    summary: 'look whether the deployed functions are as they should be, and work',
    description: [
      'Compares every part of the deployment (rules, queues, mapping, schedule, functions, their settings and rights, ledger, logs, alarms) with the template that it was deployed from, asks for a dry run, and sends one event that leads to nothing, which it follows to the log and the metric. Names what is missing, with the command that mends it. Changes nothing else.',
      'Exits 0 when everything is whole, 3 when something is broken, 1 when nothing is but something could not be looked at.',
    ],
    operands: [],
    options: [
      {
        name: 'deployment',
        value: 'NAME',
        summary: 'the stack, where the cluster does not find it, or finds several',
      },
      {
        name: 'wait',
        value: 'SECONDS',
        summary: 'how long the event may take to the log, and then to the metric (180)',
      },
      outputOption('table', 'json'),
      ...CONNECT_OPTIONS,
    ],
    examples: [
      { line: 'podroutes verify', what: 'after a deployment, and any day later' },
      {
        line: 'podroutes verify -o json | jq -r \'.parts[] | select(.state == "broken") | .name\'',
        what: 'what is broken, one line each',
      },
    ],
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  {
    name: 'doctor',
    summary: 'find out why pods on different nodes cannot talk',
    description: [
      'Reads what the plan reads, and the network around it: the table that each subnet really uses, forwarding, security groups, network ACLs. Every finding says how certain it is (certain, likely, possible), what was found, and which command fixes it. Changes nothing.',
      'With one <node>, looks for what cuts its pods off from all others; with two, for what cuts those two off from each other. A <node> is a name, an id or an address.',
      'Exits 0 when nothing was found, 3 when something was, 1 when something could not be read.',
    ],
    operands: [
      { name: 'node', names: 'nodes' },
      { name: 'node', names: 'nodes' },
    ],
    options: [outputOption('table', 'json'), ...CONNECT_OPTIONS],
    examples: [
      { line: 'podroutes doctor', what: 'the whole cluster' },
      { line: 'podroutes doctor worker-0 worker-1', what: 'what is between two nodes' },
      {
        line: "podroutes doctor -o json | jq -r '.problems[] | [.certainty, .code, .message] | @tsv'",
        what: 'one line for each finding',
      },
    ],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'replay',
    summary: 'show how podroutes reads events, and what they would lead to',
    description: [
      'Reads files with one EventBridge, Auto Scaling, SNS or Event Grid event each, or an SQS batch. Without settings, only reads the events; with them, a dry run shows what would happen. Nothing is changed.',
      'Samples: the folder events/ of the package has one of each kind, for nodes that do not exist; podroutes sandbox --events writes the events of the cluster that it runs.',
    ],
    operands: [{ name: 'event.json', isRequired: true, repeats: true, isFile: true }],
    options: [outputOption('table', 'json'), ...CONNECT_OPTIONS],
    examples: [
      { line: 'podroutes replay event.json', what: 'one event' },
      { line: 'podroutes replay --cloud azure captured/*.json', what: 'several, all of Azure' },
    ],
    load: async () => (await import('./commands/replay.ts')).replay,
  },
  {
    name: 'report',
    summary: 'write a report as a page for the browser',
    description: [
      'The page is one file that loads nothing else: the cluster CIDRs as a map of blocks, route tables, routes, nodes, changes and findings. Without <report.json> it shows the cluster as it is now, from a dry run; with it, a report that was saved with -o json or returned by a reconcile function. A file named "-" is standard input or output.',
    ],
    operands: [{ name: 'report.json', isFile: true }],
    options: [
      { name: 'html', value: 'FILE', isFile: true, summary: 'where to write the page' },
      {
        name: 'previous',
        value: 'FILE',
        isFile: true,
        summary: 'an earlier report, to show what changed since',
      },
      ...CONNECT_OPTIONS,
    ],
    examples: [
      { line: 'podroutes report --html out.html', what: 'the cluster as it is now' },
      {
        line: 'podroutes report --html out.html --previous monday.json friday.json',
        what: 'what changed between two saved reports',
      },
      { line: 'podroutes plan -o json | podroutes report --html out.html -', what: 'a report from a pipe' },
    ],
    load: async () => (await import('./commands/report.ts')).report,
  },
  {
    name: 'provision',
    summary: `${nameProvisioned()}: make a route table and let subnets use it`,
    description: [
      'Creates the table of --route-tables with the tag of the cluster, unless it exists, and associates each subnet with it; nothing else about the subnet changes. A subnet that uses another table is left alone, and a table that no subnet would use is not created. Shows what it will do and asks first; --yes answers for you. Ctrl-C lets the call in progress finish, and the command then reports what was not started. A subnet is an id, or GROUP/NETWORK/SUBNET. Exits 1 when a subnet was left alone or something failed.',
    ],
    operands: [{ name: 'subnet', isRequired: true, repeats: true }],
    options: [{ name: 'yes', short: 'y', summary: 'do it without asking' }, ...CONNECT_OPTIONS],
    examples: [
      {
        line: 'podroutes provision --route-tables net/pod-routes net/vnet/workers',
        what: 'before the first node',
      },
    ],
    load: async () => (await import('./commands/provision.ts')).provision,
  },
  ...LOCAL_COMMANDS,
];
