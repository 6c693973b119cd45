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
import type { Family } from '../cidr.ts';
import { sharesDomain } from '../claims/bounds.ts';
import type { CloudFailure } from '../errors.ts';
import { deletionBreaker } from '../findings.ts';
import { type Claimant, claimantOf, type Grounds, type Sighting, type Spending, type TableMemory } from '../ledger/table-memory.ts';
import type { AcceptedClaim, Change, ChangeResult, Finding, Observation, RouteTable, WaitReason } from '../model.ts';
import { type BudgetSettings, checkBudget, currentSpending, DAY_MS } from './budget.ts';
export interface SecondLookSettings extends BudgetSettings {
  /** Milliseconds that a route must have been seen unclaimed. */
  readonly grace: number;
  /** Milliseconds between two runs of the schedule. */
  readonly scheduleInterval: number;
}

/** What a full run remembers and knows of one table's past. */
export interface Past {
  readonly memory: TableMemory;
  /** Milliseconds since the epoch, by the ledger's clock. */
  readonly now: number;
  /** Whether a recorded claimant was read as ended, or its id as unknown or another machine's by now. */
  readonly isGone: (claimant: Claimant) => boolean;
}

/** What becomes of the deletions of one table that are not proven. */
export interface Decision {
  /** What may go once `memory` is written. */
  readonly due: readonly Change[];
  /** What waits, or is over the budget. */
  readonly left: readonly ChangeResult[];
  readonly findings: readonly Finding[];
  readonly memory: TableMemory;
}

/** One deletion, with all that decides when it goes. */
interface Case {
  readonly change: Change;
  /** Id of the living node that the route leads to. */
  readonly holder: string | null;
  readonly sighting: Sighting;
  /** Milliseconds that it waits; null where only a person may, and why. */
  readonly delay: number | null;
  readonly reason: WaitReason;
  readonly needsBudget: boolean;
}

/** A schedule that is late by half an interval has not been paused. */
const RENEWED_WITHIN = 1.5;

/**
 * R4: a route goes when full runs have found it so for long enough, and not more of the living nodes' routes than the
 * budget of 24 hours allows. All of them stay where it does not.
 *
 * @param unproven deletions, and replacements that take a living node's route, of this table
 * @param inForce claims of this table whose routes are as they should be
 */
