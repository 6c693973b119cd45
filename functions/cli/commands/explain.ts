import type { NodeState } from '../../../shared/core/model.ts';
import type { Report } from '../../../shared/core/run/report.ts';
import { type ClusterView, findNodes, viewAllNodes } from '../cluster-view.ts';
import { EXIT, type ExitCode, type Invocation, type Refusal, refuse } from '../command.ts';
import { shortenIds } from '../describe.ts';
import { type Check, type CheckResult, gatherFacts, problem } from '../explain/facts.ts';
import { describeSelection, NODE_CHECKS } from '../explain/node-checks.ts';
import { TABLE_CHECKS } from '../explain/table-checks.ts';
import { outputOf } from '../options.ts';
import { formatJson, type Style, type Terminal, wrapText } from '../terminal.ts';

/** What `-o json` prints: docs/schemas/explain.schema.json. */
interface Explanation {
  readonly cluster: string | null;
  readonly cloud: string;
  /** Null where something has that id and is no node, or nothing has it. */
  readonly node: { readonly id: string; readonly name: string; readonly state: NodeState } | null;
  /** In the order in which they are made. */
  readonly checks: readonly Check[];
  /** What the next run would do for it. */
  readonly changes: Report['changes'];
}

/** Says why a node has or lacks its routes. */
export async function explain(invocation: Invocation): Promise<number> {
  const [called = ''] = invocation.operands;
  const view = await viewAllNodes(invocation, [called]);
  if (!view.ok) return refuse(invocation, view);
  const explanation = await explainNode(view, called);
  if ('ok' in explanation) return refuse(invocation, explanation);
  if (outputOf(invocation.values) === 'json') invocation.out.print(formatJson(explanation));
  else showExplanation(invocation.out, called, explanation);
  return exitOf(explanation);
}

async function explainNode(view: ClusterView, called: string): Promise<Explanation | Refusal> {
  const { session, run, report } = view;
  const { cluster, cloud } = report;
  const found = findNodes(view, [called]);
  const [node] = found.ok ? found.nodes : [];
  if (node === undefined) {
    const isKnown = run.observation.nodes.length > 0 || run.observation.failures.length === 0;
    if (!found.ok && !(session.isNodeId(called) && isKnown)) return found;
    return { cluster, cloud, node: null, checks: [explainStranger(view, called)], changes: [] };
  }
  const facts = await gatherFacts(view, node);
  return {
    cluster,
    cloud,
    node: { id: node.id, name: node.name, state: node.state },
    checks: [...NODE_CHECKS, ...TABLE_CHECKS].flatMap((check) => check(facts)),
    changes: report.changes.filter(({ nodeId }) => nodeId === node.id),
  };
}

/** An id that is no node's: nothing has it, or what has it is not selected. */
function explainStranger({ session, run }: ClusterView, id: string): Check {
  if (run.observation.missing.some((missing) => missing.toLowerCase() === id.toLowerCase())) {
    const evidence = `There is no ${id} in ${session.place}.`;
    return problem('found', evidence, 'Check the id, and the account and region or subscription.');
  }
  const selection = describeSelection(session.config);
  const machine = run.observation.unselected?.find((each) => each.id.toLowerCase() === id.toLowerCase());
  const nearMiss = machine?.nearMiss ? ` ${machine.nearMiss}` : '';
  const evidence = `${id} exists, but it is not a node: nodes are selected ${selection}.${nearMiss}`;
  return problem('selection', evidence, 'If it is a node of this cluster, tag it.');
}

function exitOf({ checks }: Explanation): ExitCode {
  return checks.some(({ result }) => result === 'problem') ? EXIT.changes : EXIT.ok;
}

const MARKS: Readonly<Record<CheckResult, { readonly mark: string; readonly style: Style }>> = {
  ok: { mark: '✓', style: 'green' },
  note: { mark: '-', style: 'dim' },
  problem: { mark: '✗', style: 'red' },
};
const NAME_WIDTH = 11;
const INDENT = NAME_WIDTH + 4;

function showExplanation(
  { print, paint, width }: Terminal,
  called: string,
  { node, checks }: Explanation,
): void {
  print(paint('bold', node?.name ?? called));
  for (const { check, result, evidence, remedy } of checks) {
    const { mark, style } = MARKS[result];
    const lines = wrapText(shortenIds(evidence), width - INDENT);
    if (remedy !== null) lines.push(...wrapText(`Remedy: ${remedy}`, width - INDENT));
    for (const [i, line] of lines.entries()) {
      const head = i === 0 ? `${paint(style, mark)} ${check.padEnd(NAME_WIDTH)}` : ''.padEnd(INDENT - 2);
      print(`  ${head}${line}`);
    }
  }
  const problems = checks.filter(({ result }) => result === 'problem').length;
  print();
  print(
    paint('bold', problems === 0 ? 'Nothing is wrong.' : `${problems} of ${checks.length} checks failed.`),
  );
}
