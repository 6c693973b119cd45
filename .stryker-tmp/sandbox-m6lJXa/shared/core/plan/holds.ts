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
import type { Cidr, Family } from '../cidr.ts';
import { indexByCidr } from '../cidr-index.ts';
import { isClaiming } from '../claims/bounds.ts';
import { conflictingClaim } from '../findings.ts';
import type { Change, Node, Route } from '../model.ts';
import type { TableContext, TableSketch, Write } from './table.ts';

/** A route in force to a living node that does not claim it. */
interface Hold {
  readonly sketch: TableSketch;
  readonly node: Node;
  readonly route: Route;
}
interface Pending {
  readonly cidr: Cidr;
  readonly sketch: TableSketch;
  readonly write: Write;
}

/**
 * R5 and R6: the route in force of a living node stays its own, claimed or not, until another claim of that node and
 * family is in force in that table, or made so by this plan. Writes that would take it, wholly or partly, in any
 * table of the domain, are dropped; whoever they were for may so keep what it has, in turn. Gives the replacements
 * that R4 lets through once the route has waited.
 */
export function holdRoutes(sketches: readonly TableSketch[], anchors: Anchors, context: TableContext): Change[] {
  if (stryMutAct_9fa48("641")) {
    {}
  } else {
    stryCov_9fa48("641");
    const unclaimed = sketches.flatMap(stryMutAct_9fa48("642") ? () => undefined : (stryCov_9fa48("642"), sketch => findUnclaimed(sketch, context)));
    if (stryMutAct_9fa48("645") ? unclaimed.length !== 0 : stryMutAct_9fa48("644") ? false : stryMutAct_9fa48("643") ? true : (stryCov_9fa48("643", "644", "645"), unclaimed.length === 0)) return stryMutAct_9fa48("646") ? ["Stryker was here"] : (stryCov_9fa48("646"), []);
    const pending = sketches.flatMap(stryMutAct_9fa48("647") ? () => undefined : (stryCov_9fa48("647"), sketch => sketch.writes.map(stryMutAct_9fa48("648") ? () => undefined : (stryCov_9fa48("648"), (write): Pending => stryMutAct_9fa48("649") ? {} : (stryCov_9fa48("649"), {
      cidr: write.claim.cidr,
      sketch,
      write
    })))));
    const index = indexByCidr(pending);
    const dropped = new Set<Write>();
    const byNode = Map.groupBy(unclaimed, stryMutAct_9fa48("650") ? () => undefined : (stryCov_9fa48("650"), ({
      sketch,
      node,
      route
    }) => anchorOf(sketch, node, route.destination.family)));
    const holds = stryMutAct_9fa48("651") ? unclaimed : (stryCov_9fa48("651"), unclaimed.filter(stryMutAct_9fa48("652") ? () => undefined : (stryCov_9fa48("652"), ({
      sketch,
      node,
      route: {
        destination
      }
    }) => stryMutAct_9fa48("655") ? !anchors.has(sketch, node, destination.family) && context.verdict.claimed.get(destination.text)?.has(node) : stryMutAct_9fa48("654") ? false : stryMutAct_9fa48("653") ? true : (stryCov_9fa48("653", "654", "655"), (stryMutAct_9fa48("656") ? anchors.has(sketch, node, destination.family) : (stryCov_9fa48("656"), !anchors.has(sketch, node, destination.family))) || (stryMutAct_9fa48("657") ? context.verdict.claimed.get(destination.text).has(node) : (stryCov_9fa48("657"), context.verdict.claimed.get(destination.text)?.has(node)))))));
    const met: {
      readonly hold: Hold;
      readonly sketch: TableSketch;
      readonly write: Write;
    }[] = stryMutAct_9fa48("658") ? ["Stryker was here"] : (stryCov_9fa48("658"), []);
    for (const hold of holds) {
      if (stryMutAct_9fa48("659")) {
        {}
      } else {
        stryCov_9fa48("659");
        for (const {
          sketch,
          write
        } of index.overlapping(hold.route.destination)) {
          if (stryMutAct_9fa48("660")) {
            {}
          } else {
            stryCov_9fa48("660");
            if (stryMutAct_9fa48("663") ? false : stryMutAct_9fa48("662") ? true : stryMutAct_9fa48("661") ? stands(hold, sketch, write) : (stryCov_9fa48("661", "662", "663"), !stands(hold, sketch, write))) continue;
            met.push(stryMutAct_9fa48("665") ? {} : (stryCov_9fa48("665"), {
              hold,
              sketch,
              write
            }));
            if (stryMutAct_9fa48("667") ? false : stryMutAct_9fa48("666") ? true : (stryCov_9fa48("666", "667"), dropped.has(write))) continue;
            if (stryMutAct_9fa48("668")) {
              ;
            } else {
              stryCov_9fa48("668");
              dropped.add(write);
            }
            const {
              node,
              cidr
            } = write.claim;
            if (stryMutAct_9fa48("669")) {
              ;
            } else {
              stryCov_9fa48("669");
              sketch.unmet.add(node.id);
            }
            sketch.findings.push(conflictingClaim(node, cidr, stryMutAct_9fa48("671") ? {} : (stryCov_9fa48("671"), {
              node: hold.node,
              cidr: hold.route.destination
            })));
            if (stryMutAct_9fa48("673") ? false : stryMutAct_9fa48("672") ? true : (stryCov_9fa48("672", "673"), anchors.drop(sketch, node, cidr.family))) holds.push(...(stryMutAct_9fa48("675") ? byNode.get(anchorOf(sketch, node, cidr.family)) && [] : (stryCov_9fa48("675"), byNode.get(anchorOf(sketch, node, cidr.family)) ?? (stryMutAct_9fa48("676") ? ["Stryker was here"] : (stryCov_9fa48("676"), [])))));
          }
        }
      }
    }
    for (const sketch of sketches) {
      if (stryMutAct_9fa48("677")) {
        {}
      } else {
        stryCov_9fa48("677");
        const left = stryMutAct_9fa48("678") ? sketch.writes : (stryCov_9fa48("678"), sketch.writes.filter(stryMutAct_9fa48("679") ? () => undefined : (stryCov_9fa48("679"), write => stryMutAct_9fa48("680") ? dropped.has(write) : (stryCov_9fa48("680"), !dropped.has(write)))));
        if (stryMutAct_9fa48("681")) {
          ;
        } else {
          stryCov_9fa48("681");
          sketch.writes.splice(0, sketch.writes.length, ...left);
        }
      }
    }
    // Who claims something in vain is known only now.
    return met.flatMap(({
      hold,
      sketch,
      write
    }) => {
      if (stryMutAct_9fa48("682")) {
        {}
      } else {
        stryCov_9fa48("682");
        if (stryMutAct_9fa48("685") ? false : stryMutAct_9fa48("684") ? true : stryMutAct_9fa48("683") ? replaces(hold, sketch, write) : (stryCov_9fa48("683", "684", "685"), !replaces(hold, sketch, write))) return stryMutAct_9fa48("686") ? ["Stryker was here"] : (stryCov_9fa48("686"), []);
        return {
          ...write.change,
          evidence: sketch.unmet.has(hold.node.id) ? 'held' : 'withdrawn'
        } as const;
      }
    });
  }
}

