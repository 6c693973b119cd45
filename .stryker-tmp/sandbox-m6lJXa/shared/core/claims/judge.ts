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
import type { Cidr } from '../cidr.ts';
import { claimCoversNodes, conflictingClaim, labelNode, malformedClaim, missingClaim, tooManyClaims } from '../findings.ts';
import type { AcceptedClaim, Finding, Node, Observation } from '../model.ts';
import { boundsOf, type ClaimSettings, isClaiming, isClusterCidr, refuseClaim } from './bounds.ts';
import { type OwnRoutes, settleConflicts } from './conflicts.ts';
import { indexCorrectable, objectTo } from './corrections.ts';
import { type Coverage, measureCoverage } from './coverage.ts';

/** Which claims hold, and what is wrong with the others. */
export interface ClaimVerdict {
  readonly accepted: readonly AcceptedClaim[];
  readonly findings: readonly Finding[];
  /** Who claims a destination, rightly or wrongly: in their domain no route to it may be deleted (R2). */
  readonly claimed: ReadonlyMap<string, ReadonlySet<Node>>;
  /** Ids of nodes that claim something they do not get: what they have is left to them meanwhile (R6). */
  readonly unmet: ReadonlySet<string>;
  /** Whether it is a range of the cluster, and so no block of one node (R5, R7). */
  readonly isRange: Coverage;
  /** Why a scoped observation is too narrow to judge, if it is. */
  readonly widen: string | null;
}

/** What is collected while the nodes are gone through. */
interface Sketch {
  readonly candidates: AcceptedClaim[];
  readonly findings: Finding[];
  readonly claimed: Map<string, Set<Node>>;
  readonly unmet: Set<string>;
}

