// @ts-nocheck
function stryNS_9fa48() {
  var g = typeof globalThis === 'object' && globalThis && globalThis.Math === Math && globalThis || new Function("return this")();
  var ns = g.__stryker__ || (g.__stryker__ = {});
  if (ns.activeMutant === undefined && g.process && g.process.env && g.process.env.__STRYKER_ACTIVE_MUTANT__) {
    ns.activeMutant = g.process.env.__STRYKER_ACTIVE_MUTANT__;
  }
  function retrieveNS() {
    return ns;
  }
  stryNS_9fa48 = retrieveNS;
  return retrieveNS();
}
stryNS_9fa48();
function stryCov_9fa48() {
  var ns = stryNS_9fa48();
  var cov = ns.mutantCoverage || (ns.mutantCoverage = {
    static: {},
    perTest: {}
  });
  function cover() {
    var c = cov.static;
    if (ns.currentTestId) {
      c = cov.perTest[ns.currentTestId] = cov.perTest[ns.currentTestId] || {};
    }
    var a = arguments;
    for (var i = 0; i < a.length; i++) {
      c[a[i]] = (c[a[i]] || 0) + 1;
    }
  }
  stryCov_9fa48 = cover;
  cover.apply(null, arguments);
}
function stryMutAct_9fa48(id) {
  var ns = stryNS_9fa48();
  function isActive(id) {
    if (ns.activeMutant === id) {
      if (ns.hitCount !== void 0 && ++ns.hitCount > ns.hitLimit) {
        throw new Error('Stryker: Hit count limit reached (' + ns.hitCount + ')');
      }
      return true;
    }
    return false;
  }
  stryMutAct_9fa48 = isActive;
  return isActive(id);
}
import { type Cidr, compareCidrs, containsCidr } from '../cidr.ts';
import { type CloudFailure, isRetryable } from '../errors.ts';
import { readIncomplete } from '../findings.ts';
import type { TableMemory } from '../ledger/table-memory.ts';
import { NO_MEMORY } from '../ledger/table-memory.ts';
import type { Change, ChangeResult, Finding, Observation, ReadFailure, Route, RouteTable, WaitReason } from '../model.ts';
import type { Plan } from '../plan/plan.ts';
import { type FittingChanges, guardCapacity } from './capacity.ts';
import { decideUnproven, forgetRefuted, type Past, type SecondLookSettings } from './second-look.ts';
export interface GuardSettings extends SecondLookSettings {
  /** Lifts waiting and the budget, and nothing else. */
  readonly force: boolean;
  /** Ids of the only nodes that force is for; null for all. */
  readonly named: ReadonlySet<string> | null;
}

/** What a run may rest deletions on that are not proven (R4). */
export type Memory = /** A run for events: each id that it read as gone allows one vacant IPv4 route of each table. */
{
  readonly kind: 'events';
  readonly gone: number;
} | {
  readonly kind: 'none';
  readonly reason: Extract<WaitReason, 'no-ledger' | 'ledger-not-read'>;
} | Omit<Past, 'memory'> & {
  readonly kind: 'read';
  readonly tables: ReadonlyMap<string, TableMemory>;
} | {
  readonly kind: 'decided';
  readonly guarded: GuardedPlan;
} /** A later look of a run that has decided already. */;

/** What may be done to one table, in this order. */
export interface TableSteps extends Pick<FittingChanges, 'makeRoom' | 'writes' | 'deletes'> {
  readonly table: RouteTable;
}
export interface GuardedPlan {
  readonly steps: readonly TableSteps[];
  /** What is not done: waiting, over the budget, without knowledge or room. */
  readonly vetoed: readonly ChangeResult[];
  readonly findings: readonly Finding[];
  /** What was decided of each table, before it was fitted into the room there is. */
  readonly decisions: readonly TableDecision[];
  /** What is to be remembered of tables, by id; nothing where the run knows too little. */
  readonly memories: ReadonlyMap<string, TableMemory>;
}

/** One table's changes, and what becomes of those that are not proven. */
interface TableDecision extends Decided {
  readonly table: RouteTable;
  readonly changes: readonly Change[];
}

/**
 * Holds a plan against what must never happen: deletion without knowledge (R3), on one look, or of many (R4), and more
 * routes than a table takes (R10).
 */
export function guardPlan(plan: Plan, observation: Observation, settings: GuardSettings, memory: Memory): GuardedPlan {
  if (stryMutAct_9fa48("266")) {
    {}
  } else {
    stryCov_9fa48("266");
    const byTable = Map.groupBy(plan.changes, stryMutAct_9fa48("267") ? () => undefined : (stryCov_9fa48("267"), ({
      table
    }) => table));
    const decisions = observation.tables.map((table): TableDecision => {
      if (stryMutAct_9fa48("268")) {
        {}
      } else {
        stryCov_9fa48("268");
        const changes = stryMutAct_9fa48("269") ? byTable.get(table.id) && [] : (stryCov_9fa48("269"), byTable.get(table.id) ?? (stryMutAct_9fa48("270") ? ["Stryker was here"] : (stryCov_9fa48("270"), [])));
        const unproven = stryMutAct_9fa48("271") ? changes : (stryCov_9fa48("271"), changes.filter(isUnproven));
        return stryMutAct_9fa48("272") ? {} : (stryCov_9fa48("272"), {
          table,
          changes,
          ...decide(table, unproven, plan, stryMutAct_9fa48("273") ? {} : (stryCov_9fa48("273"), {
            observation,
            settings,
            memory
          }))
        });
      }
    });
    const fitted = fitAll(decisions, observation);
    return stryMutAct_9fa48("274") ? {} : (stryCov_9fa48("274"), {
      ...fitted,
      findings: stryMutAct_9fa48("275") ? [] : (stryCov_9fa48("275"), [...groupFailures(observation).map(readIncomplete), ...fitted.findings])
    });
  }
}

