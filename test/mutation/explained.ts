// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lines of source
/** A change that no test can notice. */
interface Explained {
  readonly file: string;
  /** The line where it is made, and what is put into it. */
  readonly line: string;
  readonly mutant: string;
}

function explain(...rows: readonly (readonly [file: string, line: string, mutant: string])[]): Explained[] {
  return rows.map(([file, line, mutant]) => ({ file, line, mutant }));
}

/** What it rules out is ruled out beside it, too, and is said for the compiler. */
const NARROWING = explain(
  ['claims/allocation.ts', 'return a.id < b.id ? -1 : 1;', 'a.id <= b.id'],
  ['claims/free-blocks.ts', 'if (run !== undefined && run.last < place) low = middle + 1;', 'true'],
  ['claims/free-blocks.ts', 'if (part === undefined) return null;', 'false'],
  ['cidr.ts', 'if (a.first !== b.first) return a.first < b.first ? -1 : 1;', 'a.first <= b.first'],
  [
    'cidr-index.ts',
    'if (entry !== undefined && compareCidrs(entry.cidr, cidr) < 0) low = middle + 1;',
    'true',
  ],
  [
    'claims/claimed-blocks.ts',
    "const node = target.kind === 'node' ? nodes.get(target.id) : undefined;",
    'true',
  ],
  [
    'guard/block-plan.ts',
    'return now === null || now.incarnation === null || before?.incarnation === now.incarnation;',
    'before.incarnation',
  ],
  ['guard/needy-nodes.ts', "const node = target.kind === 'node' ? nodes.get(target.id) : undefined;", 'true'],
  ['claims/registered.ts', 'if (node !== undefined && claims.length + defects.length > 0) {', 'true'],
  ['guard/budget.ts', "target.kind === 'node' &&", 'true'],
  [
    'guard/capacity.ts',
    'const making = deletes.filter(({ evidence }) => evidence !== null && MAKES_ROOM[evidence]);',
    'true',
  ],
  ['guard/second-look.ts', 'destination.family === family && holder !== null ? holder : [],', 'true'],
  [
    'guard/second-look.ts',
    'needsBudget && holder !== null ? [{ node: holder, family: destination.family, at: now }] : [],',
    'true',
  ],
  ['guard/second-look.ts', 'if (nextHop === null) continue;', 'false'],
  [
    'guard/second-look.ts',
    "ourKind && target.kind === 'node' ? [[destination.text, target.id]] : [],",
    'true',
  ],
  ['run/announce.ts', 'if (!directory || registry === null || unassigned.length === 0) return [];', 'false'],
  [
    'run/announce.ts',
    'if (!directory || registry === null || unassigned.length === 0) return [];',
    '!directory && registry === null',
  ],
  // The look is at all nodes by then.
  ['run/pass.ts', 'return observeAgain(cloud, request, wider, false);', 'true'],
  ['ledger/table-memory.ts', 'return [...map].sort(([a], [b]) => (a < b ? -1 : 1));', 'a <= b'],
  ['ledger/table-memory.ts', "return typeof value === 'object' && value !== null;", 'true'],
  ['plan/deletions.ts', "const node = target.kind === 'node' ? nodes.get(target.id) : undefined;", 'true'],
  ['plan/deletions.ts', "case 'gone':", '""'],
  ['plan/holds.ts', "if (!route.ourKind || route.target.kind !== 'node') return [];", 'false'],
  [
    'plan/plan.ts',
    ".filter(({ ourKind, target }) => ourKind && target.kind === 'node' && ids.has(target.id));",
    'true',
  ],
  [
    'plan/table.ts',
    "return route?.state === 'active' && route.target.kind === 'node' && route.target.id === node.id;",
    'true',
  ],
  [
    'plan/table.ts',
    "if (!ourKind || target.kind !== 'node' || entitled.has(`${destination.text} ${target.id}`)) continue;",
    'false',
  ],
);

/** None of what is looked for is among them. */
const NOBODY = explain(
  ['claims/free-blocks.ts', 'const passed: bigint[] = [];', '["Stryker was here"]'],
  ['run/blocks.ts', 'const needy = findNeedy(observation, registry, [], settings);', '["Stryker was here"]'],
  [
    'run/liveness.ts',
    'const others = new Set((found.unselected ?? []).map(({ id }) => id));',
    '["Stryker was here"]',
  ],
);