export function decideUnproven(table: RouteTable, unproven: readonly Change[], inForce: readonly AcceptedClaim[], {
  observation,
  settings,
  past
}: {
  observation: Observation;
  settings: SecondLookSettings;
  past: Past;
}): Decision {
  if (stryMutAct_9fa48("616")) {
    {}
  } else {
    stryCov_9fa48("616");
    const {
      memory,
      now
    } = past;
    const isAlive = hasLife(table, observation);
    const holders = findHolders(table);
    const cases = unproven.flatMap(stryMutAct_9fa48("617") ? () => undefined : (stryCov_9fa48("617"), change => stryMutAct_9fa48("618") ? toCase(change, {
      past,
      settings,
      isAlive,
      holder: holders.get(change.destination.text) ?? null
    }) && [] : (stryCov_9fa48("618"), toCase(change, stryMutAct_9fa48("619") ? {} : (stryCov_9fa48("619"), {
      past,
      settings,
      isAlive,
      holder: stryMutAct_9fa48("620") ? holders.get(change.destination.text) && null : (stryCov_9fa48("620"), holders.get(change.destination.text) ?? null)
    })) ?? (stryMutAct_9fa48("621") ? ["Stryker was here"] : (stryCov_9fa48("621"), [])))));
    const spent = currentSpending(memory.spending, now);
    const waited = stryMutAct_9fa48("622") ? cases : (stryCov_9fa48("622"), cases.filter(stryMutAct_9fa48("623") ? () => undefined : (stryCov_9fa48("623"), ({
      sighting,
      delay
    }) => stryMutAct_9fa48("626") ? delay !== null || now - sighting.since >= delay : stryMutAct_9fa48("625") ? false : stryMutAct_9fa48("624") ? true : (stryCov_9fa48("624", "625", "626"), (stryMutAct_9fa48("628") ? delay === null : stryMutAct_9fa48("627") ? true : (stryCov_9fa48("627", "628"), delay !== null)) && (stryMutAct_9fa48("631") ? now - sighting.since < delay : stryMutAct_9fa48("630") ? now - sighting.since > delay : stryMutAct_9fa48("629") ? true : (stryCov_9fa48("629", "630", "631"), (stryMutAct_9fa48("632") ? now + sighting.since : (stryCov_9fa48("632"), now - sighting.since)) >= delay))))));
    const charged = stryMutAct_9fa48("633") ? waited : (stryCov_9fa48("633"), waited.filter(stryMutAct_9fa48("634") ? () => undefined : (stryCov_9fa48("634"), ({
      needsBudget
    }) => needsBudget)));
    const over = ([4, 6] as const).flatMap(stryMutAct_9fa48("635") ? () => undefined : (stryCov_9fa48("635"), family => stryMutAct_9fa48("636") ? checkBudget(table, family, holdersOf(charged, family), {
      nodes: observation.nodes,
      settings,
      spent
    }) && [] : (stryCov_9fa48("636"), checkBudget(table, family, holdersOf(charged, family), stryMutAct_9fa48("637") ? {} : (stryCov_9fa48("637"), {
      nodes: observation.nodes,
      settings,
      spent
    })) ?? (stryMutAct_9fa48("638") ? ["Stryker was here"] : (stryCov_9fa48("638"), [])))));
    const stays = new Set(stryMutAct_9fa48("639") ? charged : (stryCov_9fa48("639"), charged.filter(stryMutAct_9fa48("640") ? () => undefined : (stryCov_9fa48("640"), ({
      change
    }) => stryMutAct_9fa48("641") ? over.every(({
      family
    }) => family === change.destination.family) : (stryCov_9fa48("641"), over.some(stryMutAct_9fa48("642") ? () => undefined : (stryCov_9fa48("642"), ({
      family
    }) => stryMutAct_9fa48("645") ? family !== change.destination.family : stryMutAct_9fa48("644") ? false : stryMutAct_9fa48("643") ? true : (stryCov_9fa48("643", "644", "645"), family === change.destination.family))))))));
    const due = stryMutAct_9fa48("646") ? waited : (stryCov_9fa48("646"), waited.filter(stryMutAct_9fa48("647") ? () => undefined : (stryCov_9fa48("647"), each => stryMutAct_9fa48("648") ? stays.has(each) : (stryCov_9fa48("648"), !stays.has(each)))));
    return stryMutAct_9fa48("649") ? {} : (stryCov_9fa48("649"), {
      due: due.map(stryMutAct_9fa48("650") ? () => undefined : (stryCov_9fa48("650"), ({
        change
      }) => change)),
      left: stryMutAct_9fa48("651") ? cases.map(each => stays.has(each) ? overBudget(each) : wait(each)) : (stryCov_9fa48("651"), cases.filter(stryMutAct_9fa48("652") ? () => undefined : (stryCov_9fa48("652"), each => stryMutAct_9fa48("653") ? due.includes(each) : (stryCov_9fa48("653"), !due.includes(each)))).map(stryMutAct_9fa48("654") ? () => undefined : (stryCov_9fa48("654"), each => stays.has(each) ? overBudget(each) : wait(each)))),
      findings: over.map(stryMutAct_9fa48("655") ? () => undefined : (stryCov_9fa48("655"), each => deletionBreaker(table, each))),
      memory: stryMutAct_9fa48("656") ? {} : (stryCov_9fa48("656"), {
        claimants: recordClaimants(table, inForce, memory),
        sightings: new Map(cases.map(stryMutAct_9fa48("657") ? () => undefined : (stryCov_9fa48("657"), ({
          change,
          sighting
        }) => stryMutAct_9fa48("658") ? [] : (stryCov_9fa48("658"), [change.destination.text, sighting])))),
        spending: stryMutAct_9fa48("659") ? [] : (stryCov_9fa48("659"), [...spent, ...charge(due, spent, now)])
      })
    });
  }
}

