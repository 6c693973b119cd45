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
import { type Cidr, containsCidr, overlaps } from '../cidr.ts';
import { claimCoversCluster, claimOutsideCluster, claimOverlapsNetwork, claimReserved } from '../findings.ts';
import type { Finding, Node, Observation, RouteTable } from '../model.ts';

/** The settings that bound every claim alike. */
export interface BoundSettings {
  readonly clusterCidrs: readonly Cidr[];
  readonly reservedCidrs: readonly Cidr[];
}

/** The settings that decide which claims count. */
export interface ClaimSettings extends BoundSettings {
  readonly stoppedNodes: 'keep' | 'remove';
  /** Claims of one node that count. */
  readonly maxClaims: number;
  /** Whether a selected node without a claim is worth a finding. */
  readonly expectClaims: boolean;
  readonly podCidrTag: string;
}

/** What a claim is held against (R7). */
export interface Bounds {
  readonly settings: BoundSettings;
  readonly tables: readonly RouteTable[];
  /** Whether the only claiming node is looked at: it may then claim a whole cluster CIDR. */
  readonly alone: boolean;
}

/** Whether what the node claims still counts. A gone node claims nothing; a stopped one by setting. */
export function isClaiming(node: Node, stoppedNodes: 'keep' | 'remove'): boolean {
  if (stryMutAct_9fa48("0")) {
    {}
  } else {
    stryCov_9fa48("0");
    return stryMutAct_9fa48("3") ? node.state !== 'gone' || !(node.state === 'stopped' && stoppedNodes === 'remove') : stryMutAct_9fa48("2") ? false : stryMutAct_9fa48("1") ? true : (stryCov_9fa48("1", "2", "3"), (stryMutAct_9fa48("5") ? node.state === 'gone' : stryMutAct_9fa48("4") ? true : (stryCov_9fa48("4", "5"), node.state !== (stryMutAct_9fa48("6") ? "" : (stryCov_9fa48("6"), 'gone')))) && (stryMutAct_9fa48("7") ? node.state === 'stopped' && stoppedNodes === 'remove' : (stryCov_9fa48("7"), !(stryMutAct_9fa48("10") ? node.state === 'stopped' || stoppedNodes === 'remove' : stryMutAct_9fa48("9") ? false : stryMutAct_9fa48("8") ? true : (stryCov_9fa48("8", "9", "10"), (stryMutAct_9fa48("12") ? node.state !== 'stopped' : stryMutAct_9fa48("11") ? true : (stryCov_9fa48("11", "12"), node.state === (stryMutAct_9fa48("13") ? "" : (stryCov_9fa48("13"), 'stopped')))) && (stryMutAct_9fa48("15") ? stoppedNodes !== 'remove' : stryMutAct_9fa48("14") ? true : (stryCov_9fa48("14", "15"), stoppedNodes === (stryMutAct_9fa48("16") ? "" : (stryCov_9fa48("16"), 'remove')))))))));
  }
}

/** Whether the node's pods can be reached through this table at all. */
export function sharesDomain(node: Node, table: RouteTable): boolean {
  if (stryMutAct_9fa48("17")) {
    {}
  } else {
    stryCov_9fa48("17");
    return stryMutAct_9fa48("20") ? (node.domain === null || table.domain === null) && node.domain === table.domain : stryMutAct_9fa48("19") ? false : stryMutAct_9fa48("18") ? true : (stryCov_9fa48("18", "19", "20"), (stryMutAct_9fa48("22") ? node.domain === null && table.domain === null : stryMutAct_9fa48("21") ? false : (stryCov_9fa48("21", "22"), (stryMutAct_9fa48("24") ? node.domain !== null : stryMutAct_9fa48("23") ? false : (stryCov_9fa48("23", "24"), node.domain === null)) || (stryMutAct_9fa48("26") ? table.domain !== null : stryMutAct_9fa48("25") ? false : (stryCov_9fa48("25", "26"), table.domain === null)))) || (stryMutAct_9fa48("28") ? node.domain !== table.domain : stryMutAct_9fa48("27") ? false : (stryCov_9fa48("27", "28"), node.domain === table.domain)));
  }
}
export function boundsOf({
  tables,
  failures
}: Observation, settings: BoundSettings, claiming: readonly Node[]): Bounds {
  if (stryMutAct_9fa48("29")) {
    {}
  } else {
    stryCov_9fa48("29");
    // That a node is alone cannot be said when others may not have been read.
    const alone = stryMutAct_9fa48("32") ? claiming.length === 1 || failures.every(({
      what
    }) => what !== 'nodes') : stryMutAct_9fa48("31") ? false : stryMutAct_9fa48("30") ? true : (stryCov_9fa48("30", "31", "32"), (stryMutAct_9fa48("34") ? claiming.length !== 1 : stryMutAct_9fa48("33") ? true : (stryCov_9fa48("33", "34"), claiming.length === 1)) && (stryMutAct_9fa48("35") ? failures.some(({
      what
    }) => what !== 'nodes') : (stryCov_9fa48("35"), failures.every(stryMutAct_9fa48("36") ? () => undefined : (stryCov_9fa48("36"), ({
      what
    }) => stryMutAct_9fa48("39") ? what === 'nodes' : stryMutAct_9fa48("38") ? false : stryMutAct_9fa48("37") ? true : (stryCov_9fa48("37", "38", "39"), what !== (stryMutAct_9fa48("40") ? "" : (stryCov_9fa48("40"), 'nodes'))))))));
    return stryMutAct_9fa48("41") ? {} : (stryCov_9fa48("41"), {
      settings,
      tables,
      alone
    });
  }
}
export function isClusterCidr(cidr: Cidr, {
  clusterCidrs
}: Pick<BoundSettings, 'clusterCidrs'>): boolean {
  if (stryMutAct_9fa48("42")) {
    {}
  } else {
    stryCov_9fa48("42");
    return stryMutAct_9fa48("43") ? clusterCidrs.every(cluster => cluster.text === cidr.text) : (stryCov_9fa48("43"), clusterCidrs.some(stryMutAct_9fa48("44") ? () => undefined : (stryCov_9fa48("44"), cluster => stryMutAct_9fa48("47") ? cluster.text !== cidr.text : stryMutAct_9fa48("46") ? false : stryMutAct_9fa48("45") ? true : (stryCov_9fa48("45", "46", "47"), cluster.text === cidr.text))));
  }
}