/** Puts what was decided into the room that each table has (R10). */
function fitAll(decisions: readonly TableDecision[], {
  nodes
}: Pick<Observation, 'nodes'>): GuardedPlan {
  if (stryMutAct_9fa48("276")) {
    {}
  } else {
    stryCov_9fa48("276");
    const names = new Map(nodes.map(stryMutAct_9fa48("277") ? () => undefined : (stryCov_9fa48("277"), ({
      id,
      name
    }) => stryMutAct_9fa48("278") ? [] : (stryCov_9fa48("278"), [id, name]))));
    const fitted = decisions.map(({
      table,
      changes,
      allowed,
      left,
      findings
    }) => {
      if (stryMutAct_9fa48("279")) {
        {}
      } else {
        stryCov_9fa48("279");
        const of = stryMutAct_9fa48("280") ? () => undefined : (stryCov_9fa48("280"), (() => {
          const of = (wanted: Change['evidence']): Change[] => stryMutAct_9fa48("281") ? changes : (stryCov_9fa48("281"), changes.filter(stryMutAct_9fa48("282") ? () => undefined : (stryCov_9fa48("282"), ({
            evidence
          }) => stryMutAct_9fa48("285") ? evidence !== wanted : stryMutAct_9fa48("284") ? false : stryMutAct_9fa48("283") ? true : (stryCov_9fa48("283", "284", "285"), evidence === wanted))));
          return of;
        })());
        const writes = stryMutAct_9fa48("286") ? [] : (stryCov_9fa48("286"), [...of(null), ...(stryMutAct_9fa48("287") ? allowed : (stryCov_9fa48("287"), allowed.filter(isReplace)))]);
        const deletes = stryMutAct_9fa48("288") ? [] : (stryCov_9fa48("288"), [...of(stryMutAct_9fa48("289") ? "" : (stryCov_9fa48("289"), 'proven')), ...(stryMutAct_9fa48("290") ? allowed : (stryCov_9fa48("290"), allowed.filter(stryMutAct_9fa48("291") ? () => undefined : (stryCov_9fa48("291"), change => stryMutAct_9fa48("292") ? isReplace(change) : (stryCov_9fa48("292"), !isReplace(change))))))]);
        const room = guardCapacity(table, writes, deletes, names);
        return stryMutAct_9fa48("293") ? {} : (stryCov_9fa48("293"), {
          steps: stryMutAct_9fa48("294") ? {} : (stryCov_9fa48("294"), {
            table,
            makeRoom: room.makeRoom,
            writes: room.writes,
            deletes: room.deletes
          }),
          vetoed: stryMutAct_9fa48("295") ? [] : (stryCov_9fa48("295"), [...left, ...room.vetoed]),
          findings: stryMutAct_9fa48("296") ? [] : (stryCov_9fa48("296"), [...findings, ...room.findings])
        });
      }
    });
    return stryMutAct_9fa48("297") ? {} : (stryCov_9fa48("297"), {
      steps: fitted.map(stryMutAct_9fa48("298") ? () => undefined : (stryCov_9fa48("298"), ({
        steps
      }) => steps)),
      vetoed: fitted.flatMap(stryMutAct_9fa48("299") ? () => undefined : (stryCov_9fa48("299"), ({
        vetoed
      }) => vetoed)),
      findings: fitted.flatMap(stryMutAct_9fa48("300") ? () => undefined : (stryCov_9fa48("300"), ({
        findings
      }) => findings)),
      decisions,
      memories: new Map(decisions.flatMap(stryMutAct_9fa48("301") ? () => undefined : (stryCov_9fa48("301"), ({
        table,
        memory
      }) => (stryMutAct_9fa48("304") ? memory !== null : stryMutAct_9fa48("303") ? false : stryMutAct_9fa48("302") ? true : (stryCov_9fa48("302", "303", "304"), memory === null)) ? stryMutAct_9fa48("305") ? ["Stryker was here"] : (stryCov_9fa48("305"), []) : stryMutAct_9fa48("306") ? [] : (stryCov_9fa48("306"), [[table.id, memory] as const]))))
    });
  }
}

