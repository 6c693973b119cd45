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
import { type Cidr, containsCidr, type Family } from '../cidr.ts';
import type { MaxDeletes } from '../config/values.ts';
import type { OverBudget } from '../findings.ts';
import type { Spending } from '../ledger/table-memory.ts';
import type { Node, Observation, RouteTable } from '../model.ts';
export const DAY_MS = stryMutAct_9fa48("0") ? 24 * 60 / 60_000 : (stryCov_9fa48("0"), (stryMutAct_9fa48("1") ? 24 / 60 : (stryCov_9fa48("1"), 24 * 60)) * 60_000);
export interface BudgetSettings {
  readonly clusterCidrs: readonly Cidr[];
  readonly maxDeletes: MaxDeletes;
}

/** What is left of the last 24 hours' spending. What is dated in the future counts as spent now. */
export function currentSpending(spending: readonly Spending[], now: number): Spending[] {
  if (stryMutAct_9fa48("2")) {
    {}
  } else {
    stryCov_9fa48("2");
    return stryMutAct_9fa48("3") ? spending.map(each => ({
      ...each,
      at: Math.min(each.at, now)
    })) : (stryCov_9fa48("3"), spending.map(stryMutAct_9fa48("4") ? () => undefined : (stryCov_9fa48("4"), each => stryMutAct_9fa48("5") ? {} : (stryCov_9fa48("5"), {
      ...each,
      at: stryMutAct_9fa48("6") ? Math.max(each.at, now) : (stryCov_9fa48("6"), Math.min(each.at, now))
    }))).filter(stryMutAct_9fa48("7") ? () => undefined : (stryCov_9fa48("7"), ({
      at
    }) => stryMutAct_9fa48("11") ? now - at >= DAY_MS : stryMutAct_9fa48("10") ? now - at <= DAY_MS : stryMutAct_9fa48("9") ? false : stryMutAct_9fa48("8") ? true : (stryCov_9fa48("8", "9", "10", "11"), (stryMutAct_9fa48("12") ? now + at : (stryCov_9fa48("12"), now - at)) < DAY_MS))));
  }
}

/**
 * R4: whether these living nodes may be left without a route of that family in this table, as null, or by how much
 * that would be too many. A node pays once, and never all may pay.
 *
 * @param holders ids of the nodes whose withdrawn routes would go
 * @param spent what is left of the last 24 hours' spending, of all families
 */