/** Whether any node of the table's domain was read alive: where none was, what was read says little. */
function hasLife(table: RouteTable, {
  nodes
}: Pick<Observation, 'nodes'>): boolean {
  if (stryMutAct_9fa48("660")) {
    {}
  } else {
    stryCov_9fa48("660");
    return stryMutAct_9fa48("661") ? nodes.every(node => node.state !== 'gone' && sharesDomain(node, table)) : (stryCov_9fa48("661"), nodes.some(stryMutAct_9fa48("662") ? () => undefined : (stryCov_9fa48("662"), node => stryMutAct_9fa48("665") ? node.state !== 'gone' || sharesDomain(node, table) : stryMutAct_9fa48("664") ? false : stryMutAct_9fa48("663") ? true : (stryCov_9fa48("663", "664", "665"), (stryMutAct_9fa48("667") ? node.state === 'gone' : stryMutAct_9fa48("666") ? true : (stryCov_9fa48("666", "667"), node.state !== (stryMutAct_9fa48("668") ? "" : (stryCov_9fa48("668"), 'gone')))) && sharesDomain(node, table)))));
  }
}
function findHolders({
  routes
}: RouteTable): Map<string, string> {
  if (stryMutAct_9fa48("669")) {
    {}
  } else {
    stryCov_9fa48("669");
    return new Map(routes.flatMap(stryMutAct_9fa48("670") ? () => undefined : (stryCov_9fa48("670"), ({
      destination,
      target,
      ourKind
    }): [string, string][] => (stryMutAct_9fa48("673") ? ourKind || target.kind === 'node' : stryMutAct_9fa48("672") ? false : stryMutAct_9fa48("671") ? true : (stryCov_9fa48("671", "672", "673"), ourKind && (stryMutAct_9fa48("675") ? target.kind !== 'node' : stryMutAct_9fa48("674") ? true : (stryCov_9fa48("674", "675"), target.kind === (stryMutAct_9fa48("676") ? "" : (stryCov_9fa48("676"), 'node')))))) ? stryMutAct_9fa48("677") ? [] : (stryCov_9fa48("677"), [stryMutAct_9fa48("678") ? [] : (stryCov_9fa48("678"), [destination.text, target.id])]) : stryMutAct_9fa48("679") ? ["Stryker was here"] : (stryCov_9fa48("679"), []))));
  }
}
function holdersOf(cases: readonly Case[], family: Family): string[] {
  if (stryMutAct_9fa48("680")) {
    {}
  } else {
    stryCov_9fa48("680");
    return cases.flatMap(stryMutAct_9fa48("681") ? () => undefined : (stryCov_9fa48("681"), ({
      change: {
        destination
      },
      holder
    }) => (stryMutAct_9fa48("684") ? destination.family === family || holder !== null : stryMutAct_9fa48("683") ? false : stryMutAct_9fa48("682") ? true : (stryCov_9fa48("682", "683", "684"), (stryMutAct_9fa48("686") ? destination.family !== family : stryMutAct_9fa48("685") ? true : (stryCov_9fa48("685", "686"), destination.family === family)) && (stryMutAct_9fa48("688") ? holder === null : stryMutAct_9fa48("687") ? true : (stryCov_9fa48("687", "688"), holder !== null)))) ? holder : stryMutAct_9fa48("689") ? ["Stryker was here"] : (stryCov_9fa48("689"), [])));
  }
}