/** Lets what has waited wait on in these tables, whose entries in the ledger are not written. */
export function withhold(guarded: GuardedPlan, tables: ReadonlySet<string>, observation: Observation): GuardedPlan {
  if (stryMutAct_9fa48("307")) {
    {}
  } else {
    stryCov_9fa48("307");
    const isRefused = stryMutAct_9fa48("308") ? () => undefined : (stryCov_9fa48("308"), (() => {
      const isRefused = ({
        table,
        due
      }: TableDecision): boolean => stryMutAct_9fa48("311") ? due.length > 0 || tables.has(table.id) : stryMutAct_9fa48("310") ? false : stryMutAct_9fa48("309") ? true : (stryCov_9fa48("309", "310", "311"), (stryMutAct_9fa48("314") ? due.length <= 0 : stryMutAct_9fa48("313") ? due.length >= 0 : stryMutAct_9fa48("312") ? true : (stryCov_9fa48("312", "313", "314"), due.length > 0)) && tables.has(table.id));
      return isRefused;
    })());
    if (stryMutAct_9fa48("317") ? false : stryMutAct_9fa48("316") ? true : stryMutAct_9fa48("315") ? guarded.decisions.some(isRefused) : (stryCov_9fa48("315", "316", "317"), !(stryMutAct_9fa48("318") ? guarded.decisions.every(isRefused) : (stryCov_9fa48("318"), guarded.decisions.some(isRefused))))) return guarded;
    const decisions = guarded.decisions.map((decision): TableDecision => {
      if (stryMutAct_9fa48("319")) {
        {}
      } else {
        stryCov_9fa48("319");
        if (stryMutAct_9fa48("322") ? false : stryMutAct_9fa48("321") ? true : stryMutAct_9fa48("320") ? isRefused(decision) : (stryCov_9fa48("320", "321", "322"), !isRefused(decision))) return decision;
        const {
          due
        } = decision;
        return stryMutAct_9fa48("323") ? {} : (stryCov_9fa48("323"), {
          ...decision,
          allowed: stryMutAct_9fa48("324") ? decision.allowed : (stryCov_9fa48("324"), decision.allowed.filter(stryMutAct_9fa48("325") ? () => undefined : (stryCov_9fa48("325"), change => stryMutAct_9fa48("326") ? due.includes(change) : (stryCov_9fa48("326"), !due.includes(change))))),
          due: stryMutAct_9fa48("327") ? ["Stryker was here"] : (stryCov_9fa48("327"), []),
          left: stryMutAct_9fa48("328") ? [] : (stryCov_9fa48("328"), [...decision.left, ...due.map(stryMutAct_9fa48("329") ? () => undefined : (stryCov_9fa48("329"), change => waitFor(change, stryMutAct_9fa48("330") ? "" : (stryCov_9fa48("330"), 'ledger-not-written'))))])
        });
      }
    });
    const failures = stryMutAct_9fa48("331") ? guarded.findings : (stryCov_9fa48("331"), guarded.findings.filter(stryMutAct_9fa48("332") ? () => undefined : (stryCov_9fa48("332"), ({
      code
    }) => stryMutAct_9fa48("335") ? code !== 'read-incomplete' : stryMutAct_9fa48("334") ? false : stryMutAct_9fa48("333") ? true : (stryCov_9fa48("333", "334", "335"), code === (stryMutAct_9fa48("336") ? "" : (stryCov_9fa48("336"), 'read-incomplete'))))));
    const fitted = fitAll(decisions, observation);
    return stryMutAct_9fa48("337") ? {} : (stryCov_9fa48("337"), {
      ...fitted,
      findings: stryMutAct_9fa48("338") ? [] : (stryCov_9fa48("338"), [...failures, ...fitted.findings])
    });
  }
}

/** Tables in which something goes only once the ledger has taken their entries. */
export function findPressing({
  decisions
}: GuardedPlan): Set<string> {
  if (stryMutAct_9fa48("339")) {
    {}
  } else {
    stryCov_9fa48("339");
    return new Set(decisions.flatMap(stryMutAct_9fa48("340") ? () => undefined : (stryCov_9fa48("340"), ({
      table,
      due
    }) => (stryMutAct_9fa48("344") ? due.length <= 0 : stryMutAct_9fa48("343") ? due.length >= 0 : stryMutAct_9fa48("342") ? false : stryMutAct_9fa48("341") ? true : (stryCov_9fa48("341", "342", "343", "344"), due.length > 0)) ? stryMutAct_9fa48("345") ? [] : (stryCov_9fa48("345"), [table.id]) : stryMutAct_9fa48("346") ? ["Stryker was here"] : (stryCov_9fa48("346"), []))));
  }
}
function isUnproven({
  evidence
}: Change): boolean {
  if (stryMutAct_9fa48("347")) {
    {}
  } else {
    stryCov_9fa48("347");
    return stryMutAct_9fa48("350") ? evidence !== null || evidence !== 'proven' : stryMutAct_9fa48("349") ? false : stryMutAct_9fa48("348") ? true : (stryCov_9fa48("348", "349", "350"), (stryMutAct_9fa48("352") ? evidence === null : stryMutAct_9fa48("351") ? true : (stryCov_9fa48("351", "352"), evidence !== null)) && (stryMutAct_9fa48("354") ? evidence === 'proven' : stryMutAct_9fa48("353") ? true : (stryCov_9fa48("353", "354"), evidence !== (stryMutAct_9fa48("355") ? "" : (stryCov_9fa48("355"), 'proven')))));
  }
}
function isReplace({
  action
}: Change): boolean {
  if (stryMutAct_9fa48("356")) {
    {}
  } else {
    stryCov_9fa48("356");
    return stryMutAct_9fa48("359") ? action !== 'replace' : stryMutAct_9fa48("358") ? false : stryMutAct_9fa48("357") ? true : (stryCov_9fa48("357", "358", "359"), action === (stryMutAct_9fa48("360") ? "" : (stryCov_9fa48("360"), 'replace')));
  }
}

