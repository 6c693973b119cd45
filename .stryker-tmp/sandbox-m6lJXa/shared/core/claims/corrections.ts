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
import { type Cidr, parseCidr } from '../cidr.ts';
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import { labelNode } from '../findings.ts';
import type { ClaimDefect, FindingCode, Node, Observation } from '../model.ts';
import { type BoundSettings, type Bounds, boundsOf, type ClaimSettings, isClaiming, refuseClaim } from './bounds.ts';

/**
 * By node id, what the tag of a node has to say instead of a claim with host bits. Nothing for nodes where something
 * else is wrong with it, or another claim or a bound stands against it: a person has to decide then.
 */
export function findCorrections(observation: Observation, settings: BoundSettings & Pick<ClaimSettings, 'stoppedNodes'>): ReadonlyMap<string, string> {
  if (stryMutAct_9fa48("172")) {
    {}
  } else {
    stryCov_9fa48("172");
    const claiming = stryMutAct_9fa48("173") ? observation.nodes : (stryCov_9fa48("173"), observation.nodes.filter(stryMutAct_9fa48("174") ? () => undefined : (stryCov_9fa48("174"), each => isClaiming(each, settings.stoppedNodes))));
    const bounds = boundsOf(observation, settings, claiming);
    const correctable = indexCorrectable(claiming);
    return new Map(claiming.flatMap((node): [string, string][] => {
      if (stryMutAct_9fa48("175")) {
        {}
      } else {
        stryCov_9fa48("175");
        const value = stryMutAct_9fa48("176") ? node.defects[0]?.correctedList && null : (stryCov_9fa48("176"), (stryMutAct_9fa48("177") ? node.defects[0].correctedList : (stryCov_9fa48("177"), node.defects[0]?.correctedList)) ?? null);
        const isSure = stryMutAct_9fa48("178") ? node.defects.some(defect => defect.source === 'tag' && objectTo(node, defect, correctable, bounds) === null) : (stryCov_9fa48("178"), node.defects.every(stryMutAct_9fa48("179") ? () => undefined : (stryCov_9fa48("179"), defect => stryMutAct_9fa48("182") ? defect.source === 'tag' || objectTo(node, defect, correctable, bounds) === null : stryMutAct_9fa48("181") ? false : stryMutAct_9fa48("180") ? true : (stryCov_9fa48("180", "181", "182"), (stryMutAct_9fa48("184") ? defect.source !== 'tag' : stryMutAct_9fa48("183") ? true : (stryCov_9fa48("183", "184"), defect.source === (stryMutAct_9fa48("185") ? "" : (stryCov_9fa48("185"), 'tag')))) && (stryMutAct_9fa48("187") ? objectTo(node, defect, correctable, bounds) !== null : stryMutAct_9fa48("186") ? true : (stryCov_9fa48("186", "187"), objectTo(node, defect, correctable, bounds) === null))))));
        return (stryMutAct_9fa48("190") ? isSure || value !== null : stryMutAct_9fa48("189") ? false : stryMutAct_9fa48("188") ? true : (stryCov_9fa48("188", "189", "190"), isSure && (stryMutAct_9fa48("192") ? value === null : stryMutAct_9fa48("191") ? true : (stryCov_9fa48("191", "192"), value !== null)))) ? stryMutAct_9fa48("193") ? [] : (stryCov_9fa48("193"), [stryMutAct_9fa48("194") ? [] : (stryCov_9fa48("194"), [node.id, value])]) : stryMutAct_9fa48("195") ? ["Stryker was here"] : (stryCov_9fa48("195"), []);
      }
    }));
  }
}

/** As clauses about a CIDR. */
const OBJECTIONS: Readonly<Partial<Record<FindingCode, string>>> = stryMutAct_9fa48("196") ? {} : (stryCov_9fa48("196"), {
  'claim-outside-cluster': stryMutAct_9fa48("197") ? "" : (stryCov_9fa48("197"), 'lies outside the cluster CIDRs'),
  'claim-covers-cluster': stryMutAct_9fa48("198") ? "" : (stryCov_9fa48("198"), 'is the whole cluster CIDR'),
  'claim-overlaps-network': stryMutAct_9fa48("199") ? "" : (stryCov_9fa48("199"), 'overlaps addresses of the network itself'),
  'claim-reserved': stryMutAct_9fa48("200") ? "" : (stryCov_9fa48("200"), 'lies in a reserved range')
});