/** Null where the node keeps the route for as long as it claims something in vain. */
function toCase(given: Change, {
  past,
  settings,
  isAlive,
  holder
}: {
  past: Past;
  settings: SecondLookSettings;
  isAlive: boolean;
  holder: string | null;
}): Case | null {
  if (stryMutAct_9fa48("690")) {
    {}
  } else {
    stryCov_9fa48("690");
    const claimant = claimantOf(past.memory, given.destination.text, stryMutAct_9fa48("691") ? given.previousNextHop?.id && null : (stryCov_9fa48("691"), (stryMutAct_9fa48("692") ? given.previousNextHop.id : (stryCov_9fa48("692"), given.previousNextHop?.id)) ?? null));
    const change = (stryMutAct_9fa48("695") ? claimant !== undefined || past.isGone(claimant) : stryMutAct_9fa48("694") ? false : stryMutAct_9fa48("693") ? true : (stryCov_9fa48("693", "694", "695"), (stryMutAct_9fa48("697") ? claimant === undefined : stryMutAct_9fa48("696") ? true : (stryCov_9fa48("696", "697"), claimant !== undefined)) && past.isGone(claimant))) ? orphan(given) : given;
    const {
      evidence
    } = change;
    if (stryMutAct_9fa48("700") ? (evidence === null || evidence === 'proven') && evidence === 'held' : stryMutAct_9fa48("699") ? false : stryMutAct_9fa48("698") ? true : (stryCov_9fa48("698", "699", "700"), (stryMutAct_9fa48("702") ? evidence === null && evidence === 'proven' : stryMutAct_9fa48("701") ? false : (stryCov_9fa48("701", "702"), (stryMutAct_9fa48("704") ? evidence !== null : stryMutAct_9fa48("703") ? false : (stryCov_9fa48("703", "704"), evidence === null)) || (stryMutAct_9fa48("706") ? evidence !== 'proven' : stryMutAct_9fa48("705") ? false : (stryCov_9fa48("705", "706"), evidence === (stryMutAct_9fa48("707") ? "" : (stryCov_9fa48("707"), 'proven')))))) || (stryMutAct_9fa48("709") ? evidence !== 'held' : stryMutAct_9fa48("708") ? false : (stryCov_9fa48("708", "709"), evidence === (stryMutAct_9fa48("710") ? "" : (stryCov_9fa48("710"), 'held')))))) return null;
    const sighting = sight(change, evidence, past, settings);
    const delay = DELAYS[evidence](stryMutAct_9fa48("711") ? {} : (stryCov_9fa48("711"), {
      grace: settings.grace,
      isAlive,
      isRecorded: stryMutAct_9fa48("714") ? claimant === undefined : stryMutAct_9fa48("713") ? false : stryMutAct_9fa48("712") ? true : (stryCov_9fa48("712", "713", "714"), claimant !== undefined)
    }));
    return stryMutAct_9fa48("715") ? {} : (stryCov_9fa48("715"), {
      change,
      holder,
      sighting,
      ...delay
    });
  }
}

/** R4: a route whose recorded claimant is gone is nobody's, whoever has its next hop by now. */
function orphan(change: Change): Change {
  if (stryMutAct_9fa48("716")) {
    {}
  } else {
    stryCov_9fa48("716");
    const node = (stryMutAct_9fa48("719") ? change.action !== 'delete' : stryMutAct_9fa48("718") ? false : stryMutAct_9fa48("717") ? true : (stryCov_9fa48("717", "718", "719"), change.action === (stryMutAct_9fa48("720") ? "" : (stryCov_9fa48("720"), 'delete')))) ? null : change.node;
    return stryMutAct_9fa48("721") ? {} : (stryCov_9fa48("721"), {
      ...change,
      node,
      reason: stryMutAct_9fa48("722") ? "" : (stryCov_9fa48("722"), 'claimant-gone'),
      evidence: stryMutAct_9fa48("723") ? "" : (stryCov_9fa48("723"), 'vacant')
    });
  }
}
interface Circumstances {
  readonly grace: number;
  readonly isAlive: boolean;
  readonly isRecorded: boolean;
}
type Delay = Pick<Case, 'delay' | 'reason' | 'needsBudget'>;
const DELAYS: Readonly<Record<Grounds, (circumstances: Circumstances) => Delay>> = stryMutAct_9fa48("724") ? {} : (stryCov_9fa48("724"), {
  vacant: stryMutAct_9fa48("725") ? () => undefined : (stryCov_9fa48("725"), ({
    grace,
    isAlive
  }) => stryMutAct_9fa48("726") ? {} : (stryCov_9fa48("726"), {
    delay: isAlive ? grace : DAY_MS,
    reason: stryMutAct_9fa48("727") ? "" : (stryCov_9fa48("727"), 'second-look'),
    needsBudget: stryMutAct_9fa48("728") ? true : (stryCov_9fa48("728"), false)
  })),
  disputed: stryMutAct_9fa48("729") ? () => undefined : (stryCov_9fa48("729"), () => stryMutAct_9fa48("730") ? {} : (stryCov_9fa48("730"), {
    delay: null,
    reason: stryMutAct_9fa48("731") ? "" : (stryCov_9fa48("731"), 'reads-disagree'),
    needsBudget: stryMutAct_9fa48("732") ? true : (stryCov_9fa48("732"), false)
  })),
  moved: stryMutAct_9fa48("733") ? () => undefined : (stryCov_9fa48("733"), () => stryMutAct_9fa48("734") ? {} : (stryCov_9fa48("734"), {
    delay: DAY_MS,
    reason: stryMutAct_9fa48("735") ? "" : (stryCov_9fa48("735"), 'second-look'),
    needsBudget: stryMutAct_9fa48("736") ? true : (stryCov_9fa48("736"), false)
  })),
  withdrawn: stryMutAct_9fa48("737") ? () => undefined : (stryCov_9fa48("737"), ({
    grace,
    isRecorded
  }) => isRecorded ? stryMutAct_9fa48("738") ? {} : (stryCov_9fa48("738"), {
    delay: grace,
    reason: stryMutAct_9fa48("739") ? "" : (stryCov_9fa48("739"), 'second-look'),
    needsBudget: stryMutAct_9fa48("740") ? false : (stryCov_9fa48("740"), true)
  }) : stryMutAct_9fa48("741") ? {} : (stryCov_9fa48("741"), {
    delay: null,
    reason: stryMutAct_9fa48("742") ? "" : (stryCov_9fa48("742"), 'never-recorded'),
    needsBudget: stryMutAct_9fa48("743") ? true : (stryCov_9fa48("743"), false)
  }))
});

