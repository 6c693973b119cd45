/** One place of the source, and what stood there, in effect, before the fix. */
interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** What reverts the fix behind one row, and the test that must then fail. */
export interface Revert {
  readonly row: number;
  readonly suite: string;
  /** Of the test's name. */
  readonly test: string;
  readonly patches: readonly Patch[];
}

const [PLAN, GUARD] = ['shared/core/plan', 'shared/core/guard'];
const SECOND_LOOK = `${GUARD}/second-look.ts`;
const NO_BUDGET: Patch = { file: SECOND_LOOK, find: 'needsBudget: true', replace: 'needsBudget: false' };
const NOBODY_COVERS: Patch = {
  file: 'shared/core/claims/coverage.ts',
  find: 'others(parts) >= 2 &&',
  replace: 'others(parts) >= 1e9 &&',
};

export const REVERTS: readonly Revert[] = [
  {
    row: 1,
    suite: 'claims',
    test: 'create with host bits',
    patches: [
      {
        file: `${PLAN}/deletions.ts`,
        find: "isKept ? 'kept' : 'withdrawn'",
        replace: "isKept === null ? 'kept' : 'withdrawn'",
      },
      NO_BUDGET,
    ],
  },
  {
    row: 2,
    suite: 'claims',
    test: 'create with the right value',
    patches: [{ file: SECOND_LOOK, find: '{ delay: grace, reason', replace: '{ delay: 0, reason' }],
  },
  {
    row: 3,
    suite: 'deletions',
    test: 'all tags are removed by mistake',
    patches: [
      {
        file: `${GUARD}/guard.ts`,
        find: "evidence === 'vacant' && destination",
        replace: 'evidence !== null && destination',
      },
    ],
  },
  { row: 4, suite: 'claims', test: 'misspelt', patches: [NO_BUDGET] },
  {
    row: 5,
    suite: 'arithmetic',
    test: 'removed one by one',
    patches: [{ file: SECOND_LOOK, find: 'spending: charge(due, spent, now)', replace: 'spending: []' }],
  },
  {
    row: 6,
    suite: 'reads',
    test: 'without the element',
    patches: [
      {
        file: 'shared/aws/node-claims.ts',
        find: "requireElement(answer.UserData, 'the user data')",
        replace: '(answer.UserData ?? {})',
      },
    ],
  },
  {
    row: 7,
    suite: 'deletions',
    test: 'interface of another team',
    patches: [
      {
        file: 'shared/aws/targets.ts',
        find: "if (exists && owner === undefined) return { kind: 'stranger' };",
        replace: "if (exists && owner === undefined) return { kind: 'gone' };",
      },
    ],
  },
  {
    row: 8,
    suite: 'reads',
    test: 'machines are replaced',
    patches: [
      {
        file: 'shared/core/run/reconcile.ts',
        find: 'moved || waiting || deletedFrom.size > 0',
        replace: 'moved || waiting',
      },
    ],
  },
  {
    row: 9,
    suite: 'capacity',
    test: 'a node moves to another block',
    patches: [
      { file: `${GUARD}/capacity.ts`, find: 'moved: false', replace: 'moved: true' },
      { file: SECOND_LOOK, find: 'moved: () => ({ delay: DAY_MS', replace: 'moved: () => ({ delay: 0' },
    ],
  },
  {
    row: 10,
    suite: 'takeovers',
    test: "somebody else's route has",
    patches: [
      {
        file: `${PLAN}/table.ts`,
        find: '!hasOwnRoute(claim) &&',
        replace: '!hasOwnRoute(claim) && blocked.size < 0 &&',
      },
    ],
  },
  {
    row: 11,
    suite: 'takeovers',
    test: 'stopped and started',
    patches: [
      {
        file: 'shared/core/claims/conflicts.ts',
        find: '(route !== undefined && !hasRival)',
        replace: "(route === 'in-force' && !hasRival)",
      },
      {
        file: `${PLAN}/holds.ts`,
        find: "route.state === 'active' || node.state !== 'running'",
        replace: "route.state === 'active'",
      },
    ],
  },
  {
    row: 12,
    suite: 'takeovers',
    test: 'two halves of the cluster',
    patches: [NOBODY_COVERS],
  },
  {
    row: 12,
    suite: 'takeovers',
    test: 'what is reserved',
    patches: [
      {
        file: 'shared/core/claims/bounds.ts',
        find: 'reservedCidrs.find((range) => overlaps(range, cidr))',
        replace: 'reservedCidrs.find((range) => overlaps(range, cidr) && range === cidr)',
      },
    ],
  },
  {
    row: 12,
    suite: 'takeovers',
    test: 'fifteen blocks',
    patches: [
      {
        file: 'shared/core/claims/judge.ts',
        find: 'cidrs.length <= most',
        replace: 'cidrs.length <= 2 * most',
      },
    ],
  },
  {
    row: 13,
    suite: 'deletions',
    test: 'eight small blocks',
    patches: [
      {
        file: `${GUARD}/budget.ts`,
        find: 'countAllowed(base.size,',
        replace: 'countAllowed(table.routes.length,',
      },
    ],
  },
  {
    row: 14,
    suite: 'user-data',
    test: 'of 8 KB packed',
    patches: [
      {
        file: 'shared/core/claims/user-data/work.ts',
        find: 'const MAX_STEPS = 64 * 1024;',
        replace: 'const MAX_STEPS = 1e9;',
      },
    ],
  },
  {
    row: 15,
    suite: 'arithmetic',
    test: 'another network',
    patches: [
      {
        file: 'shared/core/claims/conflicts.ts',
        find: 'Map.groupBy(candidates, ({ node }) => node.domain)',
        replace: 'Map.groupBy(candidates, () => null)',
      },
    ],
  },
  {
    row: 16,
    suite: 'reads',
    test: 'complete-looking answer',
    patches: [
      { file: 'shared/aws/targets.ts', find: 'isAll ? [...absent, ...named] : absent', replace: 'absent' },
      {
        file: 'shared/aws/targets.ts',
        find: 'isBlackhole(route) && inventory.unknown.has(shown)',
        replace: 'isBlackhole(route)',
      },
    ],
  },
  {
    row: 17,
    suite: 'reads',
    test: 'another dies',
    patches: [
      {
        file: `${GUARD}/guard.ts`,
        find: 'const sure = changes.filter((change) => !isUnproven(change));',
        replace:
          'const isKnown = nodes.every(({ claimsKnown }) => claimsKnown);' +
          'const sure = changes.filter(({ evidence }) => evidence === null || (evidence === "proven" && isKnown));',
      },
    ],
  },
  {
    row: 18,
    suite: 'deletions',
    test: 'twelve of forty',
    patches: [
      {
        file: `${GUARD}/guard.ts`,
        find: 'new Map((decision?.allowed ?? []).map(',
        replace: 'new Map((decision?.allowed ?? []).slice(0, 0).map(',
      },
    ],
  },
  {
    row: 19,
    suite: 'deletions',
    test: 'in no subnet any more',
    patches: [
      { file: 'shared/azure/failures.ts', find: "'PrivateIPAddressNotInAnySubnet'", replace: "'Nothing'" },
    ],
  },
  {
    row: 20,
    suite: 'deletions',
    test: 'calls available',
    patches: [{ file: SECOND_LOOK, find: 'isAlive ? grace : DAY_MS', replace: 'isAlive ? 0 : DAY_MS' }],
  },
  {
    row: 21,
    suite: 'deletions',
    test: 'nobody claims its block',
    patches: [
      {
        file: 'shared/azure/targets.ts',
        find: "nic.isInUse ? { kind: 'stranger' } : { kind: 'vacant', agreed: true }",
        replace: "nic.isInUse ? { kind: 'stranger' } : { kind: 'stranger' }",
      },
    ],
  },
  { row: 22, suite: 'takeovers', test: 'before two workers start', patches: [NOBODY_COVERS] },
  {
    row: 23,
    suite: 'claims',
    test: 'every node moves',
    patches: [
      { file: SECOND_LOOK, find: 'moved: () => ({ delay: DAY_MS', replace: 'moved: () => ({ delay: null' },
    ],
  },
  {
    row: 24,
    suite: 'scale-in',
    test: 'on Azure',
    patches: [
      {
        file: SECOND_LOOK,
        find: 'isOrphan ? orphan(given) : given',
        replace: 'isOrphan ? given : given',
      },
    ],
  },
  {
    row: 25,
    suite: 'takeovers',
    test: 'loses its tag for a moment',
    patches: [
      {
        file: `${PLAN}/holds.ts`,
        find: 'if (unclaimed.length === 0) return [];',
        replace: 'if (unclaimed.length >= 0) return [];',
      },
    ],
  },
  {
    row: 26,
    suite: 'ledger',
    test: 'the schedule is paused',
    patches: [
      { file: SECOND_LOOK, find: 'const RENEWED_WITHIN = 1.5;', replace: 'const RENEWED_WITHIN = 1e9;' },
    ],
  },
  {
    row: 26,
    suite: 'ledger',
    test: 'an erase that failed',
    patches: [
      { file: SECOND_LOOK, find: 'const RENEWED_WITHIN = 1.5;', replace: 'const RENEWED_WITHIN = 1e9;' },
    ],
  },
  {
    row: 26,
    suite: 'ledger',
    test: 'two full runs at once',
    patches: [
      {
        file: `${GUARD}/guard.ts`,
        find: 'if (!guarded.decisions.some(isRefused)) return guarded;',
        replace: 'if (guarded.decisions.length >= 0) return guarded;',
      },
    ],
  },
  {
    row: 26,
    suite: 'ledger',
    test: 'a clock that is a day ahead',
    patches: [
      {
        file: 'shared/core/run/recall.ts',
        find: 'const { now } = reading.value;',
        replace: 'const now = Date.now();',
      },
      {
        file: SECOND_LOOK,
        find: 'now - before.seen <= RENEWED_WITHIN * scheduleInterval',
        replace: 'now - before.seen <= 1e18',
      },
    ],
  },
  {
    row: 26,
    suite: 'ledger',
    test: 'no sighting',
    patches: [
      { file: SECOND_LOOK, find: 'before.seen <= now &&', replace: '' },
      {
        file: SECOND_LOOK,
        find: 'now - sighting.since >= delay',
        replace: 'Math.abs(now - sighting.since) >= delay',
      },
    ],
  },
  {
    row: 27,
    suite: 'deletions',
    test: 'hand-made routes',
    patches: [{ file: SECOND_LOOK, find: 'isRecorded: claimant !== undefined', replace: 'isRecorded: true' }],
  },
  {
    row: 28,
    suite: 'ledger',
    test: 'cannot be reached|throttled|not allowed to read',
    patches: [
      {
        file: `${GUARD}/guard.ts`,
        find: 'return waitAll(unproven.filter(isNotKept), memory.reason);',
        replace: 'return { ...NOTHING, allowed: unproven };',
      },
    ],
  },
  {
    row: 28,
    suite: 'ledger',
    test: 'refused a condition',
    patches: [
      {
        file: `${GUARD}/guard.ts`,
        find: 'if (!guarded.decisions.some(isRefused)) return guarded;',
        replace: 'if (guarded.decisions.length >= 0) return guarded;',
      },
    ],
  },
  {
    row: 29,
    suite: 'claims',
    test: 'loses its IPv6 claim',
    patches: [
      { file: SECOND_LOOK, find: 'const over = ([4, 6] as const)', replace: 'const over = ([4] as const)' },
    ],
  },
  {
    row: 29,
    suite: 'arithmetic',
    test: '180 dead routes',
    patches: [
      {
        file: `${GUARD}/budget.ts`,
        find: 'countAllowed(base.size,',
        replace: 'countAllowed(table.routes.length,',
      },
      { file: `${GUARD}/budget.ts`, find: 'Math.min(wanted, base - 1)', replace: 'wanted' },
    ],
  },
];
