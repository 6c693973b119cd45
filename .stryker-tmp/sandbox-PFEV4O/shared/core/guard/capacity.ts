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
import { compareCidrs } from '../cidr.ts';
import type { CloudFailure } from '../errors.ts';
import { tableFilling, tableFull } from '../findings.ts';
import type { Change, ChangeResult, Evidence, Finding, RouteQuota, RouteTable } from '../model.ts';
import { findDependents } from './dependents.ts';
const FILLING_PERCENT = 80;
const FULL: CloudFailure = stryMutAct_9fa48("95") ? {} : (stryCov_9fa48("95"), {
  kind: stryMutAct_9fa48("96") ? "" : (stryCov_9fa48("96"), 'full'),
  code: stryMutAct_9fa48("97") ? "" : (stryCov_9fa48("97"), 'route-table-full'),
  message: stryMutAct_9fa48("98") ? "" : (stryCov_9fa48("98"), 'The route table has no room left.')
});

/** What fits into one table, in the order in which it is to be done. */
export interface FittingChanges {
  /** Deletions that must go first, because the table has no room for the creations (R6). */
  readonly makeRoom: readonly Change[];
  readonly writes: readonly Change[];
  readonly deletes: readonly Change[];
  readonly vetoed: readonly ChangeResult[];
  readonly findings: readonly Finding[];
}

/** R6: only routes of others that are gone make room; a living node's own route never does. */
const MAKES_ROOM: Readonly<Record<Evidence, boolean>> = stryMutAct_9fa48("99") ? {} : (stryCov_9fa48("99"), {
  proven: stryMutAct_9fa48("100") ? false : (stryCov_9fa48("100"), true),
  vacant: stryMutAct_9fa48("101") ? false : (stryCov_9fa48("101"), true),
  disputed: stryMutAct_9fa48("102") ? false : (stryCov_9fa48("102"), true),
  moved: stryMutAct_9fa48("103") ? true : (stryCov_9fa48("103"), false),
  withdrawn: stryMutAct_9fa48("104") ? true : (stryCov_9fa48("104"), false),
  held: stryMutAct_9fa48("105") ? true : (stryCov_9fa48("105"), false)
});

/**
 * R10: creations beyond the room left are not tried. A node that one of them is for keeps what it has (R6).
 *
 * @param deletes what may go
 */