/** Why what a defect seems to mean would get no route either; null where nothing is known against it. */
export function objectTo(node: Node, {
  corrected
}: ClaimDefect, correctable: CidrIndex<Correctable>, bounds: Bounds): string | null {
  if (stryMutAct_9fa48("201")) {
    {}
  } else {
    stryCov_9fa48("201");
    const [cidr] = (stryMutAct_9fa48("204") ? corrected !== null : stryMutAct_9fa48("203") ? false : stryMutAct_9fa48("202") ? true : (stryCov_9fa48("202", "203", "204"), corrected === null)) ? stryMutAct_9fa48("205") ? ["Stryker was here"] : (stryCov_9fa48("205"), []) : readCidrs(corrected);
    if (stryMutAct_9fa48("208") ? cidr !== undefined : stryMutAct_9fa48("207") ? false : stryMutAct_9fa48("206") ? true : (stryCov_9fa48("206", "207", "208"), cidr === undefined)) return null;
    const refusal = refuseClaim(node, cidr, bounds);
    if (stryMutAct_9fa48("211") ? refusal === null : stryMutAct_9fa48("210") ? false : stryMutAct_9fa48("209") ? true : (stryCov_9fa48("209", "210", "211"), refusal !== null)) return stryMutAct_9fa48("212") ? OBJECTIONS[refusal.code] && 'is refused, too' : (stryCov_9fa48("212"), OBJECTIONS[refusal.code] ?? (stryMutAct_9fa48("213") ? "" : (stryCov_9fa48("213"), 'is refused, too')));
    const rival = correctable.overlapping(cidr).find(stryMutAct_9fa48("214") ? () => undefined : (stryCov_9fa48("214"), each => stryMutAct_9fa48("217") ? each.node.id === node.id : stryMutAct_9fa48("216") ? false : stryMutAct_9fa48("215") ? true : (stryCov_9fa48("215", "216", "217"), each.node.id !== node.id)));
    if (stryMutAct_9fa48("220") ? rival !== undefined : stryMutAct_9fa48("219") ? false : stryMutAct_9fa48("218") ? true : (stryCov_9fa48("218", "219", "220"), rival === undefined)) return null;
    const who = stryMutAct_9fa48("221") ? `` : (stryCov_9fa48("221"), `${labelNode(rival.node)} ${rival.how}`);
    return (stryMutAct_9fa48("224") ? rival.cidr.text !== cidr.text : stryMutAct_9fa48("223") ? false : stryMutAct_9fa48("222") ? true : (stryCov_9fa48("222", "223", "224"), rival.cidr.text === cidr.text)) ? who : stryMutAct_9fa48("225") ? `` : (stryCov_9fa48("225"), `overlaps ${rival.cidr.text}, which ${who}`);
  }
}

/** What a node claims, or would but for host bits. */
export interface Correctable {
  readonly node: Node;
  readonly cidr: Cidr;
  readonly how: 'claims' | 'seems to mean, too';
}

/** For corrections alone: where nothing is to be corrected there is nothing in it. */
export function indexCorrectable(claiming: readonly Node[]): CidrIndex<Correctable> {
  if (stryMutAct_9fa48("226")) {
    {}
  } else {
    stryCov_9fa48("226");
    if (stryMutAct_9fa48("229") ? claiming.some(({
      defects
    }) => defects.length === 0) : stryMutAct_9fa48("228") ? false : stryMutAct_9fa48("227") ? true : (stryCov_9fa48("227", "228", "229"), claiming.every(stryMutAct_9fa48("230") ? () => undefined : (stryCov_9fa48("230"), ({
      defects
    }) => stryMutAct_9fa48("233") ? defects.length !== 0 : stryMutAct_9fa48("232") ? false : stryMutAct_9fa48("231") ? true : (stryCov_9fa48("231", "232", "233"), defects.length === 0))))) return indexByCidr(stryMutAct_9fa48("234") ? ["Stryker was here"] : (stryCov_9fa48("234"), []));
    return indexByCidr(claiming.flatMap(stryMutAct_9fa48("235") ? () => undefined : (stryCov_9fa48("235"), (node): Correctable[] => stryMutAct_9fa48("236") ? [] : (stryCov_9fa48("236"), [...node.claims.map(stryMutAct_9fa48("237") ? () => undefined : (stryCov_9fa48("237"), ({
      cidr
    }) => stryMutAct_9fa48("238") ? {} : (stryCov_9fa48("238"), {
      node,
      cidr,
      how: 'claims' as const
    }))), ...node.defects.flatMap(stryMutAct_9fa48("239") ? () => undefined : (stryCov_9fa48("239"), ({
      corrected
    }) => readCidrs(stryMutAct_9fa48("240") ? corrected && '' : (stryCov_9fa48("240"), corrected ?? (stryMutAct_9fa48("241") ? "Stryker was here!" : (stryCov_9fa48("241"), '')))))).map(stryMutAct_9fa48("242") ? () => undefined : (stryCov_9fa48("242"), cidr => stryMutAct_9fa48("243") ? {} : (stryCov_9fa48("243"), {
      node,
      cidr,
      how: 'seems to mean, too' as const
    })))]))));
  }
}
function readCidrs(text: string): Cidr[] {
  if (stryMutAct_9fa48("244")) {
    {}
  } else {
    stryCov_9fa48("244");
    const result = parseCidr(text);
    return result.ok ? stryMutAct_9fa48("245") ? [] : (stryCov_9fa48("245"), [result.cidr]) : stryMutAct_9fa48("246") ? ["Stryker was here"] : (stryCov_9fa48("246"), []);
  }
}