/** The sighting that goes on, or one that begins: no run renewed the old one, or the route has changed. */
function sight({
  destination,
  previousNextHop
}: Change, grounds: Grounds, {
  memory,
  now
}: Past, {
  scheduleInterval
}: SecondLookSettings): Sighting {
  if (stryMutAct_9fa48("744")) {
    {}
  } else {
    stryCov_9fa48("744");
    const nextHop = stryMutAct_9fa48("745") ? previousNextHop?.id && null : (stryCov_9fa48("745"), (stryMutAct_9fa48("746") ? previousNextHop.id : (stryCov_9fa48("746"), previousNextHop?.id)) ?? null);
    const before = memory.sightings.get(destination.text);
    const goesOn = stryMutAct_9fa48("749") ? before !== undefined && before.nextHop === nextHop && before.grounds === grounds && before.since <= before.seen && before.seen <= now || now - before.seen <= RENEWED_WITHIN * scheduleInterval : stryMutAct_9fa48("748") ? false : stryMutAct_9fa48("747") ? true : (stryCov_9fa48("747", "748", "749"), (stryMutAct_9fa48("751") ? before !== undefined && before.nextHop === nextHop && before.grounds === grounds && before.since <= before.seen || before.seen <= now : stryMutAct_9fa48("750") ? true : (stryCov_9fa48("750", "751"), (stryMutAct_9fa48("753") ? before !== undefined && before.nextHop === nextHop && before.grounds === grounds || before.since <= before.seen : stryMutAct_9fa48("752") ? true : (stryCov_9fa48("752", "753"), (stryMutAct_9fa48("755") ? before !== undefined && before.nextHop === nextHop || before.grounds === grounds : stryMutAct_9fa48("754") ? true : (stryCov_9fa48("754", "755"), (stryMutAct_9fa48("757") ? before !== undefined || before.nextHop === nextHop : stryMutAct_9fa48("756") ? true : (stryCov_9fa48("756", "757"), (stryMutAct_9fa48("759") ? before === undefined : stryMutAct_9fa48("758") ? true : (stryCov_9fa48("758", "759"), before !== undefined)) && (stryMutAct_9fa48("761") ? before.nextHop !== nextHop : stryMutAct_9fa48("760") ? true : (stryCov_9fa48("760", "761"), before.nextHop === nextHop)))) && (stryMutAct_9fa48("763") ? before.grounds !== grounds : stryMutAct_9fa48("762") ? true : (stryCov_9fa48("762", "763"), before.grounds === grounds)))) && (stryMutAct_9fa48("766") ? before.since > before.seen : stryMutAct_9fa48("765") ? before.since < before.seen : stryMutAct_9fa48("764") ? true : (stryCov_9fa48("764", "765", "766"), before.since <= before.seen)))) && (stryMutAct_9fa48("769") ? before.seen > now : stryMutAct_9fa48("768") ? before.seen < now : stryMutAct_9fa48("767") ? true : (stryCov_9fa48("767", "768", "769"), before.seen <= now)))) && (stryMutAct_9fa48("772") ? now - before.seen > RENEWED_WITHIN * scheduleInterval : stryMutAct_9fa48("771") ? now - before.seen < RENEWED_WITHIN * scheduleInterval : stryMutAct_9fa48("770") ? true : (stryCov_9fa48("770", "771", "772"), (stryMutAct_9fa48("773") ? now + before.seen : (stryCov_9fa48("773"), now - before.seen)) <= (stryMutAct_9fa48("774") ? RENEWED_WITHIN / scheduleInterval : (stryCov_9fa48("774"), RENEWED_WITHIN * scheduleInterval)))));
    return stryMutAct_9fa48("775") ? {} : (stryCov_9fa48("775"), {
      nextHop,
      grounds,
      since: goesOn ? before.since : now,
      seen: now
    });
  }
}
function wait({
  change,
  sighting: {
    since
  },
  delay,
  reason
}: Case): ChangeResult {
  if (stryMutAct_9fa48("776")) {
    {}
  } else {
    stryCov_9fa48("776");
    const notBefore = (stryMutAct_9fa48("779") ? delay !== null : stryMutAct_9fa48("778") ? false : stryMutAct_9fa48("777") ? true : (stryCov_9fa48("777", "778", "779"), delay === null)) ? null : stryMutAct_9fa48("780") ? since - delay : (stryCov_9fa48("780"), since + delay);
    return stryMutAct_9fa48("781") ? {} : (stryCov_9fa48("781"), {
      change,
      outcome: stryMutAct_9fa48("782") ? "" : (stryCov_9fa48("782"), 'waiting'),
      failure: null,
      wait: stryMutAct_9fa48("783") ? {} : (stryCov_9fa48("783"), {
        since,
        notBefore,
        reason
      })
    });
  }
}
const OVER_BUDGET: CloudFailure = stryMutAct_9fa48("784") ? {} : (stryCov_9fa48("784"), {
  kind: stryMutAct_9fa48("785") ? "" : (stryCov_9fa48("785"), 'permanent'),
  code: stryMutAct_9fa48("786") ? "" : (stryCov_9fa48("786"), 'deletion-breaker'),
  message: stryMutAct_9fa48("787") ? "" : (stryCov_9fa48("787"), 'More living nodes would be left without a route than PODROUTES_MAX_DELETES allows in 24 hours.')
});
function overBudget({
  change
}: Case): ChangeResult {
  if (stryMutAct_9fa48("788")) {
    {}
  } else {
    stryCov_9fa48("788");
    return stryMutAct_9fa48("789") ? {} : (stryCov_9fa48("789"), {
      change,
      outcome: stryMutAct_9fa48("790") ? "" : (stryCov_9fa48("790"), 'skipped'),
      failure: OVER_BUDGET
    });
  }
}
function charge(due: readonly Case[], spent: readonly Spending[], now: number): Spending[] {
  if (stryMutAct_9fa48("791")) {
    {}
  } else {
    stryCov_9fa48("791");
    const paid = new Set(spent.map(stryMutAct_9fa48("792") ? () => undefined : (stryCov_9fa48("792"), ({
      node,
      family
    }) => stryMutAct_9fa48("793") ? `` : (stryCov_9fa48("793"), `${family} ${node}`))));
    return due.flatMap(({
      needsBudget,
      holder,
      change: {
        destination
      }
    }) => {
      if (stryMutAct_9fa48("794")) {
        {}
      } else {
        stryCov_9fa48("794");
        const key = stryMutAct_9fa48("795") ? `` : (stryCov_9fa48("795"), `${destination.family} ${holder}`);
        if (stryMutAct_9fa48("798") ? (!needsBudget || holder === null) && paid.has(key) : stryMutAct_9fa48("797") ? false : stryMutAct_9fa48("796") ? true : (stryCov_9fa48("796", "797", "798"), (stryMutAct_9fa48("800") ? !needsBudget && holder === null : stryMutAct_9fa48("799") ? false : (stryCov_9fa48("799", "800"), (stryMutAct_9fa48("801") ? needsBudget : (stryCov_9fa48("801"), !needsBudget)) || (stryMutAct_9fa48("803") ? holder !== null : stryMutAct_9fa48("802") ? false : (stryCov_9fa48("802", "803"), holder === null)))) || paid.has(key))) return stryMutAct_9fa48("804") ? ["Stryker was here"] : (stryCov_9fa48("804"), []);
        if (stryMutAct_9fa48("805")) {
          ;
        } else {
          stryCov_9fa48("805");
          paid.add(key);
        }
        return stryMutAct_9fa48("806") ? {} : (stryCov_9fa48("806"), {
          node: holder,
          family: destination.family,
          at: now
        });
      }
    });
  }
}