export function guardCapacity(table: RouteTable, changes: readonly Change[], deletes: readonly Change[], names: ReadonlyMap<string, string>): FittingChanges {
  if (stryMutAct_9fa48("106")) {
    {}
  } else {
    stryCov_9fa48("106");
    const replaces = stryMutAct_9fa48("107") ? changes : (stryCov_9fa48("107"), changes.filter(stryMutAct_9fa48("108") ? () => undefined : (stryCov_9fa48("108"), ({
      action
    }) => stryMutAct_9fa48("111") ? action !== 'replace' : stryMutAct_9fa48("110") ? false : stryMutAct_9fa48("109") ? true : (stryCov_9fa48("109", "110", "111"), action === (stryMutAct_9fa48("112") ? "" : (stryCov_9fa48("112"), 'replace'))))));
    const fits = table.quotas.map(stryMutAct_9fa48("113") ? () => undefined : (stryCov_9fa48("113"), quota => fitQuota(quota, changes, deletes)));
    const tooMany = fits.flatMap(stryMutAct_9fa48("114") ? () => undefined : (stryCov_9fa48("114"), fit => fit.tooMany));
    const kept = findDependents(tooMany, stryMutAct_9fa48("115") ? [] : (stryCov_9fa48("115"), [...replaces, ...deletes]));
    const makeRoom = stryMutAct_9fa48("116") ? fits.flatMap(chooseRoom) : (stryCov_9fa48("116"), fits.flatMap(chooseRoom).filter(stryMutAct_9fa48("117") ? () => undefined : (stryCov_9fa48("117"), change => stryMutAct_9fa48("118") ? kept.has(change) : (stryCov_9fa48("118"), !kept.has(change)))));
    const first = new Set(makeRoom);
    return stryMutAct_9fa48("119") ? {} : (stryCov_9fa48("119"), {
      makeRoom,
      writes: stryMutAct_9fa48("120") ? [] : (stryCov_9fa48("120"), [...(stryMutAct_9fa48("121") ? replaces : (stryCov_9fa48("121"), replaces.filter(stryMutAct_9fa48("122") ? () => undefined : (stryCov_9fa48("122"), change => stryMutAct_9fa48("123") ? kept.has(change) : (stryCov_9fa48("123"), !kept.has(change)))))), ...fits.flatMap(stryMutAct_9fa48("124") ? () => undefined : (stryCov_9fa48("124"), ({
        creates
      }) => creates))]),
      deletes: stryMutAct_9fa48("126") ? deletes.sort(byDestination) : stryMutAct_9fa48("125") ? deletes.filter(change => !first.has(change) && !kept.has(change)) : (stryCov_9fa48("125", "126"), deletes.filter(stryMutAct_9fa48("127") ? () => undefined : (stryCov_9fa48("127"), change => stryMutAct_9fa48("130") ? !first.has(change) || !kept.has(change) : stryMutAct_9fa48("129") ? false : stryMutAct_9fa48("128") ? true : (stryCov_9fa48("128", "129", "130"), (stryMutAct_9fa48("131") ? first.has(change) : (stryCov_9fa48("131"), !first.has(change))) && (stryMutAct_9fa48("132") ? kept.has(change) : (stryCov_9fa48("132"), !kept.has(change)))))).sort(byDestination)),
      vetoed: (stryMutAct_9fa48("133") ? [] : (stryCov_9fa48("133"), [...tooMany, ...kept])).map(stryMutAct_9fa48("134") ? () => undefined : (stryCov_9fa48("134"), change => stryMutAct_9fa48("135") ? {} : (stryCov_9fa48("135"), {
        change,
        outcome: stryMutAct_9fa48("136") ? "" : (stryCov_9fa48("136"), 'skipped'),
        failure: FULL
      }))),
      findings: fits.flatMap(stryMutAct_9fa48("137") ? () => undefined : (stryCov_9fa48("137"), fit => capacityFindings(table, fit, deletes, names)))
    });
  }
}

