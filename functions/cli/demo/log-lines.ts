import { compareCidrs, parseCidr } from '../../../shared/cidr.ts';
import { formatTable } from '../terminal.ts';
import { nameOf, type Operator } from './operator.ts';

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

/** The decisions in a function's log, aligned; those that differ in the route table alone are one line. */
export function readDecisions(log: readonly LogLine[], operator: Operator): string[] {
  const routes = log.filter((line) => ROUTE_ACTIONS.includes(text(line, 'action'))).sort(compareDecisions);
  const alike = Map.groupBy(routes, (line) =>
    ['action', 'cidr', 'node', 'previousNextHop', 'reason', 'outcome'].map((key) => text(line, key)).join(),
  );
  const rows = [...alike.values()].flatMap((lines) => {
    const [line] = lines;
    if (line === undefined) return [];
    const tables = lines.map((each) => nameOf(operator, text(each, 'routeTable'))).sort();
    return [
      [
        text(line, 'action'),
        text(line, 'cidr'),
        describeNextHop(line, operator),
        tables.join(', '),
        text(line, 'reason'),
        text(line, 'outcome'),
      ],
    ];
  });
  return [...formatTable(rows), ...readForwarding(log, operator)];
}

/** Whom the route is for; where it led before, if that changes; a node that is gone is known by that alone. */
function describeNextHop(line: LogLine, operator: Operator): string {
  const node = nameOf(operator, text(line, 'node'));
  const previous = nameOf(operator, text(line, 'previousNextHop'));
  if (line['action'] === 'replace' && previous !== '') return `${node} (was ${previous})`;
  return node === '' ? previous : node;
}

function compareDecisions(a: LogLine, b: LogLine): number {
  const order = ROUTE_ACTIONS.indexOf(text(a, 'action')) - ROUTE_ACTIONS.indexOf(text(b, 'action'));
  const [left, right] = [parseCidr(text(a, 'cidr')), parseCidr(text(b, 'cidr'))];
  return order === 0 && left.ok && right.ok ? compareCidrs(left.cidr, right.cidr) : order;
}

/** Nodes whose source/destination check was switched off, in a line. */
function readForwarding(log: readonly LogLine[], operator: Operator): string[] {
  const switched = log.filter((line) => line['action'] === 'enable-forwarding');
  if (switched.length === 0) return [];
  const nodes = switched.map((line) => nameOf(operator, text(line, 'node'))).sort();
  return [`source/destination check off: ${nodes.join(', ')}`];
}

/** The findings in a function's log. */
export function readFindings(log: readonly LogLine[]): LoggedFinding[] {
  return log
    .filter((line) => 'remedy' in line)
    .map((line) => ({
      severity: text(line, 'level').toLowerCase(),
      code: text(line, 'reason'),
      message: text(line, 'message'),
      remedy: text(line, 'remedy'),
    }));
}

function text(line: LogLine, key: string): string {
  const value = line[key];
  return typeof value === 'string' ? value : '';
}
