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
import type { Change } from '../model.ts';

/**
 * The changes that would take a route from a node that lives and does not get its new one (R6): deletions of
 * what it had, and replacements that give that to another node. Whoever was to get it goes without too, and
 * so keeps its own in turn.
 *
 * @param undone creations and replacements in one table that were not made
 * @param changes of the same table
 */
export function findDependents(undone: readonly Change[], changes: readonly Change[]): Set<Change> {
  if (stryMutAct_9fa48("220")) {
    {}
  } else {
    stryCov_9fa48("220");
    const takeovers = Map.groupBy(stryMutAct_9fa48("221") ? changes : (stryCov_9fa48("221"), changes.filter(takesOver)), stryMutAct_9fa48("222") ? () => undefined : (stryCov_9fa48("222"), ({
      previousNextHop
    }) => stryMutAct_9fa48("223") ? previousNextHop.id : (stryCov_9fa48("223"), previousNextHop?.id)));
    const deletes = Map.groupBy(stryMutAct_9fa48("224") ? changes : (stryCov_9fa48("224"), changes.filter(stryMutAct_9fa48("225") ? () => undefined : (stryCov_9fa48("225"), ({
      action,
      evidence
    }) => stryMutAct_9fa48("228") ? action === 'delete' || evidence !== 'proven' : stryMutAct_9fa48("227") ? false : stryMutAct_9fa48("226") ? true : (stryCov_9fa48("226", "227", "228"), (stryMutAct_9fa48("230") ? action !== 'delete' : stryMutAct_9fa48("229") ? true : (stryCov_9fa48("229", "230"), action === (stryMutAct_9fa48("231") ? "" : (stryCov_9fa48("231"), 'delete')))) && (stryMutAct_9fa48("233") ? evidence === 'proven' : stryMutAct_9fa48("232") ? true : (stryCov_9fa48("232", "233"), evidence !== (stryMutAct_9fa48("234") ? "" : (stryCov_9fa48("234"), 'proven')))))))), stryMutAct_9fa48("235") ? () => undefined : (stryCov_9fa48("235"), ({
      node
    }) => node));
    const found = new Set<Change>();
    const without = stryMutAct_9fa48("236") ? [] : (stryCov_9fa48("236"), [...undone]);
    for (const {
      nextHop,
      node
    } of without) {
      if (stryMutAct_9fa48("237")) {
        {}
      } else {
        stryCov_9fa48("237");
        for (const change of stryMutAct_9fa48("238") ? deletes.get(node) && [] : (stryCov_9fa48("238"), deletes.get(node) ?? (stryMutAct_9fa48("239") ? ["Stryker was here"] : (stryCov_9fa48("239"), [])))) if (stryMutAct_9fa48("240")) {
          ;
        } else {
          stryCov_9fa48("240");
          found.add(change);
        }
        for (const change of stryMutAct_9fa48("241") ? takeovers.get(nextHop?.id) && [] : (stryCov_9fa48("241"), takeovers.get(stryMutAct_9fa48("242") ? nextHop.id : (stryCov_9fa48("242"), nextHop?.id)) ?? (stryMutAct_9fa48("243") ? ["Stryker was here"] : (stryCov_9fa48("243"), [])))) {
          if (stryMutAct_9fa48("244")) {
            {}
          } else {
            stryCov_9fa48("244");
            if (stryMutAct_9fa48("247") ? false : stryMutAct_9fa48("246") ? true : stryMutAct_9fa48("245") ? found.has(change) : (stryCov_9fa48("245", "246", "247"), !found.has(change))) if (stryMutAct_9fa48("248")) {
              ;
            } else {
              stryCov_9fa48("248");
              without.push(change);
            }
            if (stryMutAct_9fa48("249")) {
              ;
            } else {
              stryCov_9fa48("249");
              found.add(change);
            }
          }
        }
      }
    }
    return found;
  }
}

/** A blackhole is of use to nobody, and a node takes nothing from itself. */
function takesOver({
  action,
  reason,
  nextHop,
  previousNextHop
}: Change): boolean {
  if (stryMutAct_9fa48("250")) {
    {}
  } else {
    stryCov_9fa48("250");
    return stryMutAct_9fa48("253") ? action === 'replace' && reason !== 'blackhole' || nextHop?.id !== previousNextHop?.id : stryMutAct_9fa48("252") ? false : stryMutAct_9fa48("251") ? true : (stryCov_9fa48("251", "252", "253"), (stryMutAct_9fa48("255") ? action === 'replace' || reason !== 'blackhole' : stryMutAct_9fa48("254") ? true : (stryCov_9fa48("254", "255"), (stryMutAct_9fa48("257") ? action !== 'replace' : stryMutAct_9fa48("256") ? true : (stryCov_9fa48("256", "257"), action === (stryMutAct_9fa48("258") ? "" : (stryCov_9fa48("258"), 'replace')))) && (stryMutAct_9fa48("260") ? reason === 'blackhole' : stryMutAct_9fa48("259") ? true : (stryCov_9fa48("259", "260"), reason !== (stryMutAct_9fa48("261") ? "" : (stryCov_9fa48("261"), 'blackhole')))))) && (stryMutAct_9fa48("263") ? nextHop?.id === previousNextHop?.id : stryMutAct_9fa48("262") ? true : (stryCov_9fa48("262", "263"), (stryMutAct_9fa48("264") ? nextHop.id : (stryCov_9fa48("264"), nextHop?.id)) !== (stryMutAct_9fa48("265") ? previousNextHop.id : (stryCov_9fa48("265"), previousNextHop?.id)))));
  }
}