export function checkBudget(table: RouteTable, family: Family, holders: readonly string[], {
  nodes,
  settings,
  spent
}: {
  nodes: Observation['nodes'];
  settings: BudgetSettings;
  spent: readonly Spending[];
}): OverBudget | null {
  if (stryMutAct_9fa48("13")) {
    {}
  } else {
    stryCov_9fa48("13");
    if (stryMutAct_9fa48("16") ? holders.length !== 0 : stryMutAct_9fa48("15") ? false : stryMutAct_9fa48("14") ? true : (stryCov_9fa48("14", "15", "16"), holders.length === 0)) return null;
    const living = new Map(stryMutAct_9fa48("17") ? nodes.map(node => [node.id, node]) : (stryCov_9fa48("17"), nodes.filter(stryMutAct_9fa48("18") ? () => undefined : (stryCov_9fa48("18"), ({
      state
    }) => stryMutAct_9fa48("21") ? state === 'gone' : stryMutAct_9fa48("20") ? false : stryMutAct_9fa48("19") ? true : (stryCov_9fa48("19", "20", "21"), state !== (stryMutAct_9fa48("22") ? "" : (stryCov_9fa48("22"), 'gone'))))).map(stryMutAct_9fa48("23") ? () => undefined : (stryCov_9fa48("23"), node => stryMutAct_9fa48("24") ? [] : (stryCov_9fa48("24"), [node.id, node])))));
    const paid = stryMutAct_9fa48("25") ? spent : (stryCov_9fa48("25"), spent.filter(stryMutAct_9fa48("26") ? () => undefined : (stryCov_9fa48("26"), each => stryMutAct_9fa48("29") ? each.family === family || living.has(each.node) : stryMutAct_9fa48("28") ? false : stryMutAct_9fa48("27") ? true : (stryCov_9fa48("27", "28", "29"), (stryMutAct_9fa48("31") ? each.family !== family : stryMutAct_9fa48("30") ? true : (stryCov_9fa48("30", "31"), each.family === family)) && living.has(each.node)))));
    const payers = new Set(holders);
    for (const {
      node
    } of paid) if (stryMutAct_9fa48("32")) {
      ;
    } else {
      stryCov_9fa48("32");
      payers.delete(node);
    }
    if (stryMutAct_9fa48("35") ? payers.size !== 0 : stryMutAct_9fa48("34") ? false : stryMutAct_9fa48("33") ? true : (stryCov_9fa48("33", "34", "35"), payers.size === 0)) return null;
    const base = new Set(stryMutAct_9fa48("36") ? [] : (stryCov_9fa48("36"), [...findServed(table, family, living, settings), ...paid.map(stryMutAct_9fa48("37") ? () => undefined : (stryCov_9fa48("37"), ({
      node
    }) => node))]));
    const allowed = countAllowed(base.size, settings.maxDeletes);
    const once = new Set(paid.map(stryMutAct_9fa48("38") ? () => undefined : (stryCov_9fa48("38"), ({
      node
    }) => node)));
    if (stryMutAct_9fa48("42") ? once.size + payers.size > allowed : stryMutAct_9fa48("41") ? once.size + payers.size < allowed : stryMutAct_9fa48("40") ? false : stryMutAct_9fa48("39") ? true : (stryCov_9fa48("39", "40", "41", "42"), (stryMutAct_9fa48("43") ? once.size - payers.size : (stryCov_9fa48("43"), once.size + payers.size)) <= allowed)) return null;
    const oldest = (stryMutAct_9fa48("46") ? paid.length !== 0 : stryMutAct_9fa48("45") ? false : stryMutAct_9fa48("44") ? true : (stryCov_9fa48("44", "45", "46"), paid.length === 0)) ? null : stryMutAct_9fa48("47") ? Math.max(...paid.map(({
      at
    }) => at)) : (stryCov_9fa48("47"), Math.min(...paid.map(stryMutAct_9fa48("48") ? () => undefined : (stryCov_9fa48("48"), ({
      at
    }) => at))));
    return stryMutAct_9fa48("49") ? {} : (stryCov_9fa48("49"), {
      family,
      nodes: stryMutAct_9fa48("50") ? [...payers].map(id => living.get(id)?.name ?? id) : (stryCov_9fa48("50"), (stryMutAct_9fa48("51") ? [] : (stryCov_9fa48("51"), [...payers])).map(stryMutAct_9fa48("52") ? () => undefined : (stryCov_9fa48("52"), id => stryMutAct_9fa48("53") ? living.get(id)?.name && id : (stryCov_9fa48("53"), (stryMutAct_9fa48("54") ? living.get(id).name : (stryCov_9fa48("54"), living.get(id)?.name)) ?? id))).sort()),
      allowed,
      spent: once.size,
      until: (stryMutAct_9fa48("57") ? oldest !== null : stryMutAct_9fa48("56") ? false : stryMutAct_9fa48("55") ? true : (stryCov_9fa48("55", "56", "57"), oldest === null)) ? null : stryMutAct_9fa48("58") ? oldest - DAY_MS : (stryCov_9fa48("58"), oldest + DAY_MS)
    });
  }
}