/** Applies the bounds on claims (R7), then settles which of the overlapping ones hold (R5). */
export function judgeClaims(observation: Observation, settings: ClaimSettings): ClaimVerdict {
  if (stryMutAct_9fa48("351")) {
    {}
  } else {
    stryCov_9fa48("351");
    const claiming = stryMutAct_9fa48("352") ? observation.nodes : (stryCov_9fa48("352"), observation.nodes.filter(stryMutAct_9fa48("353") ? () => undefined : (stryCov_9fa48("353"), node => isClaiming(node, settings.stoppedNodes))));
    const own = findOwnRoutes(observation);
    const sketch: Sketch = stryMutAct_9fa48("354") ? {} : (stryCov_9fa48("354"), {
      candidates: stryMutAct_9fa48("355") ? ["Stryker was here"] : (stryCov_9fa48("355"), []),
      findings: stryMutAct_9fa48("356") ? ["Stryker was here"] : (stryCov_9fa48("356"), []),
      claimed: new Map(),
      unmet: new Set()
    });
    const bounds = boundsOf(observation, settings, claiming);
    const correctable = indexCorrectable(claiming);
    const routed = new Set((stryMutAct_9fa48("357") ? [] : (stryCov_9fa48("357"), [...own.keys()])).map(stryMutAct_9fa48("358") ? () => undefined : (stryCov_9fa48("358"), key => stryMutAct_9fa48("359") ? key : (stryCov_9fa48("359"), key.slice(stryMutAct_9fa48("360") ? key.indexOf(' ') - 1 : (stryCov_9fa48("360"), key.indexOf(stryMutAct_9fa48("361") ? "" : (stryCov_9fa48("361"), ' ')) + 1))))));
    for (const node of claiming) {
      if (stryMutAct_9fa48("362")) {
        {}
      } else {
        stryCov_9fa48("362");
        for (const defect of node.defects) {
          if (stryMutAct_9fa48("363")) {
            {}
          } else {
            stryCov_9fa48("363");
            const objection = objectTo(node, defect, correctable, bounds);
            sketch.findings.push(malformedClaim(node, defect, stryMutAct_9fa48("365") ? {} : (stryCov_9fa48("365"), {
              objection,
              hasRoutes: routed.has(node.id)
            })));
          }
        }
        if (stryMutAct_9fa48("368") ? node.defects.length > 0 && !node.claimsKnown : stryMutAct_9fa48("367") ? false : stryMutAct_9fa48("366") ? true : (stryCov_9fa48("366", "367", "368"), (stryMutAct_9fa48("371") ? node.defects.length <= 0 : stryMutAct_9fa48("370") ? node.defects.length >= 0 : stryMutAct_9fa48("369") ? false : (stryCov_9fa48("369", "370", "371"), node.defects.length > 0)) || (stryMutAct_9fa48("372") ? node.claimsKnown : (stryCov_9fa48("372"), !node.claimsKnown)))) if (stryMutAct_9fa48("373")) {
          ;
        } else {
          stryCov_9fa48("373");
          sketch.unmet.add(node.id);
        }
        if (stryMutAct_9fa48("376") ? settings.expectClaims || claimsNothing(node) : stryMutAct_9fa48("375") ? false : stryMutAct_9fa48("374") ? true : (stryCov_9fa48("374", "375", "376"), settings.expectClaims && claimsNothing(node))) {
          if (stryMutAct_9fa48("377")) {
            {}
          } else {
            stryCov_9fa48("377");
            if (stryMutAct_9fa48("378")) {
              ;
            } else {
              stryCov_9fa48("378");
              sketch.findings.push(missingClaim(node, settings.podCidrTag));
            }
          }
        }
        for (const cidr of countedClaims(sketch, node, settings.maxClaims, own)) {
          if (stryMutAct_9fa48("379")) {
            {}
          } else {
            stryCov_9fa48("379");
            const refusal = refuseClaim(node, cidr, bounds);
            const claimants = stryMutAct_9fa48("380") ? sketch.claimed.get(cidr.text) && new Set() : (stryCov_9fa48("380"), sketch.claimed.get(cidr.text) ?? new Set());
            if (stryMutAct_9fa48("381")) {
              ;
            } else {
              stryCov_9fa48("381");
              sketch.claimed.set(cidr.text, claimants.add(node));
            }
            if (stryMutAct_9fa48("384") ? refusal !== null : stryMutAct_9fa48("383") ? false : stryMutAct_9fa48("382") ? true : (stryCov_9fa48("382", "383", "384"), refusal === null)) sketch.candidates.push(stryMutAct_9fa48("386") ? {} : (stryCov_9fa48("386"), {
              node,
              cidr
            }));else if (stryMutAct_9fa48("389") ? refusal.code !== 'claim-covers-cluster' : stryMutAct_9fa48("388") ? false : stryMutAct_9fa48("387") ? true : (stryCov_9fa48("387", "388", "389"), refusal.code === (stryMutAct_9fa48("390") ? "" : (stryCov_9fa48("390"), 'claim-covers-cluster')))) {
              if (stryMutAct_9fa48("391")) {
                ;
              } else {
                stryCov_9fa48("391");
                dropRange(sketch, node, cidr, refusal);
              }
            } else if (stryMutAct_9fa48("392")) {
              ;
            } else {
              stryCov_9fa48("392");
              refuse(sketch, node, refusal);
            }
          }
        }
      }
    }
    const coversNodes = measureCoverage(sketch.candidates);
    const candidates = dropCovering(sketch, coversNodes);
    const settled = settleConflicts(candidates, own);
    for (const {
      node,
      cidr,
      winner
    } of settled.losers) if (stryMutAct_9fa48("393")) {
      ;
    } else {
      stryCov_9fa48("393");
      refuse(sketch, node, conflictingClaim(node, cidr, winner));
    }
    const {
      findings,
      claimed,
      unmet
    } = sketch;
    const widen = whyWiden(observation, claiming, settings);
    const isRange: Coverage = stryMutAct_9fa48("394") ? () => undefined : (stryCov_9fa48("394"), (() => {
      const isRange: Coverage = (node, cidr) => stryMutAct_9fa48("397") ? isClusterCidr(cidr, settings) && !bounds.alone && coversNodes(node, cidr) : stryMutAct_9fa48("396") ? false : stryMutAct_9fa48("395") ? true : (stryCov_9fa48("395", "396", "397"), (stryMutAct_9fa48("399") ? isClusterCidr(cidr, settings) || !bounds.alone : stryMutAct_9fa48("398") ? false : (stryCov_9fa48("398", "399"), isClusterCidr(cidr, settings) && (stryMutAct_9fa48("400") ? bounds.alone : (stryCov_9fa48("400"), !bounds.alone)))) || coversNodes(node, cidr));
      return isRange;
    })());
    return stryMutAct_9fa48("401") ? {} : (stryCov_9fa48("401"), {
      accepted: settled.accepted,
      findings,
      claimed,
      unmet,
      isRange,
      widen
    });
  }
}
function refuse({
  findings,
  unmet
}: Sketch, node: Node, finding: Finding): void {
  if (stryMutAct_9fa48("402")) {
    {}
  } else {
    stryCov_9fa48("402");
    if (stryMutAct_9fa48("403")) {
      ;
    } else {
      stryCov_9fa48("403");
      findings.push(finding);
    }
    if (stryMutAct_9fa48("404")) {
      ;
    } else {
      stryCov_9fa48("404");
      unmet.add(node.id);
    }
  }
}
function claimsNothing(node: Node): boolean {
  if (stryMutAct_9fa48("405")) {
    {}
  } else {
    stryCov_9fa48("405");
    return stryMutAct_9fa48("408") ? node.claimsKnown && node.claims.length === 0 || node.defects.length === 0 : stryMutAct_9fa48("407") ? false : stryMutAct_9fa48("406") ? true : (stryCov_9fa48("406", "407", "408"), (stryMutAct_9fa48("410") ? node.claimsKnown || node.claims.length === 0 : stryMutAct_9fa48("409") ? true : (stryCov_9fa48("409", "410"), node.claimsKnown && (stryMutAct_9fa48("412") ? node.claims.length !== 0 : stryMutAct_9fa48("411") ? true : (stryCov_9fa48("411", "412"), node.claims.length === 0)))) && (stryMutAct_9fa48("414") ? node.defects.length !== 0 : stryMutAct_9fa48("413") ? true : (stryCov_9fa48("413", "414"), node.defects.length === 0)));
  }
}