/** What becomes of a table's deletions that are not proven. */
interface Decided {
  readonly allowed: readonly Change[];
  /** What of that has waited. */
  readonly due: readonly Change[];
  readonly left: readonly ChangeResult[];
  readonly findings: readonly Finding[];
  readonly memory: TableMemory | null;
}
const NOTHING: Decided = stryMutAct_9fa48("361") ? {} : (stryCov_9fa48("361"), {
  allowed: stryMutAct_9fa48("362") ? ["Stryker was here"] : (stryCov_9fa48("362"), []),
  due: stryMutAct_9fa48("363") ? ["Stryker was here"] : (stryCov_9fa48("363"), []),
  left: stryMutAct_9fa48("364") ? ["Stryker was here"] : (stryCov_9fa48("364"), []),
  findings: stryMutAct_9fa48("365") ? ["Stryker was here"] : (stryCov_9fa48("365"), []),
  memory: null
});
function decide(table: RouteTable, unproven: readonly Change[], plan: Plan, {
  observation,
  settings,
  memory
}: {
  observation: Observation;
  settings: GuardSettings;
  memory: Memory;
}): Decided {
  if (stryMutAct_9fa48("366")) {
    {}
  } else {
    stryCov_9fa48("366");
    if (stryMutAct_9fa48("369") ? false : stryMutAct_9fa48("368") ? true : stryMutAct_9fa48("367") ? knowsEveryClaim(observation) : (stryCov_9fa48("367", "368", "369"), !knowsEveryClaim(observation))) {
      if (stryMutAct_9fa48("370")) {
        {}
      } else {
        stryCov_9fa48("370");
        const failure = explainIgnorance(observation);
        const left = stryMutAct_9fa48("371") ? unproven.map((change): ChangeResult => ({
          change,
          outcome: 'skipped',
          failure
        })) : (stryCov_9fa48("371"), unproven.filter(isNotHeld).map(stryMutAct_9fa48("372") ? () => undefined : (stryCov_9fa48("372"), (change): ChangeResult => stryMutAct_9fa48("373") ? {} : (stryCov_9fa48("373"), {
          change,
          outcome: stryMutAct_9fa48("374") ? "" : (stryCov_9fa48("374"), 'skipped'),
          failure
        }))));
        return stryMutAct_9fa48("375") ? {} : (stryCov_9fa48("375"), {
          ...NOTHING,
          left,
          memory: refuted(table, plan, observation, memory)
        });
      }
    }
    const forced = findForced(table, unproven, settings);
    const rest = stryMutAct_9fa48("376") ? unproven : (stryCov_9fa48("376"), unproven.filter(stryMutAct_9fa48("377") ? () => undefined : (stryCov_9fa48("377"), change => stryMutAct_9fa48("378") ? forced.includes(change) : (stryCov_9fa48("378"), !forced.includes(change)))));
    const decided = decideRest(table, rest, plan, stryMutAct_9fa48("379") ? {} : (stryCov_9fa48("379"), {
      observation,
      settings,
      memory
    }));
    return stryMutAct_9fa48("380") ? {} : (stryCov_9fa48("380"), {
      ...decided,
      allowed: stryMutAct_9fa48("381") ? [] : (stryCov_9fa48("381"), [...forced, ...decided.allowed])
    });
  }
}