/** Whether a route stands against a write. A node that does not run yields to one that claims the very same. */
function stands({
  sketch: own,
  node,
  route
}: Hold, sketch: TableSketch, {
  claim
}: Write): boolean {
  if (stryMutAct_9fa48("687")) {
    {}
  } else {
    stryCov_9fa48("687");
    if (stryMutAct_9fa48("690") ? claim.node.id === node.id && node.domain !== claim.node.domain && own !== sketch : stryMutAct_9fa48("689") ? false : stryMutAct_9fa48("688") ? true : (stryCov_9fa48("688", "689", "690"), (stryMutAct_9fa48("692") ? claim.node.id !== node.id : stryMutAct_9fa48("691") ? false : (stryCov_9fa48("691", "692"), claim.node.id === node.id)) || (stryMutAct_9fa48("694") ? node.domain !== claim.node.domain || own !== sketch : stryMutAct_9fa48("693") ? false : (stryCov_9fa48("693", "694"), (stryMutAct_9fa48("696") ? node.domain === claim.node.domain : stryMutAct_9fa48("695") ? true : (stryCov_9fa48("695", "696"), node.domain !== claim.node.domain)) && (stryMutAct_9fa48("698") ? own === sketch : stryMutAct_9fa48("697") ? true : (stryCov_9fa48("697", "698"), own !== sketch)))))) return stryMutAct_9fa48("699") ? true : (stryCov_9fa48("699"), false);
    return stryMutAct_9fa48("702") ? node.state === 'running' && claim.cidr.text !== route.destination.text : stryMutAct_9fa48("701") ? false : stryMutAct_9fa48("700") ? true : (stryCov_9fa48("700", "701", "702"), (stryMutAct_9fa48("704") ? node.state !== 'running' : stryMutAct_9fa48("703") ? false : (stryCov_9fa48("703", "704"), node.state === (stryMutAct_9fa48("705") ? "" : (stryCov_9fa48("705"), 'running')))) || (stryMutAct_9fa48("707") ? claim.cidr.text === route.destination.text : stryMutAct_9fa48("706") ? false : (stryCov_9fa48("706", "707"), claim.cidr.text !== route.destination.text)));
  }
}
function replaces({
  sketch: own,
  route
}: Hold, sketch: TableSketch, {
  change
}: Write): boolean {
  if (stryMutAct_9fa48("708")) {
    {}
  } else {
    stryCov_9fa48("708");
    return stryMutAct_9fa48("711") ? own === sketch || change.destination.text === route.destination.text : stryMutAct_9fa48("710") ? false : stryMutAct_9fa48("709") ? true : (stryCov_9fa48("709", "710", "711"), (stryMutAct_9fa48("713") ? own !== sketch : stryMutAct_9fa48("712") ? true : (stryCov_9fa48("712", "713"), own === sketch)) && (stryMutAct_9fa48("715") ? change.destination.text !== route.destination.text : stryMutAct_9fa48("714") ? true : (stryCov_9fa48("714", "715"), change.destination.text === route.destination.text)));
  }
}
function findUnclaimed(sketch: TableSketch, {
  nodes,
  entitled,
  settings,
  verdict
}: TableContext): Hold[] {
  if (stryMutAct_9fa48("716")) {
    {}
  } else {
    stryCov_9fa48("716");
    return sketch.inside.flatMap(route => {
      if (stryMutAct_9fa48("717")) {
        {}
      } else {
        stryCov_9fa48("717");
        if (stryMutAct_9fa48("720") ? !route.ourKind && route.target.kind !== 'node' : stryMutAct_9fa48("719") ? false : stryMutAct_9fa48("718") ? true : (stryCov_9fa48("718", "719", "720"), (stryMutAct_9fa48("721") ? route.ourKind : (stryCov_9fa48("721"), !route.ourKind)) || (stryMutAct_9fa48("723") ? route.target.kind === 'node' : stryMutAct_9fa48("722") ? false : (stryCov_9fa48("722", "723"), route.target.kind !== (stryMutAct_9fa48("724") ? "" : (stryCov_9fa48("724"), 'node')))))) return stryMutAct_9fa48("725") ? ["Stryker was here"] : (stryCov_9fa48("725"), []);
        if (stryMutAct_9fa48("727") ? false : stryMutAct_9fa48("726") ? true : (stryCov_9fa48("726", "727"), entitled.has(stryMutAct_9fa48("728") ? `` : (stryCov_9fa48("728"), `${route.destination.text} ${route.target.id}`)))) return stryMutAct_9fa48("729") ? ["Stryker was here"] : (stryCov_9fa48("729"), []);
        const node = nodes.get(route.target.id);
        if (stryMutAct_9fa48("732") ? node === undefined && !isClaiming(node, settings.stoppedNodes) : stryMutAct_9fa48("731") ? false : stryMutAct_9fa48("730") ? true : (stryCov_9fa48("730", "731", "732"), (stryMutAct_9fa48("734") ? node !== undefined : stryMutAct_9fa48("733") ? false : (stryCov_9fa48("733", "734"), node === undefined)) || (stryMutAct_9fa48("735") ? isClaiming(node, settings.stoppedNodes) : (stryCov_9fa48("735"), !isClaiming(node, settings.stoppedNodes))))) return stryMutAct_9fa48("736") ? ["Stryker was here"] : (stryCov_9fa48("736"), []);
        if (stryMutAct_9fa48("738") ? false : stryMutAct_9fa48("737") ? true : (stryCov_9fa48("737", "738"), verdict.isRange(node, route.destination))) return stryMutAct_9fa48("739") ? ["Stryker was here"] : (stryCov_9fa48("739"), []);
        return (stryMutAct_9fa48("742") ? route.state === 'active' && node.state !== 'running' : stryMutAct_9fa48("741") ? false : stryMutAct_9fa48("740") ? true : (stryCov_9fa48("740", "741", "742"), (stryMutAct_9fa48("744") ? route.state !== 'active' : stryMutAct_9fa48("743") ? false : (stryCov_9fa48("743", "744"), route.state === (stryMutAct_9fa48("745") ? "" : (stryCov_9fa48("745"), 'active')))) || (stryMutAct_9fa48("747") ? node.state === 'running' : stryMutAct_9fa48("746") ? false : (stryCov_9fa48("746", "747"), node.state !== (stryMutAct_9fa48("748") ? "" : (stryCov_9fa48("748"), 'running')))))) ? stryMutAct_9fa48("749") ? [] : (stryCov_9fa48("749"), [stryMutAct_9fa48("750") ? {} : (stryCov_9fa48("750"), {
          sketch,
          node,
          route
        })]) : stryMutAct_9fa48("751") ? ["Stryker was here"] : (stryCov_9fa48("751"), []);
      }
    });
  }
}
function anchorOf({
  table
}: TableSketch, {
  id
}: Node, family: Family): string {
  if (stryMutAct_9fa48("752")) {
    {}
  } else {
    stryCov_9fa48("752");
    return stryMutAct_9fa48("753") ? `` : (stryCov_9fa48("753"), `${table.id} ${id} ${family}`);
  }
}