/**
 * What a run that read too little may still say: routes that it sees claimed, changed or gone have not been unclaimed all
 * the time.
 */
export function forgetRefuted({
  routes
}: RouteTable, inForce: readonly AcceptedClaim[], memory: TableMemory): TableMemory {
  if (stryMutAct_9fa48("807")) {
    {}
  } else {
    stryCov_9fa48("807");
    const hops = new Map(routes.map(stryMutAct_9fa48("808") ? () => undefined : (stryCov_9fa48("808"), ({
      destination,
      nextHop
    }) => stryMutAct_9fa48("809") ? [] : (stryCov_9fa48("809"), [destination.text, stryMutAct_9fa48("810") ? nextHop?.id && null : (stryCov_9fa48("810"), (stryMutAct_9fa48("811") ? nextHop.id : (stryCov_9fa48("811"), nextHop?.id)) ?? null)]))));
    const claimed = new Set(inForce.map(stryMutAct_9fa48("812") ? () => undefined : (stryCov_9fa48("812"), ({
      cidr
    }) => cidr.text)));
    const sightings = stryMutAct_9fa48("813") ? [...memory.sightings] : (stryCov_9fa48("813"), (stryMutAct_9fa48("814") ? [] : (stryCov_9fa48("814"), [...memory.sightings])).filter(stryMutAct_9fa48("815") ? () => undefined : (stryCov_9fa48("815"), ([destination, {
      nextHop
    }]) => stryMutAct_9fa48("818") ? hops.get(destination) === nextHop || !claimed.has(destination) : stryMutAct_9fa48("817") ? false : stryMutAct_9fa48("816") ? true : (stryCov_9fa48("816", "817", "818"), (stryMutAct_9fa48("820") ? hops.get(destination) !== nextHop : stryMutAct_9fa48("819") ? true : (stryCov_9fa48("819", "820"), hops.get(destination) === nextHop)) && (stryMutAct_9fa48("821") ? claimed.has(destination) : (stryCov_9fa48("821"), !claimed.has(destination)))))));
    return stryMutAct_9fa48("822") ? {} : (stryCov_9fa48("822"), {
      ...memory,
      sightings: new Map(sightings)
    });
  }
}

