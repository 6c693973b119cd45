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
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import type { AcceptedClaim } from '../model.ts';

/** Claims, as `cidr node-id`, that have a route of their own, and whether it is in force. */
export type OwnRoutes = ReadonlyMap<string, 'in-force' | 'idle'>;
interface LostClaim extends AcceptedClaim {
  readonly winner: AcceptedClaim;
}
interface Settled {
  readonly accepted: AcceptedClaim[];
  readonly losers: LostClaim[];
}

/**
 * R5, in each routing domain: the claim with a route of its own wins, then a running node's, then the older node's,
 * then the lower id. The order is total and does not depend on the order of reading, so repeated runs agree.
 */
export function settleConflicts(candidates: readonly AcceptedClaim[], own: OwnRoutes): Settled {
  if (stryMutAct_9fa48("75")) {
    {}
  } else {
    stryCov_9fa48("75");
    const domains = Map.groupBy(candidates, stryMutAct_9fa48("76") ? () => undefined : (stryCov_9fa48("76"), ({
      node
    }) => node.domain));
    const settled = (stryMutAct_9fa48("77") ? [] : (stryCov_9fa48("77"), [...domains.values()])).map(stryMutAct_9fa48("78") ? () => undefined : (stryCov_9fa48("78"), group => settleDomain(group, own)));
    return stryMutAct_9fa48("79") ? {} : (stryCov_9fa48("79"), {
      accepted: settled.flatMap(stryMutAct_9fa48("80") ? () => undefined : (stryCov_9fa48("80"), ({
        accepted
      }) => accepted)),
      losers: settled.flatMap(stryMutAct_9fa48("81") ? () => undefined : (stryCov_9fa48("81"), ({
        losers
      }) => losers))
    });
  }
}
function settleDomain(candidates: readonly AcceptedClaim[], own: OwnRoutes): Settled {
  if (stryMutAct_9fa48("82")) {
    {}
  } else {
    stryCov_9fa48("82");
    const networks = new Map(candidates.map(stryMutAct_9fa48("83") ? () => undefined : (stryCov_9fa48("83"), ({
      cidr
    }) => stryMutAct_9fa48("84") ? [] : (stryCov_9fa48("84"), [cidr.text, stryMutAct_9fa48("85") ? {} : (stryCov_9fa48("85"), {
      cidr
    })]))));
    const index: CidrIndex<{
      readonly cidr: Cidr;
    }> = indexByCidr(networks.values());
    const holders = new Map<string, AcceptedClaim>();
    // A claim once accepted stays so: who loses to it loses without another search of a wide network.
    const winners = new Map<string, AcceptedClaim>();
    const accepted: AcceptedClaim[] = stryMutAct_9fa48("86") ? ["Stryker was here"] : (stryCov_9fa48("86"), []);
    const losers: LostClaim[] = stryMutAct_9fa48("87") ? ["Stryker was here"] : (stryCov_9fa48("87"), []);
    for (const {
      claim
    } of rank(candidates, own)) {
      if (stryMutAct_9fa48("88")) {
        {}
      } else {
        stryCov_9fa48("88");
        const {
          text
        } = claim.cidr;
        const rivals = stryMutAct_9fa48("89") ? () => undefined : (stryCov_9fa48("89"), (() => {
          const rivals = (holder: AcceptedClaim | undefined): boolean => stryMutAct_9fa48("92") ? holder !== undefined || holder.node !== claim.node : stryMutAct_9fa48("91") ? false : stryMutAct_9fa48("90") ? true : (stryCov_9fa48("90", "91", "92"), (stryMutAct_9fa48("94") ? holder === undefined : stryMutAct_9fa48("93") ? true : (stryCov_9fa48("93", "94"), holder !== undefined)) && (stryMutAct_9fa48("96") ? holder.node === claim.node : stryMutAct_9fa48("95") ? true : (stryCov_9fa48("95", "96"), holder.node !== claim.node)));
          return rivals;
        })());
        const known = winners.get(text);
        const winner = rivals(known) ? known : index.overlapping(claim.cidr).map(stryMutAct_9fa48("97") ? () => undefined : (stryCov_9fa48("97"), ({
          cidr
        }) => holders.get(cidr.text))).find(rivals);
        if (stryMutAct_9fa48("100") ? winner !== undefined : stryMutAct_9fa48("99") ? false : stryMutAct_9fa48("98") ? true : (stryCov_9fa48("98", "99", "100"), winner === undefined)) {
          if (stryMutAct_9fa48("101")) {
            {}
          } else {
            stryCov_9fa48("101");
            if (stryMutAct_9fa48("102")) {
              ;
            } else {
              stryCov_9fa48("102");
              holders.set(text, claim);
            }
            if (stryMutAct_9fa48("103")) {
              ;
            } else {
              stryCov_9fa48("103");
              accepted.push(claim);
            }
          }
        } else {
          if (stryMutAct_9fa48("104")) {
            {}
          } else {
            stryCov_9fa48("104");
            if (stryMutAct_9fa48("105")) {
              ;
            } else {
              stryCov_9fa48("105");
              winners.set(text, winner);
            }
            losers.push(stryMutAct_9fa48("107") ? {} : (stryCov_9fa48("107"), {
              ...claim,
              winner
            }));
          }
        }
      }
    }
    return stryMutAct_9fa48("108") ? {} : (stryCov_9fa48("108"), {
      accepted,
      losers
    });
  }
}
interface Ranked {
  readonly claim: AcceptedClaim;
  readonly isIncumbent: boolean;
}