/** How many claims of a node are in force in a table, or made so by the plan, by family. Counted where asked for. */
export class Anchors {
  readonly #tables = new Map<TableSketch, Map<string, number>>();
  has(sketch: TableSketch, node: Node, family: Family): boolean {
    if (stryMutAct_9fa48("754")) {
      {}
    } else {
      stryCov_9fa48("754");
      return stryMutAct_9fa48("758") ? (this.#countsOf(sketch).get(anchorOf(sketch, node, family)) ?? 0) <= 0 : stryMutAct_9fa48("757") ? (this.#countsOf(sketch).get(anchorOf(sketch, node, family)) ?? 0) >= 0 : stryMutAct_9fa48("756") ? false : stryMutAct_9fa48("755") ? true : (stryCov_9fa48("755", "756", "757", "758"), (stryMutAct_9fa48("759") ? this.#countsOf(sketch).get(anchorOf(sketch, node, family)) && 0 : (stryCov_9fa48("759"), this.#countsOf(sketch).get(anchorOf(sketch, node, family)) ?? 0)) > 0);
    }
  }

  /** Whether the node has none left after this one. */
  drop(sketch: TableSketch, node: Node, family: Family): boolean {
    if (stryMutAct_9fa48("760")) {
      {}
    } else {
      stryCov_9fa48("760");
      const counts = this.#countsOf(sketch);
      const key = anchorOf(sketch, node, family);
      const left = stryMutAct_9fa48("761") ? (counts.get(key) ?? 0) + 1 : (stryCov_9fa48("761"), (stryMutAct_9fa48("762") ? counts.get(key) && 0 : (stryCov_9fa48("762"), counts.get(key) ?? 0)) - 1);
      if (stryMutAct_9fa48("763")) {
        ;
      } else {
        stryCov_9fa48("763");
        counts.set(key, left);
      }
      return stryMutAct_9fa48("766") ? left !== 0 : stryMutAct_9fa48("765") ? false : stryMutAct_9fa48("764") ? true : (stryCov_9fa48("764", "765", "766"), left === 0);
    }
  }
  #countsOf(sketch: TableSketch): Map<string, number> {
    if (stryMutAct_9fa48("767")) {
      {}
    } else {
      stryCov_9fa48("767");
      const known = this.#tables.get(sketch);
      if (stryMutAct_9fa48("770") ? known === undefined : stryMutAct_9fa48("769") ? false : stryMutAct_9fa48("768") ? true : (stryCov_9fa48("768", "769", "770"), known !== undefined)) return known;
      const counts = new Map<string, number>();
      for (const {
        node,
        cidr
      } of stryMutAct_9fa48("771") ? [] : (stryCov_9fa48("771"), [...sketch.inForce, ...sketch.writes.map(stryMutAct_9fa48("772") ? () => undefined : (stryCov_9fa48("772"), ({
        claim
      }) => claim))])) {
        if (stryMutAct_9fa48("773")) {
          {}
        } else {
          stryCov_9fa48("773");
          const key = anchorOf(sketch, node, cidr.family);
          counts.set(key, stryMutAct_9fa48("775") ? (counts.get(key) ?? 0) - 1 : (stryCov_9fa48("775"), (stryMutAct_9fa48("776") ? counts.get(key) && 0 : (stryCov_9fa48("776"), counts.get(key) ?? 0)) + 1));
        }
      }
      if (stryMutAct_9fa48("777")) {
        ;
      } else {
        stryCov_9fa48("777");
        this.#tables.set(sketch, counts);
      }
      return counts;
    }
  }
}