/** Claimed routes have their claimant noted; those that are still there keep the one that they had. */
function recordClaimants(table: RouteTable, inForce: readonly AcceptedClaim[], memory: TableMemory): Map<string, Claimant> {
  if (stryMutAct_9fa48("823")) {
    {}
  } else {
    stryCov_9fa48("823");
    const noted = new Map<string, Claimant>();
    for (const {
      destination,
      nextHop
    } of table.routes) {
      if (stryMutAct_9fa48("824")) {
        {}
      } else {
        stryCov_9fa48("824");
        const before = claimantOf(memory, destination.text, stryMutAct_9fa48("825") ? nextHop?.id && null : (stryCov_9fa48("825"), (stryMutAct_9fa48("826") ? nextHop.id : (stryCov_9fa48("826"), nextHop?.id)) ?? null));
        if (stryMutAct_9fa48("829") ? before === undefined : stryMutAct_9fa48("828") ? false : stryMutAct_9fa48("827") ? true : (stryCov_9fa48("827", "828", "829"), before !== undefined)) if (stryMutAct_9fa48("830")) {
          ;
        } else {
          stryCov_9fa48("830");
          noted.set(destination.text, before);
        }
      }
    }
    for (const {
      node,
      cidr
    } of inForce) {
      if (stryMutAct_9fa48("831")) {
        {}
      } else {
        stryCov_9fa48("831");
        const nextHop = node.nextHops[cidr.family];
        if (stryMutAct_9fa48("834") ? nextHop !== null : stryMutAct_9fa48("833") ? false : stryMutAct_9fa48("832") ? true : (stryCov_9fa48("832", "833", "834"), nextHop === null)) continue;
        noted.set(cidr.text, stryMutAct_9fa48("836") ? {} : (stryCov_9fa48("836"), {
          node: node.id,
          incarnation: node.incarnation,
          nextHop: nextHop.id
        }));
      }
    }
    return noted;
  }
}