/** R6: what a node holds, nobody's force takes. Only that whoever it was made for is gone lets it go. */
function isNotHeld({
  evidence
}: Change): boolean {
  if (stryMutAct_9fa48("382")) {
    {}
  } else {
    stryCov_9fa48("382");
    return stryMutAct_9fa48("385") ? evidence === 'held' : stryMutAct_9fa48("384") ? false : stryMutAct_9fa48("383") ? true : (stryCov_9fa48("383", "384", "385"), evidence !== (stryMutAct_9fa48("386") ? "" : (stryCov_9fa48("386"), 'held')));
  }
}
function refuted(table: RouteTable, plan: Plan, {
  scope
}: Observation, memory: Memory): TableMemory | null {
  if (stryMutAct_9fa48("387")) {
    {}
  } else {
    stryCov_9fa48("387");
    const before = (stryMutAct_9fa48("390") ? memory.kind === 'read' || scope.kind === 'all' : stryMutAct_9fa48("389") ? false : stryMutAct_9fa48("388") ? true : (stryCov_9fa48("388", "389", "390"), (stryMutAct_9fa48("392") ? memory.kind !== 'read' : stryMutAct_9fa48("391") ? true : (stryCov_9fa48("391", "392"), memory.kind === (stryMutAct_9fa48("393") ? "" : (stryCov_9fa48("393"), 'read')))) && (stryMutAct_9fa48("395") ? scope.kind !== 'all' : stryMutAct_9fa48("394") ? true : (stryCov_9fa48("394", "395"), scope.kind === (stryMutAct_9fa48("396") ? "" : (stryCov_9fa48("396"), 'all')))))) ? memory.tables.get(table.id) : undefined;
    return (stryMutAct_9fa48("399") ? before !== undefined : stryMutAct_9fa48("398") ? false : stryMutAct_9fa48("397") ? true : (stryCov_9fa48("397", "398", "399"), before === undefined)) ? null : forgetRefuted(table, stryMutAct_9fa48("400") ? plan.inForce.get(table.id) && [] : (stryCov_9fa48("400"), plan.inForce.get(table.id) ?? (stryMutAct_9fa48("401") ? ["Stryker was here"] : (stryCov_9fa48("401"), []))), before);
  }
}
function findForced({
  routes
}: RouteTable, unproven: readonly Change[], {
  force,
  named
}: GuardSettings): readonly Change[] {
  if (stryMutAct_9fa48("402")) {
    {}
  } else {
    stryCov_9fa48("402");
    if (stryMutAct_9fa48("405") ? false : stryMutAct_9fa48("404") ? true : stryMutAct_9fa48("403") ? force : (stryCov_9fa48("403", "404", "405"), !force)) return stryMutAct_9fa48("406") ? ["Stryker was here"] : (stryCov_9fa48("406"), []);
    const takeable = stryMutAct_9fa48("407") ? unproven : (stryCov_9fa48("407"), unproven.filter(isNotHeld));
    if (stryMutAct_9fa48("410") ? named !== null : stryMutAct_9fa48("409") ? false : stryMutAct_9fa48("408") ? true : (stryCov_9fa48("408", "409", "410"), named === null)) return takeable;
    const holders = new Map(routes.map(stryMutAct_9fa48("411") ? () => undefined : (stryCov_9fa48("411"), ({
      destination,
      target
    }) => stryMutAct_9fa48("412") ? [] : (stryCov_9fa48("412"), [destination.text, (stryMutAct_9fa48("415") ? target.kind !== 'node' : stryMutAct_9fa48("414") ? false : stryMutAct_9fa48("413") ? true : (stryCov_9fa48("413", "414", "415"), target.kind === (stryMutAct_9fa48("416") ? "" : (stryCov_9fa48("416"), 'node')))) ? target.id : stryMutAct_9fa48("417") ? "Stryker was here!" : (stryCov_9fa48("417"), '')]))));
    return stryMutAct_9fa48("418") ? takeable : (stryCov_9fa48("418"), takeable.filter(stryMutAct_9fa48("419") ? () => undefined : (stryCov_9fa48("419"), ({
      node,
      destination
    }) => stryMutAct_9fa48("422") ? named.has(node ?? '') && named.has(holders.get(destination.text) ?? '') : stryMutAct_9fa48("421") ? false : stryMutAct_9fa48("420") ? true : (stryCov_9fa48("420", "421", "422"), named.has(stryMutAct_9fa48("423") ? node && '' : (stryCov_9fa48("423"), node ?? (stryMutAct_9fa48("424") ? "Stryker was here!" : (stryCov_9fa48("424"), '')))) || named.has(stryMutAct_9fa48("425") ? holders.get(destination.text) && '' : (stryCov_9fa48("425"), holders.get(destination.text) ?? (stryMutAct_9fa48("426") ? "Stryker was here!" : (stryCov_9fa48("426"), ''))))))));
  }
}
function decideRest(table: RouteTable, unproven: readonly Change[], plan: Plan, {
  observation,
  settings,
  memory
}: {
  observation: Observation;
  settings: GuardSettings;
  memory: Memory;
}): Decided {
  if (stryMutAct_9fa48("427")) {
    {}
  } else {
    stryCov_9fa48("427");
    switch (memory.kind) {
      case stryMutAct_9fa48("429") ? "" : (stryCov_9fa48("429"), 'decided'):
        if (stryMutAct_9fa48("428")) {} else {
          stryCov_9fa48("428");
          return repeat(table, unproven, memory.guarded);
        }
      case stryMutAct_9fa48("431") ? "" : (stryCov_9fa48("431"), 'events'):
        if (stryMutAct_9fa48("430")) {} else {
          stryCov_9fa48("430");
          return allowDeaths(stryMutAct_9fa48("432") ? unproven : (stryCov_9fa48("432"), unproven.filter(isNotHeld)), memory.gone);
        }
      case stryMutAct_9fa48("434") ? "" : (stryCov_9fa48("434"), 'none'):
        if (stryMutAct_9fa48("433")) {} else {
          stryCov_9fa48("433");
          return waitAll(stryMutAct_9fa48("435") ? unproven : (stryCov_9fa48("435"), unproven.filter(isNotHeld)), memory.reason);
        }
      case stryMutAct_9fa48("437") ? "" : (stryCov_9fa48("437"), 'read'):
        if (stryMutAct_9fa48("436")) {} else {
          stryCov_9fa48("436");
          {
            if (stryMutAct_9fa48("438")) {
              {}
            } else {
              stryCov_9fa48("438");
              const past = stryMutAct_9fa48("439") ? {} : (stryCov_9fa48("439"), {
                ...memory,
                memory: stryMutAct_9fa48("440") ? memory.tables.get(table.id) && NO_MEMORY : (stryCov_9fa48("440"), memory.tables.get(table.id) ?? NO_MEMORY)
              });
              const inForce = stryMutAct_9fa48("441") ? plan.inForce.get(table.id) && [] : (stryCov_9fa48("441"), plan.inForce.get(table.id) ?? (stryMutAct_9fa48("442") ? ["Stryker was here"] : (stryCov_9fa48("442"), [])));
              const decision = decideUnproven(table, unproven, inForce, stryMutAct_9fa48("443") ? {} : (stryCov_9fa48("443"), {
                observation,
                settings,
                past
              }));
              return stryMutAct_9fa48("444") ? {} : (stryCov_9fa48("444"), {
                ...decision,
                allowed: decision.due
              });
            }
          }
        }
    }
  }
}
function waitAll(changes: readonly Change[], reason: WaitReason): Decided {
  if (stryMutAct_9fa48("445")) {
    {}
  } else {
    stryCov_9fa48("445");
    return stryMutAct_9fa48("446") ? {} : (stryCov_9fa48("446"), {
      ...NOTHING,
      left: changes.map(stryMutAct_9fa48("447") ? () => undefined : (stryCov_9fa48("447"), change => waitFor(change, reason)))
    });
  }
}
function waitFor(change: Change, reason: WaitReason): ChangeResult {
  if (stryMutAct_9fa48("448")) {
    {}
  } else {
    stryCov_9fa48("448");
    return stryMutAct_9fa48("449") ? {} : (stryCov_9fa48("449"), {
      change,
      outcome: stryMutAct_9fa48("450") ? "" : (stryCov_9fa48("450"), 'waiting'),
      failure: null,
      wait: stryMutAct_9fa48("451") ? {} : (stryCov_9fa48("451"), {
        since: null,
        notBefore: null,
        reason
      })
    });
  }
}

/** R4: runs for events withdraw nothing. What else waits, the scheduled run sees again. */
function allowDeaths(unproven: readonly Change[], gone: number): Decided {
  if (stryMutAct_9fa48("452")) {
    {}
  } else {
    stryCov_9fa48("452");
    const vacant = stryMutAct_9fa48("454") ? unproven

    // What goes first must not depend on the order of reading, and be the same in all tables.
    .sort((a, b) => compareCidrs(a.destination, b.destination)) : stryMutAct_9fa48("453") ? unproven.filter(({
      evidence,
      destination
    }) => evidence === 'vacant' && destination.family === 4)
    // What goes first must not depend on the order of reading, and be the same in all tables.
    : (stryCov_9fa48("453", "454"), unproven.filter(stryMutAct_9fa48("455") ? () => undefined : (stryCov_9fa48("455"), ({
      evidence,
      destination
    }) => stryMutAct_9fa48("458") ? evidence === 'vacant' || destination.family === 4 : stryMutAct_9fa48("457") ? false : stryMutAct_9fa48("456") ? true : (stryCov_9fa48("456", "457", "458"), (stryMutAct_9fa48("460") ? evidence !== 'vacant' : stryMutAct_9fa48("459") ? true : (stryCov_9fa48("459", "460"), evidence === (stryMutAct_9fa48("461") ? "" : (stryCov_9fa48("461"), 'vacant')))) && (stryMutAct_9fa48("463") ? destination.family !== 4 : stryMutAct_9fa48("462") ? true : (stryCov_9fa48("462", "463"), destination.family === 4)))))
    // What goes first must not depend on the order of reading, and be the same in all tables.
    .sort(stryMutAct_9fa48("464") ? () => undefined : (stryCov_9fa48("464"), (a, b) => compareCidrs(a.destination, b.destination))));
    const allowed = stryMutAct_9fa48("465") ? vacant : (stryCov_9fa48("465"), vacant.slice(0, gone));
    const rest = stryMutAct_9fa48("466") ? unproven : (stryCov_9fa48("466"), unproven.filter(stryMutAct_9fa48("467") ? () => undefined : (stryCov_9fa48("467"), change => stryMutAct_9fa48("468") ? allowed.includes(change) : (stryCov_9fa48("468"), !allowed.includes(change)))));
    return stryMutAct_9fa48("469") ? {} : (stryCov_9fa48("469"), {
      ...waitAll(rest, stryMutAct_9fa48("470") ? "" : (stryCov_9fa48("470"), 'left-to-schedule')),
      allowed
    });
  }
}