/** What of a plan counts against one quota, and which creations fit. */
interface QuotaFit {
  readonly quota: RouteQuota;
  readonly creates: readonly Change[];
  readonly tooMany: readonly Change[];
  /** Deletions that may go before the creations. */
  readonly freeing: readonly Change[];
}
function fitQuota(quota: RouteQuota, changes: readonly Change[], deletes: readonly Change[]): QuotaFit {
  if (stryMutAct_9fa48("138")) {
    {}
  } else {
    stryCov_9fa48("138");
    const counts = stryMutAct_9fa48("139") ? () => undefined : (stryCov_9fa48("139"), (() => {
      const counts = ({
        destination
      }: Change): boolean => quota.families.includes(destination.family);
      return counts;
    })());
    const creates = stryMutAct_9fa48("140") ? changes : (stryCov_9fa48("140"), changes.filter(stryMutAct_9fa48("141") ? () => undefined : (stryCov_9fa48("141"), change => stryMutAct_9fa48("144") ? change.action === 'create' || counts(change) : stryMutAct_9fa48("143") ? false : stryMutAct_9fa48("142") ? true : (stryCov_9fa48("142", "143", "144"), (stryMutAct_9fa48("146") ? change.action !== 'create' : stryMutAct_9fa48("145") ? true : (stryCov_9fa48("145", "146"), change.action === (stryMutAct_9fa48("147") ? "" : (stryCov_9fa48("147"), 'create')))) && counts(change)))));
    const freeing = stryMutAct_9fa48("148") ? deletes : (stryCov_9fa48("148"), deletes.filter(stryMutAct_9fa48("149") ? () => undefined : (stryCov_9fa48("149"), change => stryMutAct_9fa48("152") ? change.action === 'delete' && change.evidence !== null && MAKES_ROOM[change.evidence] || counts(change) : stryMutAct_9fa48("151") ? false : stryMutAct_9fa48("150") ? true : (stryCov_9fa48("150", "151", "152"), (stryMutAct_9fa48("154") ? change.action === 'delete' && change.evidence !== null || MAKES_ROOM[change.evidence] : stryMutAct_9fa48("153") ? true : (stryCov_9fa48("153", "154"), (stryMutAct_9fa48("156") ? change.action === 'delete' || change.evidence !== null : stryMutAct_9fa48("155") ? true : (stryCov_9fa48("155", "156"), (stryMutAct_9fa48("158") ? change.action !== 'delete' : stryMutAct_9fa48("157") ? true : (stryCov_9fa48("157", "158"), change.action === (stryMutAct_9fa48("159") ? "" : (stryCov_9fa48("159"), 'delete')))) && (stryMutAct_9fa48("161") ? change.evidence === null : stryMutAct_9fa48("160") ? true : (stryCov_9fa48("160", "161"), change.evidence !== null)))) && MAKES_ROOM[change.evidence])) && counts(change)))));
    const room = stryMutAct_9fa48("162") ? Math.min(0, quota.limit - quota.used + freeing.length) : (stryCov_9fa48("162"), Math.max(0, stryMutAct_9fa48("163") ? quota.limit - quota.used - freeing.length : (stryCov_9fa48("163"), (stryMutAct_9fa48("164") ? quota.limit + quota.used : (stryCov_9fa48("164"), quota.limit - quota.used)) + freeing.length)));
    return stryMutAct_9fa48("165") ? {} : (stryCov_9fa48("165"), {
      quota,
      creates: stryMutAct_9fa48("166") ? creates : (stryCov_9fa48("166"), creates.slice(0, room)),
      tooMany: stryMutAct_9fa48("167") ? creates : (stryCov_9fa48("167"), creates.slice(room)),
      freeing
    });
  }
}

/** R6: deletions wait for creations, but for as many as have to make room for them, the proven ones first. */
function chooseRoom({
  quota,
  creates,
  freeing
}: QuotaFit): Change[] {
  if (stryMutAct_9fa48("168")) {
    {}
  } else {
    stryCov_9fa48("168");
    const early = (stryMutAct_9fa48("171") ? creates.length !== 0 : stryMutAct_9fa48("170") ? false : stryMutAct_9fa48("169") ? true : (stryCov_9fa48("169", "170", "171"), creates.length === 0)) ? 0 : stryMutAct_9fa48("172") ? Math.min(0, quota.used + creates.length - quota.limit) : (stryCov_9fa48("172"), Math.max(0, stryMutAct_9fa48("173") ? quota.used + creates.length + quota.limit : (stryCov_9fa48("173"), (stryMutAct_9fa48("174") ? quota.used - creates.length : (stryCov_9fa48("174"), quota.used + creates.length)) - quota.limit)));
    const proven = stryMutAct_9fa48("175") ? () => undefined : (stryCov_9fa48("175"), (() => {
      const proven = ({
        evidence
      }: Change): number => (stryMutAct_9fa48("178") ? evidence !== 'proven' : stryMutAct_9fa48("177") ? false : stryMutAct_9fa48("176") ? true : (stryCov_9fa48("176", "177", "178"), evidence === (stryMutAct_9fa48("179") ? "" : (stryCov_9fa48("179"), 'proven')))) ? 0 : 1;
      return proven;
    })());
    return stryMutAct_9fa48("181") ? [...freeing].slice(0, early) : stryMutAct_9fa48("180") ? [...freeing].sort((a, b) => proven(a) - proven(b) || byDestination(a, b)) : (stryCov_9fa48("180", "181"), (stryMutAct_9fa48("182") ? [] : (stryCov_9fa48("182"), [...freeing])).sort(stryMutAct_9fa48("183") ? () => undefined : (stryCov_9fa48("183"), (a, b) => stryMutAct_9fa48("186") ? proven(a) - proven(b) && byDestination(a, b) : stryMutAct_9fa48("185") ? false : stryMutAct_9fa48("184") ? true : (stryCov_9fa48("184", "185", "186"), (stryMutAct_9fa48("187") ? proven(a) + proven(b) : (stryCov_9fa48("187"), proven(a) - proven(b))) || byDestination(a, b)))).slice(0, early));
  }
}