/** R7: so many claims of a node count, those with a route of their own first. */
function countedClaims(sketch: Sketch, node: Node, most: number, own: OwnRoutes): Cidr[] {
  if (stryMutAct_9fa48("415")) {
    {}
  } else {
    stryCov_9fa48("415");
    const cidrs = node.claims.map(stryMutAct_9fa48("416") ? () => undefined : (stryCov_9fa48("416"), ({
      cidr
    }) => cidr));
    if (stryMutAct_9fa48("420") ? cidrs.length > most : stryMutAct_9fa48("419") ? cidrs.length < most : stryMutAct_9fa48("418") ? false : stryMutAct_9fa48("417") ? true : (stryCov_9fa48("417", "418", "419", "420"), cidrs.length <= most)) return cidrs;
    if (stryMutAct_9fa48("421")) {
      ;
    } else {
      stryCov_9fa48("421");
      refuse(sketch, node, tooManyClaims(node, cidrs.length, most));
    }
    const hasRoute = stryMutAct_9fa48("422") ? () => undefined : (stryCov_9fa48("422"), (() => {
      const hasRoute = ({
        text
      }: Cidr): number => own.has(stryMutAct_9fa48("423") ? `` : (stryCov_9fa48("423"), `${text} ${node.id}`)) ? 1 : 0;
      return hasRoute;
    })());
    return stryMutAct_9fa48("425") ? cidrs.slice(0, most) : stryMutAct_9fa48("424") ? cidrs.sort((a, b) => hasRoute(b) - hasRoute(a)) : (stryCov_9fa48("424", "425"), cidrs.sort(stryMutAct_9fa48("426") ? () => undefined : (stryCov_9fa48("426"), (a, b) => stryMutAct_9fa48("427") ? hasRoute(b) + hasRoute(a) : (stryCov_9fa48("427"), hasRoute(b) - hasRoute(a)))).slice(0, most));
  }
}

/**
 * R5: a range that covers the claims of most other nodes is no claim of one node. It says so of the cluster, so it
 * neither stands in the way of theirs nor keeps a route.
 */
function dropCovering(sketch: Sketch, coversNodes: Coverage): AcceptedClaim[] {
  if (stryMutAct_9fa48("428")) {
    {}
  } else {
    stryCov_9fa48("428");
    return stryMutAct_9fa48("429") ? sketch.candidates : (stryCov_9fa48("429"), sketch.candidates.filter(({
      node,
      cidr
    }) => {
      if (stryMutAct_9fa48("430")) {
        {}
      } else {
        stryCov_9fa48("430");
        if (stryMutAct_9fa48("433") ? false : stryMutAct_9fa48("432") ? true : stryMutAct_9fa48("431") ? coversNodes(node, cidr) : (stryCov_9fa48("431", "432", "433"), !coversNodes(node, cidr))) return stryMutAct_9fa48("434") ? false : (stryCov_9fa48("434"), true);
        if (stryMutAct_9fa48("435")) {
          ;
        } else {
          stryCov_9fa48("435");
          dropRange(sketch, node, cidr, claimCoversNodes(node, cidr));
        }
        return stryMutAct_9fa48("436") ? true : (stryCov_9fa48("436"), false);
      }
    }));
  }
}
function dropRange(sketch: Sketch, node: Node, {
  text
}: Cidr, finding: Finding): void {
  if (stryMutAct_9fa48("437")) {
    {}
  } else {
    stryCov_9fa48("437");
    if (stryMutAct_9fa48("438")) {
      ;
    } else {
      stryCov_9fa48("438");
      refuse(sketch, node, finding);
    }
    stryMutAct_9fa48("439") ? sketch.claimed.get(text).delete(node) : (stryCov_9fa48("439"), sketch.claimed.get(text)?.delete(node));
  }
}

