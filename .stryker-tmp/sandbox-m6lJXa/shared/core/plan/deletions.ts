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
import { isClaiming, sharesDomain } from '../claims/bounds.ts';
import type { Change, ChangeReason, Evidence, Node, Route } from '../model.ts';
import type { Anchors } from './holds.ts';
import type { TableContext, TableSketch } from './table.ts';

/** Why a route may go, and whose it is; null where it may not. */
interface Grounds {
  readonly node: string | null;
  readonly reason: ChangeReason;
  readonly evidence: Evidence;
}

/** R2: what may be deleted at all, and on what grounds. When it goes is for the guard to say (R4). */
export function planDeletions(sketch: TableSketch, anchors: Anchors, context: TableContext): Change[] {
  if (stryMutAct_9fa48("561")) {
    {}
  } else {
    stryCov_9fa48("561");
    const deletions = sketch.inside.flatMap((route): Change[] => {
      if (stryMutAct_9fa48("562")) {
        {}
      } else {
        stryCov_9fa48("562");
        if (stryMutAct_9fa48("565") ? !route.ourKind && isClaimed(sketch, route, context) : stryMutAct_9fa48("564") ? false : stryMutAct_9fa48("563") ? true : (stryCov_9fa48("563", "564", "565"), (stryMutAct_9fa48("566") ? route.ourKind : (stryCov_9fa48("566"), !route.ourKind)) || isClaimed(sketch, route, context))) return stryMutAct_9fa48("567") ? ["Stryker was here"] : (stryCov_9fa48("567"), []);
        const grounds = findGrounds(sketch, anchors, route, context);
        if (stryMutAct_9fa48("570") ? grounds !== null : stryMutAct_9fa48("569") ? false : stryMutAct_9fa48("568") ? true : (stryCov_9fa48("568", "569", "570"), grounds === null)) return stryMutAct_9fa48("571") ? ["Stryker was here"] : (stryCov_9fa48("571"), []);
        return stryMutAct_9fa48("572") ? [] : (stryCov_9fa48("572"), [stryMutAct_9fa48("573") ? {} : (stryCov_9fa48("573"), {
          table: sketch.table.id,
          action: stryMutAct_9fa48("574") ? "" : (stryCov_9fa48("574"), 'delete'),
          destination: route.destination,
          nextHop: null,
          previousNextHop: route.nextHop,
          ...grounds
        })]);
      }
    });
    return boundHeld(deletions, context.settings.maxClaims);
  }
}