/** What goes first must not depend on the order of reading. */
function byDestination(a: Change, b: Change): number {
  if (stryMutAct_9fa48("188")) {
    {}
  } else {
    stryCov_9fa48("188");
    return compareCidrs(a.destination, b.destination);
  }
}
function capacityFindings(table: RouteTable, {
  quota: {
    families,
    used,
    limit
  },
  creates,
  tooMany
}: QuotaFit, deletes: readonly Change[], names: ReadonlyMap<string, string>): Finding[] {
  if (stryMutAct_9fa48("189")) {
    {}
  } else {
    stryCov_9fa48("189");
    const label = stryMutAct_9fa48("190") ? () => undefined : (stryCov_9fa48("190"), (() => {
      const label = ({
        node
      }: Change): string => stryMutAct_9fa48("191") ? (names.get(node ?? '') ?? node) && '' : (stryCov_9fa48("191"), (stryMutAct_9fa48("192") ? names.get(node ?? '') && node : (stryCov_9fa48("192"), names.get(stryMutAct_9fa48("193") ? node && '' : (stryCov_9fa48("193"), node ?? (stryMutAct_9fa48("194") ? "Stryker was here!" : (stryCov_9fa48("194"), '')))) ?? node)) ?? (stryMutAct_9fa48("195") ? "Stryker was here!" : (stryCov_9fa48("195"), '')));
      return label;
    })());
    if (stryMutAct_9fa48("199") ? tooMany.length <= 0 : stryMutAct_9fa48("198") ? tooMany.length >= 0 : stryMutAct_9fa48("197") ? false : stryMutAct_9fa48("196") ? true : (stryCov_9fa48("196", "197", "198", "199"), tooMany.length > 0)) return stryMutAct_9fa48("200") ? [] : (stryCov_9fa48("200"), [tableFull(table, stryMutAct_9fa48("201") ? [] : (stryCov_9fa48("201"), [...new Set(tooMany.map(label))]))]);
    const going = stryMutAct_9fa48("202") ? deletes : (stryCov_9fa48("202"), deletes.filter(stryMutAct_9fa48("203") ? () => undefined : (stryCov_9fa48("203"), ({
      action,
      destination
    }) => stryMutAct_9fa48("206") ? action === 'delete' || families.includes(destination.family) : stryMutAct_9fa48("205") ? false : stryMutAct_9fa48("204") ? true : (stryCov_9fa48("204", "205", "206"), (stryMutAct_9fa48("208") ? action !== 'delete' : stryMutAct_9fa48("207") ? true : (stryCov_9fa48("207", "208"), action === (stryMutAct_9fa48("209") ? "" : (stryCov_9fa48("209"), 'delete')))) && families.includes(destination.family)))));
    const after = stryMutAct_9fa48("210") ? used + creates.length + going.length : (stryCov_9fa48("210"), (stryMutAct_9fa48("211") ? used - creates.length : (stryCov_9fa48("211"), used + creates.length)) - going.length);
    return (stryMutAct_9fa48("215") ? after * 100 >= limit * FILLING_PERCENT : stryMutAct_9fa48("214") ? after * 100 <= limit * FILLING_PERCENT : stryMutAct_9fa48("213") ? false : stryMutAct_9fa48("212") ? true : (stryCov_9fa48("212", "213", "214", "215"), (stryMutAct_9fa48("216") ? after / 100 : (stryCov_9fa48("216"), after * 100)) < (stryMutAct_9fa48("217") ? limit / FILLING_PERCENT : (stryCov_9fa48("217"), limit * FILLING_PERCENT)))) ? stryMutAct_9fa48("218") ? ["Stryker was here"] : (stryCov_9fa48("218"), []) : stryMutAct_9fa48("219") ? [] : (stryCov_9fa48("219"), [tableFilling(table, after, limit)]);
  }
}