/** A route that is not in force for a running node keeps its block against all but a running one that claims the same. */
function rank(candidates: readonly AcceptedClaim[], own: OwnRoutes): Ranked[] {
  if (stryMutAct_9fa48("109")) {
    {}
  } else {
    stryCov_9fa48("109");
    const running = Map.groupBy(stryMutAct_9fa48("110") ? candidates : (stryCov_9fa48("110"), candidates.filter(stryMutAct_9fa48("111") ? () => undefined : (stryCov_9fa48("111"), ({
      node
    }) => stryMutAct_9fa48("114") ? node.state !== 'running' : stryMutAct_9fa48("113") ? false : stryMutAct_9fa48("112") ? true : (stryCov_9fa48("112", "113", "114"), node.state === (stryMutAct_9fa48("115") ? "" : (stryCov_9fa48("115"), 'running')))))), stryMutAct_9fa48("116") ? () => undefined : (stryCov_9fa48("116"), ({
      cidr
    }) => cidr.text));
    return stryMutAct_9fa48("117") ? candidates.map(claim => {
      const {
        node,
        cidr
      } = claim;
      const route = own.get(`${cidr.text} ${node.id}`);
      const isServed = route === 'in-force' && node.state === 'running';
      const hasRival = running.get(cidr.text)?.some(rival => rival.node !== node) ?? false;
      return {
        claim,
        isIncumbent: isServed || route !== undefined && !hasRival
      };
    }) : (stryCov_9fa48("117"), candidates.map(claim => {
      if (stryMutAct_9fa48("118")) {
        {}
      } else {
        stryCov_9fa48("118");
        const {
          node,
          cidr
        } = claim;
        const route = own.get(stryMutAct_9fa48("119") ? `` : (stryCov_9fa48("119"), `${cidr.text} ${node.id}`));
        const isServed = stryMutAct_9fa48("122") ? route === 'in-force' || node.state === 'running' : stryMutAct_9fa48("121") ? false : stryMutAct_9fa48("120") ? true : (stryCov_9fa48("120", "121", "122"), (stryMutAct_9fa48("124") ? route !== 'in-force' : stryMutAct_9fa48("123") ? true : (stryCov_9fa48("123", "124"), route === (stryMutAct_9fa48("125") ? "" : (stryCov_9fa48("125"), 'in-force')))) && (stryMutAct_9fa48("127") ? node.state !== 'running' : stryMutAct_9fa48("126") ? true : (stryCov_9fa48("126", "127"), node.state === (stryMutAct_9fa48("128") ? "" : (stryCov_9fa48("128"), 'running')))));
        const hasRival = stryMutAct_9fa48("129") ? running.get(cidr.text)?.some(rival => rival.node !== node) && false : (stryCov_9fa48("129"), (stryMutAct_9fa48("131") ? running.get(cidr.text).some(rival => rival.node !== node) : stryMutAct_9fa48("130") ? running.get(cidr.text)?.every(rival => rival.node !== node) : (stryCov_9fa48("130", "131"), running.get(cidr.text)?.some(stryMutAct_9fa48("132") ? () => undefined : (stryCov_9fa48("132"), rival => stryMutAct_9fa48("135") ? rival.node === node : stryMutAct_9fa48("134") ? false : stryMutAct_9fa48("133") ? true : (stryCov_9fa48("133", "134", "135"), rival.node !== node))))) ?? (stryMutAct_9fa48("136") ? true : (stryCov_9fa48("136"), false)));
        return stryMutAct_9fa48("137") ? {} : (stryCov_9fa48("137"), {
          claim,
          isIncumbent: stryMutAct_9fa48("140") ? isServed && route !== undefined && !hasRival : stryMutAct_9fa48("139") ? false : stryMutAct_9fa48("138") ? true : (stryCov_9fa48("138", "139", "140"), isServed || (stryMutAct_9fa48("142") ? route !== undefined || !hasRival : stryMutAct_9fa48("141") ? false : (stryCov_9fa48("141", "142"), (stryMutAct_9fa48("144") ? route === undefined : stryMutAct_9fa48("143") ? true : (stryCov_9fa48("143", "144"), route !== undefined)) && (stryMutAct_9fa48("145") ? hasRival : (stryCov_9fa48("145"), !hasRival)))))
        });
      }
    }).sort(compareRank));
  }
}
function compareRank(a: Ranked, b: Ranked): number {
  if (stryMutAct_9fa48("146")) {
    {}
  } else {
    stryCov_9fa48("146");
    const runs = stryMutAct_9fa48("147") ? () => undefined : (stryCov_9fa48("147"), (() => {
      const runs = ({
        claim
      }: Ranked): number => (stryMutAct_9fa48("150") ? claim.node.state !== 'running' : stryMutAct_9fa48("149") ? false : stryMutAct_9fa48("148") ? true : (stryCov_9fa48("148", "149", "150"), claim.node.state === (stryMutAct_9fa48("151") ? "" : (stryCov_9fa48("151"), 'running')))) ? 1 : 0;
      return runs;
    })());
    const order = stryMutAct_9fa48("154") ? (Number(b.isIncumbent) - Number(a.isIncumbent) || runs(b) - runs(a)) && a.claim.node.launchedAt - b.claim.node.launchedAt : stryMutAct_9fa48("153") ? false : stryMutAct_9fa48("152") ? true : (stryCov_9fa48("152", "153", "154"), (stryMutAct_9fa48("156") ? Number(b.isIncumbent) - Number(a.isIncumbent) && runs(b) - runs(a) : stryMutAct_9fa48("155") ? false : (stryCov_9fa48("155", "156"), (stryMutAct_9fa48("157") ? Number(b.isIncumbent) + Number(a.isIncumbent) : (stryCov_9fa48("157"), Number(b.isIncumbent) - Number(a.isIncumbent))) || (stryMutAct_9fa48("158") ? runs(b) + runs(a) : (stryCov_9fa48("158"), runs(b) - runs(a))))) || (stryMutAct_9fa48("159") ? a.claim.node.launchedAt + b.claim.node.launchedAt : (stryCov_9fa48("159"), a.claim.node.launchedAt - b.claim.node.launchedAt)));
    if (stryMutAct_9fa48("162") ? order === 0 : stryMutAct_9fa48("161") ? false : stryMutAct_9fa48("160") ? true : (stryCov_9fa48("160", "161", "162"), order !== 0)) return order;
    if (stryMutAct_9fa48("165") ? a.claim.node.id === b.claim.node.id : stryMutAct_9fa48("164") ? false : stryMutAct_9fa48("163") ? true : (stryCov_9fa48("163", "164", "165"), a.claim.node.id !== b.claim.node.id)) return (stryMutAct_9fa48("169") ? a.claim.node.id >= b.claim.node.id : stryMutAct_9fa48("168") ? a.claim.node.id <= b.claim.node.id : stryMutAct_9fa48("167") ? false : stryMutAct_9fa48("166") ? true : (stryCov_9fa48("166", "167", "168", "169"), a.claim.node.id < b.claim.node.id)) ? stryMutAct_9fa48("170") ? +1 : (stryCov_9fa48("170"), -1) : 1;
    return stryMutAct_9fa48("171") ? a.claim.cidr.prefix + b.claim.cidr.prefix : (stryCov_9fa48("171"), a.claim.cidr.prefix - b.claim.cidr.prefix);
  }
}