/** One decision for one run: a later look may find less to delete, on the same grounds, and never more. */
function repeat(table: RouteTable, unproven: readonly Change[], before: GuardedPlan): Decided {
  if (stryMutAct_9fa48("471")) {
    {}
  } else {
    stryCov_9fa48("471");
    const decision = before.decisions.find(stryMutAct_9fa48("472") ? () => undefined : (stryCov_9fa48("472"), each => stryMutAct_9fa48("475") ? each.table.id !== table.id : stryMutAct_9fa48("474") ? false : stryMutAct_9fa48("473") ? true : (stryCov_9fa48("473", "474", "475"), each.table.id === table.id)));
    const allowed = new Map((stryMutAct_9fa48("476") ? decision?.allowed && [] : (stryCov_9fa48("476"), (stryMutAct_9fa48("477") ? decision.allowed : (stryCov_9fa48("477"), decision?.allowed)) ?? (stryMutAct_9fa48("478") ? ["Stryker was here"] : (stryCov_9fa48("478"), [])))).map(stryMutAct_9fa48("479") ? () => undefined : (stryCov_9fa48("479"), change => stryMutAct_9fa48("480") ? [] : (stryCov_9fa48("480"), [keyOf(change), change]))));
    const left = new Map((stryMutAct_9fa48("481") ? decision?.left && [] : (stryCov_9fa48("481"), (stryMutAct_9fa48("482") ? decision.left : (stryCov_9fa48("482"), decision?.left)) ?? (stryMutAct_9fa48("483") ? ["Stryker was here"] : (stryCov_9fa48("483"), [])))).map(stryMutAct_9fa48("484") ? () => undefined : (stryCov_9fa48("484"), result => stryMutAct_9fa48("485") ? [] : (stryCov_9fa48("485"), [keyOf(result.change), result]))));
    const decided = unproven.map(change => {
      if (stryMutAct_9fa48("486")) {
        {}
      } else {
        stryCov_9fa48("486");
        const earlier = allowed.get(keyOf(change));
        // Whoever it was made for stays gone, whatever the node that it leads to claims by now.
        const stands = stryMutAct_9fa48("489") ? earlier?.reason === 'claimant-gone' && earlier?.evidence === change.evidence : stryMutAct_9fa48("488") ? false : stryMutAct_9fa48("487") ? true : (stryCov_9fa48("487", "488", "489"), (stryMutAct_9fa48("491") ? earlier?.reason !== 'claimant-gone' : stryMutAct_9fa48("490") ? false : (stryCov_9fa48("490", "491"), (stryMutAct_9fa48("492") ? earlier.reason : (stryCov_9fa48("492"), earlier?.reason)) === (stryMutAct_9fa48("493") ? "" : (stryCov_9fa48("493"), 'claimant-gone')))) || (stryMutAct_9fa48("495") ? earlier?.evidence !== change.evidence : stryMutAct_9fa48("494") ? false : (stryCov_9fa48("494", "495"), (stryMutAct_9fa48("496") ? earlier.evidence : (stryCov_9fa48("496"), earlier?.evidence)) === change.evidence)));
        return stryMutAct_9fa48("497") ? {} : (stryCov_9fa48("497"), {
          change: (stryMutAct_9fa48("500") ? stands || earlier !== undefined : stryMutAct_9fa48("499") ? false : stryMutAct_9fa48("498") ? true : (stryCov_9fa48("498", "499", "500"), stands && (stryMutAct_9fa48("502") ? earlier === undefined : stryMutAct_9fa48("501") ? true : (stryCov_9fa48("501", "502"), earlier !== undefined)))) ? earlier : change,
          stands
        });
      }
    });
    return stryMutAct_9fa48("503") ? {} : (stryCov_9fa48("503"), {
      ...NOTHING,
      allowed: decided.flatMap(stryMutAct_9fa48("504") ? () => undefined : (stryCov_9fa48("504"), ({
        change,
        stands
      }) => stands ? change : stryMutAct_9fa48("505") ? ["Stryker was here"] : (stryCov_9fa48("505"), []))),
      left: stryMutAct_9fa48("506") ? decided.map(({
        change
      }) => left.get(keyOf(change)) ?? waitFor(change, 'left-to-schedule')) : (stryCov_9fa48("506"), decided.filter(stryMutAct_9fa48("507") ? () => undefined : (stryCov_9fa48("507"), ({
        change,
        stands
      }) => stryMutAct_9fa48("510") ? !stands || isNotHeld(change) : stryMutAct_9fa48("509") ? false : stryMutAct_9fa48("508") ? true : (stryCov_9fa48("508", "509", "510"), (stryMutAct_9fa48("511") ? stands : (stryCov_9fa48("511"), !stands)) && isNotHeld(change)))).map(stryMutAct_9fa48("512") ? () => undefined : (stryCov_9fa48("512"), ({
        change
      }) => stryMutAct_9fa48("513") ? left.get(keyOf(change)) && waitFor(change, 'left-to-schedule') : (stryCov_9fa48("513"), left.get(keyOf(change)) ?? waitFor(change, stryMutAct_9fa48("514") ? "" : (stryCov_9fa48("514"), 'left-to-schedule')))))),
      findings: stryMutAct_9fa48("515") ? decision?.findings ?? [] : (stryCov_9fa48("515"), (stryMutAct_9fa48("516") ? decision?.findings && [] : (stryCov_9fa48("516"), (stryMutAct_9fa48("517") ? decision.findings : (stryCov_9fa48("517"), decision?.findings)) ?? (stryMutAct_9fa48("518") ? ["Stryker was here"] : (stryCov_9fa48("518"), [])))).filter(stryMutAct_9fa48("519") ? () => undefined : (stryCov_9fa48("519"), ({
        code
      }) => stryMutAct_9fa48("522") ? code !== 'deletion-breaker' : stryMutAct_9fa48("521") ? false : stryMutAct_9fa48("520") ? true : (stryCov_9fa48("520", "521", "522"), code === (stryMutAct_9fa48("523") ? "" : (stryCov_9fa48("523"), 'deletion-breaker'))))))
    });
  }
}
function keyOf({
  destination,
  action,
  previousNextHop
}: Change): string {
  if (stryMutAct_9fa48("524")) {
    {}
  } else {
    stryCov_9fa48("524");
    return stryMutAct_9fa48("525") ? `` : (stryCov_9fa48("525"), `${destination.text} ${action} ${stryMutAct_9fa48("526") ? previousNextHop?.id && '' : (stryCov_9fa48("526"), (stryMutAct_9fa48("527") ? previousNextHop.id : (stryCov_9fa48("527"), previousNextHop?.id)) ?? (stryMutAct_9fa48("528") ? "Stryker was here!" : (stryCov_9fa48("528"), '')))}`);
  }
}

