import { compareCidrs, parseCidr } from '../../../shared/core/cidr.ts';
import { formatTable } from '../table.ts';
import type { Stage, Wording } from './scene.ts';

type LogLine = Readonly<Record<string, unknown>>;

/** A finding as the functions log it. */
export interface LoggedFinding {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** In the order in which podroutes applies them. */
const ROUTE_ACTIONS: readonly string[] = ['create', 'replace', 'delete'];

/** The decisions about routes in a function's log, aligned; those that differ in the table alone are one line. */
export function readDecisions(
  log: readonly LogLine[],
  { nameOf, wording }: { readonly nameOf: Stage['nameOf']; readonly wording: Wording },
): string[] {
  const routes = log.filter((line) => ROUTE_ACTIONS.includes(text(line, 'action'))).sort(compareDecisions);
  const alike = Map.groupBy(routes, (line) =>
    ['action', 'cidr', 'node', 'previousNextHop', 'reason', 'outcome', 'notBefore']
      .map((key) => text(line, key))
      .join(),
  );
  const rows = [...alike.values()].flatMap((lines) => {
    const [line] = lines;
    if (line === undefined) return [];
    const tables = lines.map((each) => nameOf(text(each, 'routeTable'))).sort();
    return [
      [
        text(line, 'action'),
        text(line, 'cidr'),
        describeNextHop(line, nameOf),
        // The one table that there is need not be named in every line.
        ...(wording.tables === 'route table' ? [] : [tables.join(', ')]),
        text(line, 'reason'),
        describeOutcome(line),
      ],
    ];
  });
  return formatTable(rows);
}

/** Whom the route is for; where it led before, if that changes; a node that is gone is known by that alone. */
function describeNextHop(line: LogLine, nameOf: Stage['nameOf']): string {
  const node = nameOf(text(line, 'node'));
  const previous = nameOf(text(line, 'previousNextHop'));
  if (line['action'] === 'replace' && previous !== '') return `${node} (was ${previous})`;
  return node === '' ? previous : node;
}

function describeOutcome(line: LogLine): string {
  const error = text(line, 'error');
  const notBefore = text(line, 'notBefore');
  if (notBefore !== '') return `${text(line, 'outcome')} (not before ${notBefore.slice(0, 19)}Z)`;
  return error === '' ? text(line, 'outcome') : `${text(line, 'outcome')} (${error})`;
}

function compareDecisions(a: LogLine, b: LogLine): number {
  const order = ROUTE_ACTIONS.indexOf(text(a, 'action')) - ROUTE_ACTIONS.indexOf(text(b, 'action'));
  const [left, right] = [parseCidr(text(a, 'cidr')), parseCidr(text(b, 'cidr'))];
  return order === 0 && left.ok && right.ok ? compareCidrs(left.cidr, right.cidr) : order;
}

/** The names of nodes whose interfaces were made to forward packets. */
export function readForwarding(log: readonly LogLine[], nameOf: Stage['nameOf']): string[] {
  const switched = log.filter((line) => line['action'] === 'enable-forwarding');
  return switched.map((line) => nameOf(text(line, 'node'))).sort();
}

/** The levels that are not called as severities are: those of Lambda's logger and of the Functions host. */
const SEVERITIES: ReadonlyMap<string, string> = new Map([
  ['warn', 'warning'],
  ['information', 'info'],
]);
/** What ids of Azure begin with is the same for all, and longer than a line. */
const AZURE_SCOPE = /\/subscriptions\/[^/\s]+\/resourcegroups\/[^/\s]+\/providers\/[^/\s]+/gi;

/** The findings in a function's log. */
export function readFindings(log: readonly LogLine[]): LoggedFinding[] {
  return log
    .filter((line) => 'remedy' in line)
    .map((line) => ({
      severity: readSeverity(line),
      code: text(line, 'reason'),
      message: text(line, 'message').replaceAll(AZURE_SCOPE, '…'),
      remedy: text(line, 'remedy'),
    }));
}

function readSeverity(line: LogLine): string {
  const level = text(line, 'level').toLowerCase();
  return SEVERITIES.get(level) ?? level;
}

function text(line: LogLine, key: string): string {
  const value = line[key];
  return typeof value === 'string' ? value : '';
}