/** That a node is alone in its cluster cannot be seen from a part of the cluster. */
function whyWiden({
  scope
}: Observation, claiming: readonly Node[], settings: ClaimSettings): string | null {
  if (stryMutAct_9fa48("440")) {
    {}
  } else {
    stryCov_9fa48("440");
    if (stryMutAct_9fa48("443") ? scope.kind !== 'all' : stryMutAct_9fa48("442") ? false : stryMutAct_9fa48("441") ? true : (stryCov_9fa48("441", "442", "443"), scope.kind === (stryMutAct_9fa48("444") ? "" : (stryCov_9fa48("444"), 'all')))) return null;
    const node = claiming.find(stryMutAct_9fa48("445") ? () => undefined : (stryCov_9fa48("445"), ({
      claims
    }) => stryMutAct_9fa48("446") ? claims.every(({
      cidr
    }) => isClusterCidr(cidr, settings)) : (stryCov_9fa48("446"), claims.some(stryMutAct_9fa48("447") ? () => undefined : (stryCov_9fa48("447"), ({
      cidr
    }) => isClusterCidr(cidr, settings))))));
    return (stryMutAct_9fa48("450") ? node !== undefined : stryMutAct_9fa48("449") ? false : stryMutAct_9fa48("448") ? true : (stryCov_9fa48("448", "449", "450"), node === undefined)) ? null : stryMutAct_9fa48("451") ? `` : (stryCov_9fa48("451"), `${labelNode(node)} claims a whole cluster CIDR`);
  }
}

/** Routes that lead to the node that claims them: in force, or waiting for it to run again. */
function findOwnRoutes({
  tables
}: Observation): OwnRoutes {
  if (stryMutAct_9fa48("452")) {
    {}
  } else {
    stryCov_9fa48("452");
    const own = new Map<string, 'in-force' | 'idle'>();
    for (const {
      target,
      destination,
      state
    } of tables.flatMap(stryMutAct_9fa48("453") ? () => undefined : (stryCov_9fa48("453"), ({
      routes
    }) => routes))) {
      if (stryMutAct_9fa48("454")) {
        {}
      } else {
        stryCov_9fa48("454");
        if (stryMutAct_9fa48("457") ? target.kind === 'node' : stryMutAct_9fa48("456") ? false : stryMutAct_9fa48("455") ? true : (stryCov_9fa48("455", "456", "457"), target.kind !== (stryMutAct_9fa48("458") ? "" : (stryCov_9fa48("458"), 'node')))) continue;
        const key = stryMutAct_9fa48("459") ? `` : (stryCov_9fa48("459"), `${destination.text} ${target.id}`);
        if (stryMutAct_9fa48("462") ? own.get(key) === 'in-force' : stryMutAct_9fa48("461") ? false : stryMutAct_9fa48("460") ? true : (stryCov_9fa48("460", "461", "462"), own.get(key) !== (stryMutAct_9fa48("463") ? "" : (stryCov_9fa48("463"), 'in-force')))) own.set(key, (stryMutAct_9fa48("467") ? state !== 'active' : stryMutAct_9fa48("466") ? false : stryMutAct_9fa48("465") ? true : (stryCov_9fa48("465", "466", "467"), state === (stryMutAct_9fa48("468") ? "" : (stryCov_9fa48("468"), 'active')))) ? stryMutAct_9fa48("469") ? "" : (stryCov_9fa48("469"), 'in-force') : stryMutAct_9fa48("470") ? "" : (stryCov_9fa48("470"), 'idle'));
      }
    }
    return own;
  }
}