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
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import type { AcceptedClaim, Node } from '../model.ts';

/** Tells blocks of one node from ranges of a whole cluster, which configuration files name too. */
export type Coverage = (node: Node, cidr: Cidr) => boolean;
interface Claimants {
  readonly cidr: Cidr;
  readonly nodes: Set<Node>;
}

/** The nodes whose claims lie in a range, all of them and those that claim a part alone. */
interface Covered {
  readonly all: ReadonlySet<Node>;
  readonly parts: ReadonlySet<Node>;
}

/**
 * R5: whether a range covers the claims of most other nodes of the node's domain. Two of them at least must claim
 * parts of it, so that one node alone can prove nothing against another.
 */
export function measureCoverage(claims: readonly AcceptedClaim[]): Coverage {
  if (stryMutAct_9fa48("247")) {
    {}
  } else {
    stryCov_9fa48("247");
    const byDomain = Map.groupBy(claims, stryMutAct_9fa48("248") ? () => undefined : (stryCov_9fa48("248"), ({
      node
    }) => node.domain));
    const domains = new Map((stryMutAct_9fa48("249") ? [] : (stryCov_9fa48("249"), [...byDomain])).map(stryMutAct_9fa48("250") ? () => undefined : (stryCov_9fa48("250"), ([domain, group]) => stryMutAct_9fa48("251") ? [] : (stryCov_9fa48("251"), [domain, measureDomain(group)]))));
    return stryMutAct_9fa48("252") ? () => undefined : (stryCov_9fa48("252"), (node, cidr) => stryMutAct_9fa48("253") ? domains.get(node.domain)?.(node, cidr) && false : (stryCov_9fa48("253"), (stryMutAct_9fa48("254") ? domains.get(node.domain)(node, cidr) : (stryCov_9fa48("254"), domains.get(node.domain)?.(node, cidr))) ?? (stryMutAct_9fa48("255") ? true : (stryCov_9fa48("255"), false))));
  }
}
function measureDomain(claims: readonly AcceptedClaim[]): Coverage {
  if (stryMutAct_9fa48("256")) {
    {}
  } else {
    stryCov_9fa48("256");
    const index = indexClaims(claims);
    const claiming = stryMutAct_9fa48("257") ? {} : (stryCov_9fa48("257"), {
      4: claimingOf(claims, 4),
      6: claimingOf(claims, 6)
    });
    // R12: what many nodes claim alike is looked at once.
    const known = new Map<string, Covered>();
    return (node, cidr) => {
      if (stryMutAct_9fa48("258")) {
        {}
      } else {
        stryCov_9fa48("258");
        const {
          all,
          parts
        } = stryMutAct_9fa48("259") ? known.get(cidr.text) && findCovered(index, cidr) : (stryCov_9fa48("259"), known.get(cidr.text) ?? findCovered(index, cidr));
        known.set(cidr.text, stryMutAct_9fa48("261") ? {} : (stryCov_9fa48("261"), {
          all,
          parts
        }));
        const others = stryMutAct_9fa48("262") ? () => undefined : (stryCov_9fa48("262"), (() => {
          const others = (nodes: ReadonlySet<Node>): number => stryMutAct_9fa48("263") ? nodes.size + (nodes.has(node) ? 1 : 0) : (stryCov_9fa48("263"), nodes.size - (nodes.has(node) ? 1 : 0));
          return others;
        })());
        return stryMutAct_9fa48("266") ? others(parts) >= 2 || others(all) * 2 > others(claiming[cidr.family]) : stryMutAct_9fa48("265") ? false : stryMutAct_9fa48("264") ? true : (stryCov_9fa48("264", "265", "266"), (stryMutAct_9fa48("269") ? others(parts) < 2 : stryMutAct_9fa48("268") ? others(parts) > 2 : stryMutAct_9fa48("267") ? true : (stryCov_9fa48("267", "268", "269"), others(parts) >= 2)) && (stryMutAct_9fa48("272") ? others(all) * 2 <= others(claiming[cidr.family]) : stryMutAct_9fa48("271") ? others(all) * 2 >= others(claiming[cidr.family]) : stryMutAct_9fa48("270") ? true : (stryCov_9fa48("270", "271", "272"), (stryMutAct_9fa48("273") ? others(all) / 2 : (stryCov_9fa48("273"), others(all) * 2)) > others(claiming[cidr.family]))));
      }
    };
  }
}
function findCovered(index: CidrIndex<Claimants>, cidr: Cidr): Covered {
  if (stryMutAct_9fa48("274")) {
    {}
  } else {
    stryCov_9fa48("274");
    const covered = stryMutAct_9fa48("275") ? index.overlapping(cidr) : (stryCov_9fa48("275"), index.overlapping(cidr).filter(stryMutAct_9fa48("276") ? () => undefined : (stryCov_9fa48("276"), each => containsCidr(cidr, each.cidr))));
    const nodesOf = stryMutAct_9fa48("277") ? () => undefined : (stryCov_9fa48("277"), (() => {
      const nodesOf = (claimants: readonly Claimants[]): Set<Node> => new Set(claimants.flatMap(stryMutAct_9fa48("278") ? () => undefined : (stryCov_9fa48("278"), ({
        nodes
      }) => stryMutAct_9fa48("279") ? [] : (stryCov_9fa48("279"), [...nodes]))));
      return nodesOf;
    })());
    return stryMutAct_9fa48("280") ? {} : (stryCov_9fa48("280"), {
      all: nodesOf(covered),
      parts: nodesOf(stryMutAct_9fa48("281") ? covered : (stryCov_9fa48("281"), covered.filter(stryMutAct_9fa48("282") ? () => undefined : (stryCov_9fa48("282"), each => stryMutAct_9fa48("285") ? each.cidr.text === cidr.text : stryMutAct_9fa48("284") ? false : stryMutAct_9fa48("283") ? true : (stryCov_9fa48("283", "284", "285"), each.cidr.text !== cidr.text)))))
    });
  }
}
function claimingOf(claims: readonly AcceptedClaim[], family: Family): Set<Node> {
  if (stryMutAct_9fa48("286")) {
    {}
  } else {
    stryCov_9fa48("286");
    return new Set(stryMutAct_9fa48("287") ? claims.map(({
      node
    }) => node) : (stryCov_9fa48("287"), claims.filter(stryMutAct_9fa48("288") ? () => undefined : (stryCov_9fa48("288"), ({
      cidr
    }) => stryMutAct_9fa48("291") ? cidr.family !== family : stryMutAct_9fa48("290") ? false : stryMutAct_9fa48("289") ? true : (stryCov_9fa48("289", "290", "291"), cidr.family === family))).map(stryMutAct_9fa48("292") ? () => undefined : (stryCov_9fa48("292"), ({
      node
    }) => node))));
  }
}
function indexClaims(claims: readonly AcceptedClaim[]): CidrIndex<Claimants> {
  if (stryMutAct_9fa48("293")) {
    {}
  } else {
    stryCov_9fa48("293");
    const byText = new Map<string, Claimants>();
    for (const {
      node,
      cidr
    } of claims) {
      if (stryMutAct_9fa48("294")) {
        {}
      } else {
        stryCov_9fa48("294");
        const claimants = stryMutAct_9fa48("295") ? byText.get(cidr.text) && {
          cidr,
          nodes: new Set()
        } : (stryCov_9fa48("295"), byText.get(cidr.text) ?? (stryMutAct_9fa48("296") ? {} : (stryCov_9fa48("296"), {
          cidr,
          nodes: new Set()
        })));
        if (stryMutAct_9fa48("297")) {
          ;
        } else {
          stryCov_9fa48("297");
          claimants.nodes.add(node);
        }
        if (stryMutAct_9fa48("298")) {
          ;
        } else {
          stryCov_9fa48("298");
          byText.set(cidr.text, claimants);
        }
      }
    }
    return indexByCidr(byText.values());
  }
}