/** Many nodes that failed for one reason are one thing to look at. */
function groupFailures({
  failures
}: Pick<Observation, 'failures'>): ReadFailure[] {
  if (stryMutAct_9fa48("529")) {
    {}
  } else {
    stryCov_9fa48("529");
    const groups = Map.groupBy(failures, stryMutAct_9fa48("530") ? () => undefined : (stryCov_9fa48("530"), ({
      what,
      id,
      failure
    }) => (stryMutAct_9fa48("533") ? what !== 'claims' : stryMutAct_9fa48("532") ? false : stryMutAct_9fa48("531") ? true : (stryCov_9fa48("531", "532", "533"), what === (stryMutAct_9fa48("534") ? "" : (stryCov_9fa48("534"), 'claims')))) ? failure.code : stryMutAct_9fa48("535") ? `` : (stryCov_9fa48("535"), `${what} ${id} ${failure.code}`)));
    return (stryMutAct_9fa48("536") ? [] : (stryCov_9fa48("536"), [...groups.values()])).flatMap(([first, ...others]) => {
      if (stryMutAct_9fa48("537")) {
        {}
      } else {
        stryCov_9fa48("537");
        if (stryMutAct_9fa48("540") ? first === undefined && others.length === 0 : stryMutAct_9fa48("539") ? false : stryMutAct_9fa48("538") ? true : (stryCov_9fa48("538", "539", "540"), (stryMutAct_9fa48("542") ? first !== undefined : stryMutAct_9fa48("541") ? false : (stryCov_9fa48("541", "542"), first === undefined)) || (stryMutAct_9fa48("544") ? others.length !== 0 : stryMutAct_9fa48("543") ? false : (stryCov_9fa48("543", "544"), others.length === 0)))) return stryMutAct_9fa48("545") ? first && [] : (stryCov_9fa48("545"), first ?? (stryMutAct_9fa48("546") ? ["Stryker was here"] : (stryCov_9fa48("546"), [])));
        return (stryMutAct_9fa48("549") ? first.id !== null : stryMutAct_9fa48("548") ? false : stryMutAct_9fa48("547") ? true : (stryCov_9fa48("547", "548", "549"), first.id === null)) ? first : stryMutAct_9fa48("550") ? {} : (stryCov_9fa48("550"), {
          ...first,
          id: stryMutAct_9fa48("551") ? `` : (stryCov_9fa48("551"), `${first.id} and ${others.length} more`)
        });
      }
    });
  }
}

/** R3: that nobody claims a destination can be said only when every claim was read. */
function knowsEveryClaim({
  scope,
  failures,
  nodes
}: Observation): boolean {
  if (stryMutAct_9fa48("552")) {
    {}
  } else {
    stryCov_9fa48("552");
    if (stryMutAct_9fa48("555") ? scope.kind === 'all' : stryMutAct_9fa48("554") ? false : stryMutAct_9fa48("553") ? true : (stryCov_9fa48("553", "554", "555"), scope.kind !== (stryMutAct_9fa48("556") ? "" : (stryCov_9fa48("556"), 'all')))) return stryMutAct_9fa48("557") ? true : (stryCov_9fa48("557"), false);
    // A table that could not be read gets no changes, and says nothing about claims.
    if (stryMutAct_9fa48("560") ? false : stryMutAct_9fa48("559") ? true : stryMutAct_9fa48("558") ? failures.every(({
      what,
      id
    }) => what === 'table' && id !== null) : (stryCov_9fa48("558", "559", "560"), !(stryMutAct_9fa48("561") ? failures.some(({
      what,
      id
    }) => what === 'table' && id !== null) : (stryCov_9fa48("561"), failures.every(stryMutAct_9fa48("562") ? () => undefined : (stryCov_9fa48("562"), ({
      what,
      id
    }) => stryMutAct_9fa48("565") ? what === 'table' || id !== null : stryMutAct_9fa48("564") ? false : stryMutAct_9fa48("563") ? true : (stryCov_9fa48("563", "564", "565"), (stryMutAct_9fa48("567") ? what !== 'table' : stryMutAct_9fa48("566") ? true : (stryCov_9fa48("566", "567"), what === (stryMutAct_9fa48("568") ? "" : (stryCov_9fa48("568"), 'table')))) && (stryMutAct_9fa48("570") ? id === null : stryMutAct_9fa48("569") ? true : (stryCov_9fa48("569", "570"), id !== null))))))))) return stryMutAct_9fa48("571") ? true : (stryCov_9fa48("571"), false);
    return stryMutAct_9fa48("572") ? nodes.some(({
      claimsKnown,
      state
    }) => claimsKnown || state === 'gone') : (stryCov_9fa48("572"), nodes.every(stryMutAct_9fa48("573") ? () => undefined : (stryCov_9fa48("573"), ({
      claimsKnown,
      state
    }) => stryMutAct_9fa48("576") ? claimsKnown && state === 'gone' : stryMutAct_9fa48("575") ? false : stryMutAct_9fa48("574") ? true : (stryCov_9fa48("574", "575", "576"), claimsKnown || (stryMutAct_9fa48("578") ? state !== 'gone' : stryMutAct_9fa48("577") ? false : (stryCov_9fa48("577", "578"), state === (stryMutAct_9fa48("579") ? "" : (stryCov_9fa48("579"), 'gone'))))))));
  }
}