/** The first bound of R7 that the claim breaks, or null. */
export function refuseClaim(node: Node, cidr: Cidr, {
  settings,
  tables,
  alone
}: Bounds): Finding | null {
  if (stryMutAct_9fa48("48")) {
    {}
  } else {
    stryCov_9fa48("48");
    const {
      clusterCidrs,
      reservedCidrs
    } = settings;
    if (stryMutAct_9fa48("51") ? false : stryMutAct_9fa48("50") ? true : stryMutAct_9fa48("49") ? clusterCidrs.some(cluster => containsCidr(cluster, cidr)) : (stryCov_9fa48("49", "50", "51"), !(stryMutAct_9fa48("52") ? clusterCidrs.every(cluster => containsCidr(cluster, cidr)) : (stryCov_9fa48("52"), clusterCidrs.some(stryMutAct_9fa48("53") ? () => undefined : (stryCov_9fa48("53"), cluster => containsCidr(cluster, cidr))))))) {
      if (stryMutAct_9fa48("54")) {
        {}
      } else {
        stryCov_9fa48("54");
        return claimOutsideCluster(node, cidr, clusterCidrs);
      }
    }
    if (stryMutAct_9fa48("57") ? isClusterCidr(cidr, settings) || !alone : stryMutAct_9fa48("56") ? false : stryMutAct_9fa48("55") ? true : (stryCov_9fa48("55", "56", "57"), isClusterCidr(cidr, settings) && (stryMutAct_9fa48("58") ? alone : (stryCov_9fa48("58"), !alone)))) return claimCoversCluster(node, cidr);
    const reserved = reservedCidrs.find(stryMutAct_9fa48("59") ? () => undefined : (stryCov_9fa48("59"), range => overlaps(range, cidr)));
    if (stryMutAct_9fa48("62") ? reserved === undefined : stryMutAct_9fa48("61") ? false : stryMutAct_9fa48("60") ? true : (stryCov_9fa48("60", "61", "62"), reserved !== undefined)) return claimReserved(node, cidr, reserved);
    const own = findNetworkOverlap(node, cidr, tables);
    return (stryMutAct_9fa48("65") ? own !== null : stryMutAct_9fa48("64") ? false : stryMutAct_9fa48("63") ? true : (stryCov_9fa48("63", "64", "65"), own === null)) ? null : claimOverlapsNetwork(node, cidr, own);
  }
}
function findNetworkOverlap(node: Node, cidr: Cidr, tables: readonly RouteTable[]): Cidr | null {
  if (stryMutAct_9fa48("66")) {
    {}
  } else {
    stryCov_9fa48("66");
    for (const table of tables) {
      if (stryMutAct_9fa48("67")) {
        {}
      } else {
        stryCov_9fa48("67");
        if (stryMutAct_9fa48("70") ? false : stryMutAct_9fa48("69") ? true : stryMutAct_9fa48("68") ? sharesDomain(node, table) : (stryCov_9fa48("68", "69", "70"), !sharesDomain(node, table))) continue;
        const own = table.networkCidrs.find(stryMutAct_9fa48("71") ? () => undefined : (stryCov_9fa48("71"), range => overlaps(range, cidr)));
        if (stryMutAct_9fa48("74") ? own === undefined : stryMutAct_9fa48("73") ? false : stryMutAct_9fa48("72") ? true : (stryCov_9fa48("72", "73", "74"), own !== undefined)) return own;
      }
    }
    return null;
  }
}