/** R7: a node that claims something in vain keeps no more than it could claim, or it could never claim anything again. */
function boundHeld(deletions: readonly Change[], most: number): Change[] {
  if (stryMutAct_9fa48("575")) {
    {}
  } else {
    stryCov_9fa48("575");
    const counts = new Map<string | null, number>();
    return deletions.map(change => {
      if (stryMutAct_9fa48("576")) {
        {}
      } else {
        stryCov_9fa48("576");
        if (stryMutAct_9fa48("579") ? change.evidence === 'held' : stryMutAct_9fa48("578") ? false : stryMutAct_9fa48("577") ? true : (stryCov_9fa48("577", "578", "579"), change.evidence !== (stryMutAct_9fa48("580") ? "" : (stryCov_9fa48("580"), 'held')))) return change;
        const count = stryMutAct_9fa48("581") ? (counts.get(change.node) ?? 0) - 1 : (stryCov_9fa48("581"), (stryMutAct_9fa48("582") ? counts.get(change.node) && 0 : (stryCov_9fa48("582"), counts.get(change.node) ?? 0)) + 1);
        if (stryMutAct_9fa48("583")) {
          ;
        } else {
          stryCov_9fa48("583");
          counts.set(change.node, count);
        }
        return (stryMutAct_9fa48("587") ? count > most : stryMutAct_9fa48("586") ? count < most : stryMutAct_9fa48("585") ? false : stryMutAct_9fa48("584") ? true : (stryCov_9fa48("584", "585", "586", "587"), count <= most)) ? change : stryMutAct_9fa48("588") ? {} : (stryCov_9fa48("588"), {
          ...change,
          evidence: stryMutAct_9fa48("589") ? "" : (stryCov_9fa48("589"), 'moved')
        });
      }
    });
  }
}
function isClaimed({
  table
}: TableSketch, {
  destination
}: Route, {
  verdict
}: TableContext): boolean {
  if (stryMutAct_9fa48("590")) {
    {}
  } else {
    stryCov_9fa48("590");
    return stryMutAct_9fa48("591") ? [...(verdict.claimed.get(destination.text) ?? [])].every(node => sharesDomain(node, table)) : (stryCov_9fa48("591"), (stryMutAct_9fa48("592") ? [] : (stryCov_9fa48("592"), [...(stryMutAct_9fa48("593") ? verdict.claimed.get(destination.text) && [] : (stryCov_9fa48("593"), verdict.claimed.get(destination.text) ?? (stryMutAct_9fa48("594") ? ["Stryker was here"] : (stryCov_9fa48("594"), []))))])).some(stryMutAct_9fa48("595") ? () => undefined : (stryCov_9fa48("595"), node => sharesDomain(node, table))));
  }
}
function findGrounds(sketch: TableSketch, anchors: Anchors, {
  target,
  destination
}: Route, {
  nodes,
  settings,
  verdict
}: TableContext): Grounds | null {
  if (stryMutAct_9fa48("596")) {
    {}
  } else {
    stryCov_9fa48("596");
    switch (target.kind) {
      case stryMutAct_9fa48("597") ? "" : (stryCov_9fa48("597"), 'stranger'):
      case stryMutAct_9fa48("599") ? "" : (stryCov_9fa48("599"), 'unread'):
        if (stryMutAct_9fa48("598")) {} else {
          stryCov_9fa48("598");
          return null;
        }
      case stryMutAct_9fa48("601") ? "" : (stryCov_9fa48("601"), 'gone'):
        if (stryMutAct_9fa48("600")) {} else {
          stryCov_9fa48("600");
          return stryMutAct_9fa48("602") ? {} : (stryCov_9fa48("602"), {
            node: null,
            reason: stryMutAct_9fa48("603") ? "" : (stryCov_9fa48("603"), 'node-gone'),
            evidence: stryMutAct_9fa48("604") ? "" : (stryCov_9fa48("604"), 'proven')
          });
        }
      case stryMutAct_9fa48("606") ? "" : (stryCov_9fa48("606"), 'vacant'):
        if (stryMutAct_9fa48("605")) {} else {
          stryCov_9fa48("605");
          return stryMutAct_9fa48("607") ? {} : (stryCov_9fa48("607"), {
            node: null,
            reason: stryMutAct_9fa48("608") ? "" : (stryCov_9fa48("608"), 'next-hop-unknown'),
            evidence: target.agreed ? stryMutAct_9fa48("609") ? "" : (stryCov_9fa48("609"), 'vacant') : stryMutAct_9fa48("610") ? "" : (stryCov_9fa48("610"), 'disputed')
          });
        }
      case stryMutAct_9fa48("612") ? "" : (stryCov_9fa48("612"), 'node'):
        if (stryMutAct_9fa48("611")) {} else {
          stryCov_9fa48("611");
          {
            if (stryMutAct_9fa48("613")) {
              {}
            } else {
              stryCov_9fa48("613");
              const node = nodes.get(target.id);
              if (stryMutAct_9fa48("616") ? node !== undefined : stryMutAct_9fa48("615") ? false : stryMutAct_9fa48("614") ? true : (stryCov_9fa48("614", "615", "616"), node === undefined)) return null;
              if (stryMutAct_9fa48("619") ? node.state !== 'gone' : stryMutAct_9fa48("618") ? false : stryMutAct_9fa48("617") ? true : (stryCov_9fa48("617", "618", "619"), node.state === (stryMutAct_9fa48("620") ? "" : (stryCov_9fa48("620"), 'gone')))) return stryMutAct_9fa48("621") ? {} : (stryCov_9fa48("621"), {
                node: node.id,
                reason: stryMutAct_9fa48("622") ? "" : (stryCov_9fa48("622"), 'node-gone'),
                evidence: stryMutAct_9fa48("623") ? "" : (stryCov_9fa48("623"), 'proven')
              });
              if (stryMutAct_9fa48("626") ? false : stryMutAct_9fa48("625") ? true : stryMutAct_9fa48("624") ? isClaiming(node, settings.stoppedNodes) : (stryCov_9fa48("624", "625", "626"), !isClaiming(node, settings.stoppedNodes))) {
                if (stryMutAct_9fa48("627")) {
                  {}
                } else {
                  stryCov_9fa48("627");
                  return stryMutAct_9fa48("628") ? {} : (stryCov_9fa48("628"), {
                    node: node.id,
                    reason: stryMutAct_9fa48("629") ? "" : (stryCov_9fa48("629"), 'node-stopped'),
                    evidence: stryMutAct_9fa48("630") ? "" : (stryCov_9fa48("630"), 'proven')
                  });
                }
              }
              const isKept = stryMutAct_9fa48("633") ? sketch.unmet.has(node.id) || !verdict.isRange(node, destination) : stryMutAct_9fa48("632") ? false : stryMutAct_9fa48("631") ? true : (stryCov_9fa48("631", "632", "633"), sketch.unmet.has(node.id) && (stryMutAct_9fa48("634") ? verdict.isRange(node, destination) : (stryCov_9fa48("634"), !verdict.isRange(node, destination))));
              return withdraw(node, anchors.has(sketch, node, destination.family), isKept);
            }
          }
        }
    }
  }
}

/**
 * R6: a node that claims something in vain keeps what it has, unless another claim of its family is met. A range of the
 * cluster is nobody's to keep.
 */
function withdraw({
  id: node
}: Node, isAnchored: boolean, isKept: boolean): Grounds {
  if (stryMutAct_9fa48("635")) {
    {}
  } else {
    stryCov_9fa48("635");
    const evidence = isAnchored ? stryMutAct_9fa48("636") ? "" : (stryCov_9fa48("636"), 'moved') : isKept ? stryMutAct_9fa48("637") ? "" : (stryCov_9fa48("637"), 'held') : stryMutAct_9fa48("638") ? "" : (stryCov_9fa48("638"), 'withdrawn');
    return stryMutAct_9fa48("639") ? {} : (stryCov_9fa48("639"), {
      node,
      reason: stryMutAct_9fa48("640") ? "" : (stryCov_9fa48("640"), 'claim-withdrawn'),
      evidence
    });
  }
}