/** It is worth another try unless everything that failed will fail again. */
function explainIgnorance({
  failures
}: Observation): CloudFailure {
  if (stryMutAct_9fa48("580")) {
    {}
  } else {
    stryCov_9fa48("580");
    const temporary = stryMutAct_9fa48("583") ? failures.length === 0 && failures.some(({
      failure
    }) => isRetryable(failure)) : stryMutAct_9fa48("582") ? false : stryMutAct_9fa48("581") ? true : (stryCov_9fa48("581", "582", "583"), (stryMutAct_9fa48("585") ? failures.length !== 0 : stryMutAct_9fa48("584") ? false : (stryCov_9fa48("584", "585"), failures.length === 0)) || (stryMutAct_9fa48("586") ? failures.every(({
      failure
    }) => isRetryable(failure)) : (stryCov_9fa48("586"), failures.some(stryMutAct_9fa48("587") ? () => undefined : (stryCov_9fa48("587"), ({
      failure
    }) => isRetryable(failure))))));
    const unread = groupFailures(stryMutAct_9fa48("588") ? {} : (stryCov_9fa48("588"), {
      failures
    })).map(stryMutAct_9fa48("589") ? () => undefined : (stryCov_9fa48("589"), ({
      id,
      what,
      failure
    }) => stryMutAct_9fa48("590") ? `` : (stryCov_9fa48("590"), `${stryMutAct_9fa48("591") ? id && what : (stryCov_9fa48("591"), id ?? what)} (${failure.code})`))).join(stryMutAct_9fa48("592") ? "" : (stryCov_9fa48("592"), ', '));
    const message = stryMutAct_9fa48("593") ? `` : (stryCov_9fa48("593"), `Nothing that is not proven is deleted before every claim was read; not read: ${stryMutAct_9fa48("596") ? unread && 'nodes outside the scope' : stryMutAct_9fa48("595") ? false : stryMutAct_9fa48("594") ? true : (stryCov_9fa48("594", "595", "596"), unread || (stryMutAct_9fa48("597") ? "" : (stryCov_9fa48("597"), 'nodes outside the scope')))}.`);
    return stryMutAct_9fa48("598") ? {} : (stryCov_9fa48("598"), {
      kind: temporary ? stryMutAct_9fa48("599") ? "" : (stryCov_9fa48("599"), 'transient') : stryMutAct_9fa48("600") ? "" : (stryCov_9fa48("600"), 'permanent'),
      code: stryMutAct_9fa48("601") ? "" : (stryCov_9fa48("601"), 'read-incomplete'),
      message
    });
  }
}

/** How many routes podroutes may change. */
export function countManaged(table: RouteTable, clusterCidrs: readonly Cidr[]): number {
  if (stryMutAct_9fa48("602")) {
    {}
  } else {
    stryCov_9fa48("602");
    return stryMutAct_9fa48("603") ? table.routes.length : (stryCov_9fa48("603"), table.routes.filter(stryMutAct_9fa48("604") ? () => undefined : (stryCov_9fa48("604"), route => isManaged(route, clusterCidrs))).length);
  }
}

/** Whether podroutes may change this route (R2). */
export function isManaged({
  ourKind,
  target,
  destination
}: Route, clusterCidrs: readonly Cidr[]): boolean {
  if (stryMutAct_9fa48("605")) {
    {}
  } else {
    stryCov_9fa48("605");
    return stryMutAct_9fa48("608") ? ourKind && target.kind !== 'stranger' || clusterCidrs.some(range => containsCidr(range, destination)) : stryMutAct_9fa48("607") ? false : stryMutAct_9fa48("606") ? true : (stryCov_9fa48("606", "607", "608"), (stryMutAct_9fa48("610") ? ourKind || target.kind !== 'stranger' : stryMutAct_9fa48("609") ? true : (stryCov_9fa48("609", "610"), ourKind && (stryMutAct_9fa48("612") ? target.kind === 'stranger' : stryMutAct_9fa48("611") ? true : (stryCov_9fa48("611", "612"), target.kind !== (stryMutAct_9fa48("613") ? "" : (stryCov_9fa48("613"), 'stranger')))))) && (stryMutAct_9fa48("614") ? clusterCidrs.every(range => containsCidr(range, destination)) : (stryCov_9fa48("614"), clusterCidrs.some(stryMutAct_9fa48("615") ? () => undefined : (stryCov_9fa48("615"), range => containsCidr(range, destination))))));
  }
}