/** Ids of living nodes that a route of the table leads to. */
function findServed({
  routes
}: RouteTable, family: Family, living: ReadonlyMap<string, Node>, {
  clusterCidrs
}: BudgetSettings): string[] {
  if (stryMutAct_9fa48("59")) {
    {}
  } else {
    stryCov_9fa48("59");
    return routes.flatMap(stryMutAct_9fa48("60") ? () => undefined : (stryCov_9fa48("60"), ({
      ourKind,
      state,
      target,
      destination
    }) => (stryMutAct_9fa48("63") ? ourKind && state === 'active' && target.kind === 'node' && living.has(target.id) && destination.family === family || clusterCidrs.some(range => containsCidr(range, destination)) : stryMutAct_9fa48("62") ? false : stryMutAct_9fa48("61") ? true : (stryCov_9fa48("61", "62", "63"), (stryMutAct_9fa48("65") ? ourKind && state === 'active' && target.kind === 'node' && living.has(target.id) || destination.family === family : stryMutAct_9fa48("64") ? true : (stryCov_9fa48("64", "65"), (stryMutAct_9fa48("67") ? ourKind && state === 'active' && target.kind === 'node' || living.has(target.id) : stryMutAct_9fa48("66") ? true : (stryCov_9fa48("66", "67"), (stryMutAct_9fa48("69") ? ourKind && state === 'active' || target.kind === 'node' : stryMutAct_9fa48("68") ? true : (stryCov_9fa48("68", "69"), (stryMutAct_9fa48("71") ? ourKind || state === 'active' : stryMutAct_9fa48("70") ? true : (stryCov_9fa48("70", "71"), ourKind && (stryMutAct_9fa48("73") ? state !== 'active' : stryMutAct_9fa48("72") ? true : (stryCov_9fa48("72", "73"), state === (stryMutAct_9fa48("74") ? "" : (stryCov_9fa48("74"), 'active')))))) && (stryMutAct_9fa48("76") ? target.kind !== 'node' : stryMutAct_9fa48("75") ? true : (stryCov_9fa48("75", "76"), target.kind === (stryMutAct_9fa48("77") ? "" : (stryCov_9fa48("77"), 'node')))))) && living.has(target.id))) && (stryMutAct_9fa48("79") ? destination.family !== family : stryMutAct_9fa48("78") ? true : (stryCov_9fa48("78", "79"), destination.family === family)))) && (stryMutAct_9fa48("80") ? clusterCidrs.every(range => containsCidr(range, destination)) : (stryCov_9fa48("80"), clusterCidrs.some(stryMutAct_9fa48("81") ? () => undefined : (stryCov_9fa48("81"), range => containsCidr(range, destination))))))) ? target.id : stryMutAct_9fa48("82") ? ["Stryker was here"] : (stryCov_9fa48("82"), [])));
  }
}
function countAllowed(base: number, maxDeletes: MaxDeletes): number {
  if (stryMutAct_9fa48("83")) {
    {}
  } else {
    stryCov_9fa48("83");
    const wanted = (stryMutAct_9fa48("84") ? "" : (stryCov_9fa48("84"), 'count')) in maxDeletes ? maxDeletes.count : share(base, maxDeletes.percent);
    return stryMutAct_9fa48("85") ? Math.min(0, Math.min(wanted, base - 1)) : (stryCov_9fa48("85"), Math.max(0, stryMutAct_9fa48("86") ? Math.max(wanted, base - 1) : (stryCov_9fa48("86"), Math.min(wanted, stryMutAct_9fa48("87") ? base + 1 : (stryCov_9fa48("87"), base - 1)))));
  }
}

/** A percentage never rounds to none, or small clusters could not lose a node's claim; 0 % is none. */
function share(base: number, percent: number): number {
  if (stryMutAct_9fa48("88")) {
    {}
  } else {
    stryCov_9fa48("88");
    return (stryMutAct_9fa48("91") ? percent !== 0 : stryMutAct_9fa48("90") ? false : stryMutAct_9fa48("89") ? true : (stryCov_9fa48("89", "90", "91"), percent === 0)) ? 0 : stryMutAct_9fa48("92") ? Math.min(1, Math.floor(base * percent / 100)) : (stryCov_9fa48("92"), Math.max(1, Math.floor(stryMutAct_9fa48("93") ? base * percent * 100 : (stryCov_9fa48("93"), (stryMutAct_9fa48("94") ? base / percent : (stryCov_9fa48("94"), base * percent)) / 100))));
  }
}