/** What is looked up is always there, and the compiler cannot know. */
const NEVER_MISSING = explain(
  ['cidr.ts', "const [addressText = '', prefixText, ...rest] = text.split('/');", '"Stryker was here!"'],
  [
    'cidr.ts',
    "const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));",
    '["Stryker was here"]',
  ],
  ['claims/elements.ts', "const element = elements[i] ?? '';", '"Stryker was here!"'],
  ['findings/blocks.ts', 'cidr: cidrs[0]?.text ?? null,', 'cidrs[0].text'],
  [
    'guard/capacity.ts',
    "const label = ({ node }: Change): string => names.get(node ?? '') ?? '';",
    '"Stryker was here!"',
  ],
  ['plan/dependents.ts', 'for (const change of takeovers.get(nextHop?.id) ?? []) {', 'nextHop.id'],
  [
    'plan/dependents.ts',
    "return action === 'replace' && reason !== 'blackhole' && nextHop?.id !== previousNextHop?.id;",
    'nextHop.id',
  ],
  [
    'guard/guard.ts',
    'return before === undefined ? null : forgetRefuted(table, plan.inForce.get(table.id) ?? [], before);',
    '["Stryker was here"]',
  ],
  ['guard/guard.ts', 'const inForce = plan.inForce.get(table.id) ?? [];', '["Stryker was here"]'],
  [
    'guard/knowledge.ts',
    'if (first === undefined || others.length === 0) return first ?? [];',
    '["Stryker was here"]',
  ],
  ['guard/knowledge.ts', 'if (first === undefined || others.length === 0) return first ?? [];', 'false'],
  [
    'ledger/store.ts',
    'const isInTheWay = retry.some(({ version }, i) => version !== wanted[i]?.version);',
    'wanted[i].version',
  ],
  [
    'run/reconcile.ts',
    "const refused = results.filter(({ outcome, failure }) => outcome === 'failed' && failure?.kind === 'full');",
    'failure.kind',
  ],
  [
    'run/record.ts',
    "return [...countBy(failures, (failure) => failure?.code ?? '')].map(([reason, count]) => () => [",
    'failure.code',
  ],
  [
    'run/record.ts',
    "return [...countBy(failures, (failure) => failure?.code ?? '')].map(([reason, count]) => () => [",
    '"Stryker was here!"',
  ],
);

/** Any text does that is no id. */
const NO_ID = explain(
  [
    'guard/guard.ts',
    "({ node, destination }) => named.has(node ?? '') || named.has(holders.get(destination.text) ?? ''),",
    '"Stryker was here!"',
  ],
  [
    'guard/guard.ts',
    "return `${destination.text} ${action} ${previousNextHop?.id ?? ''}`;",
    '"Stryker was here!"',
  ],
  [
    'guard/knowledge.ts',
    "return groupFailures(observation).map((failure) => readIncomplete(failure, nodes.get(failure.id ?? '')));",
    '"Stryker was here!"',
  ],
  [
    'run/progress.ts',
    "return `${placeOf(change)} ${change.action} ${change.nextHop?.id ?? ''}`;",
    '"Stryker was here!"',
  ],
  [
    'run/reconcile.ts',
    "const label = ({ node, destination }: Change): string => names.get(node ?? '') ?? destination.text;",
    '"Stryker was here!"',
  ],
  ['run/to-report.ts', "node: names.get(nodeId ?? '') ?? nodeId,", '"Stryker was here!"'],
  ['run/to-report.ts', "node: names.get(change.node ?? '') ?? change.node,", '"Stryker was here!"'],
  [
    'run/retry.ts',
    "({ what, id }) => (what !== 'claims' && id === null) || (what !== 'table' && ids.has(id ?? '')),",
    '"Stryker was here!"',
  ],
);

/** What only a person lets go is never charged for. */
const NEVER_CHARGED = explain(
  [
    'guard/second-look.ts',
    "disputed: () => ({ delay: null, reason: 'reads-disagree', needsBudget: false }),",
    'true',
  ],
  ['guard/second-look.ts', ": { delay: null, reason: 'never-recorded', needsBudget: false },", 'true'],
);

/** What follows comes to the same, with more work. */
const SAVING_WORK = explain(
  [
    'claims/free-blocks.ts',
    'for (const run of [...runs].sort((a, b) => (a.first < b.first ? -1 : 1))) {',
    'a.first <= b.first',
  ],
  [
    'claims/free-blocks.ts',
    'if (before === undefined || run.first > before.last + 1n) merged.push(run);',
    'run.first >= before.last + 1n',
  ],
  [
    'claims/free-blocks.ts',
    'else if (run.last > before.last) merged[merged.length - 1] = { first: before.first, last: run.last };',
    'run.last >= before.last',
  ],
  ['plan/holds.ts', 'if (unclaimed.length === 0) return [];', 'false'],
  ['plan/table.ts', 'if (sketch.writes.length === 0) return;', 'false'],
  [
    'plan/table.ts',
    'if (fitting.length < sketch.writes.length) sketch.writes.splice(0, sketch.writes.length, ...fitting);',
    'true',
  ],
  [
    'plan/table.ts',
    'if (fitting.length < sketch.writes.length) sketch.writes.splice(0, sketch.writes.length, ...fitting);',
    'fitting.length <= sketch.writes.length',
  ],
);

export const EXPLAINED: readonly Explained[] = [
  ...NARROWING,
  ...NOBODY,
  ...NEVER_MISSING,
  ...NO_ID,
  ...NEVER_CHARGED,
  ...SAVING_WORK,
];
