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
import { type Cidr, containsCidr } from '../cidr.ts';
import { type CidrIndex, indexByCidr } from '../cidr-index.ts';
import { type ClaimSettings, sharesDomain } from '../claims/bounds.ts';
import type { ClaimVerdict } from '../claims/judge.ts';
import { conflictingClaim, foreignRoute, nodeUnreachable, tooManyLeftovers } from '../findings.ts';
import type { AcceptedClaim, Change, Finding, NextHop, Node, Route, RouteTable } from '../model.ts';

/** What all tables are compared with. */
export interface TableContext {
  readonly verdict: ClaimVerdict;
  /** Accepted claims, as `cidr node-id`. */
  readonly entitled: ReadonlyMap<string, AcceptedClaim>;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly settings: ClaimSettings;
}

/** A route to make or to turn to another next hop for a claim. */
export interface Write {
  readonly claim: AcceptedClaim;
  readonly change: Change;
}

/** What one table lacks. Filled while its claims and routes are gone through. */
export interface TableSketch {
  readonly table: RouteTable;
  /** Routes inside a cluster CIDR. */
  readonly inside: readonly Route[];
  /** Claims whose route is as it should be. */
  readonly inForce: AcceptedClaim[];
  readonly writes: Write[];
  /** Writes that only a person lets through: whether the next hop is somebody's cannot be told. */
  readonly disputed: Change[];
  readonly findings: Finding[];
  readonly unmet: Set<string>;
  /** A route in the way of a claim, whose target this run has not read. */
  unread: Route | null;
}

/** Compares the claims of a table's domain with its routes. */
export function sketchTable(table: RouteTable, context: TableContext): TableSketch {
  if (stryMutAct_9fa48("974")) {
    {}
  } else {
    stryCov_9fa48("974");
    const inside = stryMutAct_9fa48("975") ? table.routes : (stryCov_9fa48("975"), table.routes.filter(stryMutAct_9fa48("976") ? () => undefined : (stryCov_9fa48("976"), route => isInside(route.destination, context.settings.clusterCidrs))));
    const sketch: TableSketch = stryMutAct_9fa48("977") ? {} : (stryCov_9fa48("977"), {
      table,
      inside,
      inForce: stryMutAct_9fa48("978") ? ["Stryker was here"] : (stryCov_9fa48("978"), []),
      writes: stryMutAct_9fa48("979") ? ["Stryker was here"] : (stryCov_9fa48("979"), []),
      disputed: stryMutAct_9fa48("980") ? ["Stryker was here"] : (stryCov_9fa48("980"), []),
      findings: stryMutAct_9fa48("981") ? ["Stryker was here"] : (stryCov_9fa48("981"), []),
      unmet: new Set(context.verdict.unmet),
      unread: null
    });
    // A propagated route can stand beside a static one of the same destination, which then takes the traffic.
    const routes = new Map(stryMutAct_9fa48("982") ? table.routes.map(route => [route.destination.text, route]) : (stryCov_9fa48("982"), table.routes.filter(stryMutAct_9fa48("983") ? () => undefined : (stryCov_9fa48("983"), ({
      propagated
    }) => stryMutAct_9fa48("984") ? propagated : (stryCov_9fa48("984"), !propagated))).map(stryMutAct_9fa48("985") ? () => undefined : (stryCov_9fa48("985"), route => stryMutAct_9fa48("986") ? [] : (stryCov_9fa48("986"), [route.destination.text, route])))));
    const wanted = stryMutAct_9fa48("987") ? context.verdict.accepted : (stryCov_9fa48("987"), context.verdict.accepted.filter(stryMutAct_9fa48("988") ? () => undefined : (stryCov_9fa48("988"), ({
      node
    }) => sharesDomain(node, table))));
    const blocked = findObstacles(sketch, routes, indexByCidr(wanted), context);
    for (const claim of wanted) {
      if (stryMutAct_9fa48("989")) {
        {}
      } else {
        stryCov_9fa48("989");
        if (stryMutAct_9fa48("991") ? false : stryMutAct_9fa48("990") ? true : (stryCov_9fa48("990", "991"), blocked.has(claim))) {
          if (stryMutAct_9fa48("992")) {
            {}
          } else {
            stryCov_9fa48("992");
            if (stryMutAct_9fa48("993")) {
              ;
            } else {
              stryCov_9fa48("993");
              sketch.unmet.add(claim.node.id);
            }
            continue;
          }
        }
        const route = routes.get(claim.cidr.text);
        if (stryMutAct_9fa48("996") ? route !== undefined : stryMutAct_9fa48("995") ? false : stryMutAct_9fa48("994") ? true : (stryCov_9fa48("994", "995", "996"), route === undefined)) {
          if (stryMutAct_9fa48("997")) {
            ;
          } else {
            stryCov_9fa48("997");
            planCreate(sketch, claim);
          }
        } else if (stryMutAct_9fa48("998")) {
          ;
        } else {
          stryCov_9fa48("998");
          planExisting(sketch, claim, route, context);
        }
      }
    }
    if (stryMutAct_9fa48("999")) {
      ;
    } else {
      stryCov_9fa48("999");
      boundLeftovers(sketch, context);
    }
    return sketch;
  }
}
function isInside(destination: Cidr, clusterCidrs: readonly Cidr[]): boolean {
  if (stryMutAct_9fa48("1000")) {
    {}
  } else {
    stryCov_9fa48("1000");
    return stryMutAct_9fa48("1001") ? clusterCidrs.every(cluster => containsCidr(cluster, destination)) : (stryCov_9fa48("1001"), clusterCidrs.some(stryMutAct_9fa48("1002") ? () => undefined : (stryCov_9fa48("1002"), cluster => containsCidr(cluster, destination))));
  }
}
function planCreate(sketch: TableSketch, claim: AcceptedClaim): void {
  if (stryMutAct_9fa48("1003")) {
    {}
  } else {
    stryCov_9fa48("1003");
    const {
      node,
      cidr
    } = claim;
    if (stryMutAct_9fa48("1006") ? node.state === 'running' : stryMutAct_9fa48("1005") ? false : stryMutAct_9fa48("1004") ? true : (stryCov_9fa48("1004", "1005", "1006"), node.state !== (stryMutAct_9fa48("1007") ? "" : (stryCov_9fa48("1007"), 'running')))) {
      if (stryMutAct_9fa48("1008")) {
        {}
      } else {
        stryCov_9fa48("1008");
        if (stryMutAct_9fa48("1009")) {
          ;
        } else {
          stryCov_9fa48("1009");
          sketch.unmet.add(node.id);
        }
        return;
      }
    }
    const nextHop = node.nextHops[cidr.family];
    if (stryMutAct_9fa48("1012") ? nextHop !== null : stryMutAct_9fa48("1011") ? false : stryMutAct_9fa48("1010") ? true : (stryCov_9fa48("1010", "1011", "1012"), nextHop === null)) {
      if (stryMutAct_9fa48("1013")) {
        ;
      } else {
        stryCov_9fa48("1013");
        refuse(sketch, node, nodeUnreachable(node, cidr));
      }
    } else sketch.writes.push(stryMutAct_9fa48("1015") ? {} : (stryCov_9fa48("1015"), {
      claim,
      change: changeOf(sketch, claim, nextHop, null)
    }));
  }
}
function changeOf({
  table
}: TableSketch, claim: AcceptedClaim, nextHop: NextHop, route: Route | null): Change {
  if (stryMutAct_9fa48("1016")) {
    {}
  } else {
    stryCov_9fa48("1016");
    return stryMutAct_9fa48("1017") ? {} : (stryCov_9fa48("1017"), {
      table: table.id,
      action: (stryMutAct_9fa48("1020") ? route !== null : stryMutAct_9fa48("1019") ? false : stryMutAct_9fa48("1018") ? true : (stryCov_9fa48("1018", "1019", "1020"), route === null)) ? stryMutAct_9fa48("1021") ? "" : (stryCov_9fa48("1021"), 'create') : stryMutAct_9fa48("1022") ? "" : (stryCov_9fa48("1022"), 'replace'),
      destination: claim.cidr,
      nextHop,
      previousNextHop: stryMutAct_9fa48("1023") ? route?.nextHop && null : (stryCov_9fa48("1023"), (stryMutAct_9fa48("1024") ? route.nextHop : (stryCov_9fa48("1024"), route?.nextHop)) ?? null),
      node: claim.node.id,
      reason: (stryMutAct_9fa48("1027") ? route !== null : stryMutAct_9fa48("1026") ? false : stryMutAct_9fa48("1025") ? true : (stryCov_9fa48("1025", "1026", "1027"), route === null)) ? stryMutAct_9fa48("1028") ? "" : (stryCov_9fa48("1028"), 'claimed') : whyReplace(route, nextHop),
      evidence: null
    });
  }
}
function whyReplace(route: Route, nextHop: NextHop): 'blackhole' | 'write-failed' | 'wrong-next-hop' {
  if (stryMutAct_9fa48("1029")) {
    {}
  } else {
    stryCov_9fa48("1029");
    if (stryMutAct_9fa48("1032") ? route.state !== 'blackhole' : stryMutAct_9fa48("1031") ? false : stryMutAct_9fa48("1030") ? true : (stryCov_9fa48("1030", "1031", "1032"), route.state === (stryMutAct_9fa48("1033") ? "" : (stryCov_9fa48("1033"), 'blackhole')))) return stryMutAct_9fa48("1034") ? "" : (stryCov_9fa48("1034"), 'blackhole');
    return (stryMutAct_9fa48("1037") ? route.nextHop?.id !== nextHop.id : stryMutAct_9fa48("1036") ? false : stryMutAct_9fa48("1035") ? true : (stryCov_9fa48("1035", "1036", "1037"), (stryMutAct_9fa48("1038") ? route.nextHop.id : (stryCov_9fa48("1038"), route.nextHop?.id)) === nextHop.id)) ? stryMutAct_9fa48("1039") ? "" : (stryCov_9fa48("1039"), 'write-failed') : stryMutAct_9fa48("1040") ? "" : (stryCov_9fa48("1040"), 'wrong-next-hop');
  }
}
function refuse(sketch: TableSketch, node: Node, finding: Finding): void {
  if (stryMutAct_9fa48("1041")) {
    {}
  } else {
    stryCov_9fa48("1041");
    if (stryMutAct_9fa48("1042")) {
      ;
    } else {
      stryCov_9fa48("1042");
      sketch.findings.push(finding);
    }
    if (stryMutAct_9fa48("1043")) {
      ;
    } else {
      stryCov_9fa48("1043");
      sketch.unmet.add(node.id);
    }
  }
}

/** A route to exactly the claimed destination: right, wrong, foreign, or not to be judged yet. */
function planExisting(sketch: TableSketch, claim: AcceptedClaim, route: Route, context: TableContext): void {
  if (stryMutAct_9fa48("1044")) {
    {}
  } else {
    stryCov_9fa48("1044");
    const {
      node,
      cidr
    } = claim;
    const nextHop = node.nextHops[cidr.family];
    const leadsThere = stryMutAct_9fa48("1047") ? nextHop !== null || route.nextHop?.id === nextHop.id : stryMutAct_9fa48("1046") ? false : stryMutAct_9fa48("1045") ? true : (stryCov_9fa48("1045", "1046", "1047"), (stryMutAct_9fa48("1049") ? nextHop === null : stryMutAct_9fa48("1048") ? true : (stryCov_9fa48("1048", "1049"), nextHop !== null)) && (stryMutAct_9fa48("1051") ? route.nextHop?.id !== nextHop.id : stryMutAct_9fa48("1050") ? true : (stryCov_9fa48("1050", "1051"), (stryMutAct_9fa48("1052") ? route.nextHop.id : (stryCov_9fa48("1052"), route.nextHop?.id)) === nextHop.id)));
    const isInForce = stryMutAct_9fa48("1055") ? route.state === 'active' || !route.writeFailed : stryMutAct_9fa48("1054") ? false : stryMutAct_9fa48("1053") ? true : (stryCov_9fa48("1053", "1054", "1055"), (stryMutAct_9fa48("1057") ? route.state !== 'active' : stryMutAct_9fa48("1056") ? true : (stryCov_9fa48("1056", "1057"), route.state === (stryMutAct_9fa48("1058") ? "" : (stryCov_9fa48("1058"), 'active')))) && (stryMutAct_9fa48("1059") ? route.writeFailed : (stryCov_9fa48("1059"), !route.writeFailed)));
    if (stryMutAct_9fa48("1062") ? leadsThere || isInForce || node.state !== 'running' : stryMutAct_9fa48("1061") ? false : stryMutAct_9fa48("1060") ? true : (stryCov_9fa48("1060", "1061", "1062"), leadsThere && (stryMutAct_9fa48("1064") ? isInForce && node.state !== 'running' : stryMutAct_9fa48("1063") ? true : (stryCov_9fa48("1063", "1064"), isInForce || (stryMutAct_9fa48("1066") ? node.state === 'running' : stryMutAct_9fa48("1065") ? false : (stryCov_9fa48("1065", "1066"), node.state !== (stryMutAct_9fa48("1067") ? "" : (stryCov_9fa48("1067"), 'running')))))))) {
      if (stryMutAct_9fa48("1068")) {
        {}
      } else {
        stryCov_9fa48("1068");
        if (stryMutAct_9fa48("1069")) {
          ;
        } else {
          stryCov_9fa48("1069");
          sketch.inForce.push(claim);
        }
        return;
      }
    }
    if (stryMutAct_9fa48("1072") ? !route.ourKind && route.target.kind === 'stranger' : stryMutAct_9fa48("1071") ? false : stryMutAct_9fa48("1070") ? true : (stryCov_9fa48("1070", "1071", "1072"), (stryMutAct_9fa48("1073") ? route.ourKind : (stryCov_9fa48("1073"), !route.ourKind)) || (stryMutAct_9fa48("1075") ? route.target.kind !== 'stranger' : stryMutAct_9fa48("1074") ? false : (stryCov_9fa48("1074", "1075"), route.target.kind === (stryMutAct_9fa48("1076") ? "" : (stryCov_9fa48("1076"), 'stranger')))))) {
      if (stryMutAct_9fa48("1077")) {
        {}
      } else {
        stryCov_9fa48("1077");
        refuse(sketch, node, foreignRoute(sketch.table, route, node, stryMutAct_9fa48("1079") ? "" : (stryCov_9fa48("1079"), 'error')));
        return;
      }
    }
    if (stryMutAct_9fa48("1082") ? route.target.kind !== 'unread' : stryMutAct_9fa48("1081") ? false : stryMutAct_9fa48("1080") ? true : (stryCov_9fa48("1080", "1081", "1082"), route.target.kind === (stryMutAct_9fa48("1083") ? "" : (stryCov_9fa48("1083"), 'unread')))) {
      if (stryMutAct_9fa48("1084")) {
        {}
      } else {
        stryCov_9fa48("1084");
        sketch.unread = route;
        if (stryMutAct_9fa48("1085")) {
          ;
        } else {
          stryCov_9fa48("1085");
          sketch.unmet.add(node.id);
        }
        return;
      }
    }
    const rival = findRival(claim, route, context);
    if (stryMutAct_9fa48("1088") ? rival === undefined : stryMutAct_9fa48("1087") ? false : stryMutAct_9fa48("1086") ? true : (stryCov_9fa48("1086", "1087", "1088"), rival !== undefined)) {
      if (stryMutAct_9fa48("1089")) {
        ;
      } else {
        stryCov_9fa48("1089");
        refuse(sketch, node, conflictingClaim(node, cidr, rival));
      } // A node that is not running yet, or stopped, takes its route over when it runs.
    } else if (stryMutAct_9fa48("1092") ? node.state === 'running' : stryMutAct_9fa48("1091") ? false : stryMutAct_9fa48("1090") ? true : (stryCov_9fa48("1090", "1091", "1092"), node.state !== (stryMutAct_9fa48("1093") ? "" : (stryCov_9fa48("1093"), 'running')))) {
      if (stryMutAct_9fa48("1094")) {
        ;
      } else {
        stryCov_9fa48("1094");
        sketch.unmet.add(node.id);
      }
    } else if (stryMutAct_9fa48("1097") ? nextHop !== null : stryMutAct_9fa48("1096") ? false : stryMutAct_9fa48("1095") ? true : (stryCov_9fa48("1095", "1096", "1097"), nextHop === null)) {
      if (stryMutAct_9fa48("1098")) {
        ;
      } else {
        stryCov_9fa48("1098");
        refuse(sketch, node, nodeUnreachable(node, cidr));
      }
    } else if (stryMutAct_9fa48("1101") ? route.target.kind === 'vacant' || !route.target.agreed : stryMutAct_9fa48("1100") ? false : stryMutAct_9fa48("1099") ? true : (stryCov_9fa48("1099", "1100", "1101"), (stryMutAct_9fa48("1103") ? route.target.kind !== 'vacant' : stryMutAct_9fa48("1102") ? true : (stryCov_9fa48("1102", "1103"), route.target.kind === (stryMutAct_9fa48("1104") ? "" : (stryCov_9fa48("1104"), 'vacant')))) && (stryMutAct_9fa48("1105") ? route.target.agreed : (stryCov_9fa48("1105"), !route.target.agreed)))) {
      if (stryMutAct_9fa48("1106")) {
        {}
      } else {
        stryCov_9fa48("1106");
        refuse(sketch, node, foreignRoute(sketch.table, route, node, stryMutAct_9fa48("1108") ? "" : (stryCov_9fa48("1108"), 'error')));
        sketch.disputed.push(stryMutAct_9fa48("1110") ? {} : (stryCov_9fa48("1110"), {
          ...changeOf(sketch, claim, nextHop, route),
          evidence: stryMutAct_9fa48("1111") ? "" : (stryCov_9fa48("1111"), 'disputed')
        }));
      }
    } else sketch.writes.push(stryMutAct_9fa48("1113") ? {} : (stryCov_9fa48("1113"), {
      claim,
      change: changeOf(sketch, claim, nextHop, route)
    }));
  }
}

/** Whoever else is entitled to the route that it has: a table can serve several domains. */
function findRival(claim: AcceptedClaim, {
  target
}: Route, {
  entitled
}: TableContext): AcceptedClaim | undefined {
  if (stryMutAct_9fa48("1114")) {
    {}
  } else {
    stryCov_9fa48("1114");
    if (stryMutAct_9fa48("1117") ? target.kind !== 'node' && target.id === claim.node.id : stryMutAct_9fa48("1116") ? false : stryMutAct_9fa48("1115") ? true : (stryCov_9fa48("1115", "1116", "1117"), (stryMutAct_9fa48("1119") ? target.kind === 'node' : stryMutAct_9fa48("1118") ? false : (stryCov_9fa48("1118", "1119"), target.kind !== (stryMutAct_9fa48("1120") ? "" : (stryCov_9fa48("1120"), 'node')))) || (stryMutAct_9fa48("1122") ? target.id !== claim.node.id : stryMutAct_9fa48("1121") ? false : (stryCov_9fa48("1121", "1122"), target.id === claim.node.id)))) return undefined;
    return entitled.get(stryMutAct_9fa48("1123") ? `` : (stryCov_9fa48("1123"), `${claim.cidr.text} ${target.id}`));
  }
}

/**
 * R7: routes that overlap a claim and are not podroutes' to change. Gives the claims that get no route here: those
 * inside a range of somebody else's, whose traffic theirs would take, and those beside a route that this run has not
 * read, since by the longest prefix one could take the traffic of the other for good (R5).
 */
function findObstacles(sketch: TableSketch, routes: ReadonlyMap<string, Route>, claims: CidrIndex<AcceptedClaim>, {
  verdict,
  settings: {
    clusterCidrs
  }
}: TableContext): Set<AcceptedClaim> {
  if (stryMutAct_9fa48("1124")) {
    {}
  } else {
    stryCov_9fa48("1124");
    const blocked = new Set<AcceptedClaim>();
    const hasOwnRoute = ({
      node,
      cidr
    }: AcceptedClaim): boolean => {
      if (stryMutAct_9fa48("1125")) {
        {}
      } else {
        stryCov_9fa48("1125");
        const route = routes.get(cidr.text);
        return stryMutAct_9fa48("1128") ? route?.state === 'active' && route.target.kind === 'node' || route.target.id === node.id : stryMutAct_9fa48("1127") ? false : stryMutAct_9fa48("1126") ? true : (stryCov_9fa48("1126", "1127", "1128"), (stryMutAct_9fa48("1130") ? route?.state === 'active' || route.target.kind === 'node' : stryMutAct_9fa48("1129") ? true : (stryCov_9fa48("1129", "1130"), (stryMutAct_9fa48("1132") ? route?.state !== 'active' : stryMutAct_9fa48("1131") ? true : (stryCov_9fa48("1131", "1132"), (stryMutAct_9fa48("1133") ? route.state : (stryCov_9fa48("1133"), route?.state)) === (stryMutAct_9fa48("1134") ? "" : (stryCov_9fa48("1134"), 'active')))) && (stryMutAct_9fa48("1136") ? route.target.kind !== 'node' : stryMutAct_9fa48("1135") ? true : (stryCov_9fa48("1135", "1136"), route.target.kind === (stryMutAct_9fa48("1137") ? "" : (stryCov_9fa48("1137"), 'node')))))) && (stryMutAct_9fa48("1139") ? route.target.id !== node.id : stryMutAct_9fa48("1138") ? true : (stryCov_9fa48("1138", "1139"), route.target.id === node.id)));
      }
    };
    for (const route of sketch.inside) {
      if (stryMutAct_9fa48("1140")) {
        {}
      } else {
        stryCov_9fa48("1140");
        if (stryMutAct_9fa48("1143") ? route.target.kind !== 'stranger' || route.target.kind !== 'unread' : stryMutAct_9fa48("1142") ? false : stryMutAct_9fa48("1141") ? true : (stryCov_9fa48("1141", "1142", "1143"), (stryMutAct_9fa48("1145") ? route.target.kind === 'stranger' : stryMutAct_9fa48("1144") ? true : (stryCov_9fa48("1144", "1145"), route.target.kind !== (stryMutAct_9fa48("1146") ? "" : (stryCov_9fa48("1146"), 'stranger')))) && (stryMutAct_9fa48("1148") ? route.target.kind === 'unread' : stryMutAct_9fa48("1147") ? true : (stryCov_9fa48("1147", "1148"), route.target.kind !== (stryMutAct_9fa48("1149") ? "" : (stryCov_9fa48("1149"), 'unread')))))) continue;
        const isWide = stryMutAct_9fa48("1150") ? clusterCidrs.every(({
          text
        }) => text === route.destination.text) : (stryCov_9fa48("1150"), clusterCidrs.some(stryMutAct_9fa48("1151") ? () => undefined : (stryCov_9fa48("1151"), ({
          text
        }) => stryMutAct_9fa48("1154") ? text !== route.destination.text : stryMutAct_9fa48("1153") ? false : stryMutAct_9fa48("1152") ? true : (stryCov_9fa48("1152", "1153", "1154"), text === route.destination.text))));
        for (const claim of claims.overlapping(route.destination)) {
          if (stryMutAct_9fa48("1155")) {
            {}
          } else {
            stryCov_9fa48("1155");
            if (stryMutAct_9fa48("1158") ? claim.cidr.text !== route.destination.text : stryMutAct_9fa48("1157") ? false : stryMutAct_9fa48("1156") ? true : (stryCov_9fa48("1156", "1157", "1158"), claim.cidr.text === route.destination.text)) continue;
            if (stryMutAct_9fa48("1161") ? route.target.kind === 'unread' || route.ourKind : stryMutAct_9fa48("1160") ? false : stryMutAct_9fa48("1159") ? true : (stryCov_9fa48("1159", "1160", "1161"), (stryMutAct_9fa48("1163") ? route.target.kind !== 'unread' : stryMutAct_9fa48("1162") ? true : (stryCov_9fa48("1162", "1163"), route.target.kind === (stryMutAct_9fa48("1164") ? "" : (stryCov_9fa48("1164"), 'unread')))) && route.ourKind)) {
              if (stryMutAct_9fa48("1165")) {
                {}
              } else {
                stryCov_9fa48("1165");
                sketch.unread = route;
                if (stryMutAct_9fa48("1166")) {
                  ;
                } else {
                  stryCov_9fa48("1166");
                  blocked.add(claim);
                }
              }
            } else if (stryMutAct_9fa48("1169") ? !isWide && containsCidr(route.destination, claim.cidr) && !hasOwnRoute(claim) ||
            // A node that gave its place up may have left it: it must not shut out all others.
            !(route.ourKind && verdict.isRange(claim.node, route.destination)) : stryMutAct_9fa48("1168") ? false : stryMutAct_9fa48("1167") ? true : (stryCov_9fa48("1167", "1168", "1169"), (stryMutAct_9fa48("1171") ? !isWide && containsCidr(route.destination, claim.cidr) || !hasOwnRoute(claim) : stryMutAct_9fa48("1170") ? true : (stryCov_9fa48("1170", "1171"), (stryMutAct_9fa48("1173") ? !isWide || containsCidr(route.destination, claim.cidr) : stryMutAct_9fa48("1172") ? true : (stryCov_9fa48("1172", "1173"), (stryMutAct_9fa48("1174") ? isWide : (stryCov_9fa48("1174"), !isWide)) && containsCidr(route.destination, claim.cidr))) && (stryMutAct_9fa48("1175") ? hasOwnRoute(claim) : (stryCov_9fa48("1175"), !hasOwnRoute(claim))))) && (// A node that gave its place up may have left it: it must not shut out all others.
            stryMutAct_9fa48("1176") ? route.ourKind && verdict.isRange(claim.node, route.destination) : (stryCov_9fa48("1176"), !(stryMutAct_9fa48("1179") ? route.ourKind || verdict.isRange(claim.node, route.destination) : stryMutAct_9fa48("1178") ? false : stryMutAct_9fa48("1177") ? true : (stryCov_9fa48("1177", "1178", "1179"), route.ourKind && verdict.isRange(claim.node, route.destination))))))) {
              if (stryMutAct_9fa48("1180")) {
                {}
              } else {
                stryCov_9fa48("1180");
                refuse(sketch, claim.node, foreignRoute(sketch.table, route, claim.node, stryMutAct_9fa48("1182") ? "" : (stryCov_9fa48("1182"), 'error')));
                if (stryMutAct_9fa48("1183")) {
                  ;
                } else {
                  stryCov_9fa48("1183");
                  blocked.add(claim);
                }
              }
            } else if (stryMutAct_9fa48("1186") ? false : stryMutAct_9fa48("1185") ? true : stryMutAct_9fa48("1184") ? isWide : (stryCov_9fa48("1184", "1185", "1186"), !isWide)) {
              if (stryMutAct_9fa48("1187")) {
                {}
              } else {
                stryCov_9fa48("1187");
                sketch.findings.push(foreignRoute(sketch.table, route, claim.node, stryMutAct_9fa48("1189") ? "" : (stryCov_9fa48("1189"), 'warning')));
              }
            }
          }
        }
      }
    }
    return blocked;
  }
}

/**
 * R7: claims that come and go leave routes behind for a while. As many as claims count may be left over, so that a node
 * can move all of them at once; a node that has more gets no further one.
 */
function boundLeftovers(sketch: TableSketch, {
  entitled,
  settings
}: TableContext): void {
  if (stryMutAct_9fa48("1190")) {
    {}
  } else {
    stryCov_9fa48("1190");
    if (stryMutAct_9fa48("1193") ? sketch.writes.length !== 0 : stryMutAct_9fa48("1192") ? false : stryMutAct_9fa48("1191") ? true : (stryCov_9fa48("1191", "1192", "1193"), sketch.writes.length === 0)) return;
    const leftovers = new Map(sketch.writes.map(stryMutAct_9fa48("1194") ? () => undefined : (stryCov_9fa48("1194"), ({
      claim
    }) => stryMutAct_9fa48("1195") ? [] : (stryCov_9fa48("1195"), [claim.node.id, 0]))));
    for (const {
      target,
      destination,
      ourKind
    } of sketch.inside) {
      if (stryMutAct_9fa48("1196")) {
        {}
      } else {
        stryCov_9fa48("1196");
        if (stryMutAct_9fa48("1199") ? (!ourKind || target.kind !== 'node') && entitled.has(`${destination.text} ${target.id}`) : stryMutAct_9fa48("1198") ? false : stryMutAct_9fa48("1197") ? true : (stryCov_9fa48("1197", "1198", "1199"), (stryMutAct_9fa48("1201") ? !ourKind && target.kind !== 'node' : stryMutAct_9fa48("1200") ? false : (stryCov_9fa48("1200", "1201"), (stryMutAct_9fa48("1202") ? ourKind : (stryCov_9fa48("1202"), !ourKind)) || (stryMutAct_9fa48("1204") ? target.kind === 'node' : stryMutAct_9fa48("1203") ? false : (stryCov_9fa48("1203", "1204"), target.kind !== (stryMutAct_9fa48("1205") ? "" : (stryCov_9fa48("1205"), 'node')))))) || entitled.has(stryMutAct_9fa48("1206") ? `` : (stryCov_9fa48("1206"), `${destination.text} ${target.id}`)))) continue;
        const count = leftovers.get(target.id);
        if (stryMutAct_9fa48("1209") ? count === undefined : stryMutAct_9fa48("1208") ? false : stryMutAct_9fa48("1207") ? true : (stryCov_9fa48("1207", "1208", "1209"), count !== undefined)) leftovers.set(target.id, stryMutAct_9fa48("1211") ? count - 1 : (stryCov_9fa48("1211"), count + 1));
      }
    }
    const fitting = stryMutAct_9fa48("1212") ? sketch.writes : (stryCov_9fa48("1212"), sketch.writes.filter(({
      claim: {
        node
      }
    }) => {
      if (stryMutAct_9fa48("1213")) {
        {}
      } else {
        stryCov_9fa48("1213");
        const count = stryMutAct_9fa48("1214") ? leftovers.get(node.id) && 0 : (stryCov_9fa48("1214"), leftovers.get(node.id) ?? 0);
        if (stryMutAct_9fa48("1218") ? count > settings.maxClaims : stryMutAct_9fa48("1217") ? count < settings.maxClaims : stryMutAct_9fa48("1216") ? false : stryMutAct_9fa48("1215") ? true : (stryCov_9fa48("1215", "1216", "1217", "1218"), count <= settings.maxClaims)) return stryMutAct_9fa48("1219") ? false : (stryCov_9fa48("1219"), true);
        if (stryMutAct_9fa48("1220")) {
          ;
        } else {
          stryCov_9fa48("1220");
          refuse(sketch, node, tooManyLeftovers(node, sketch.table, count, settings.maxClaims));
        }
        return stryMutAct_9fa48("1221") ? true : (stryCov_9fa48("1221"), false);
      }
    }));
    if (stryMutAct_9fa48("1225") ? fitting.length >= sketch.writes.length : stryMutAct_9fa48("1224") ? fitting.length <= sketch.writes.length : stryMutAct_9fa48("1223") ? false : stryMutAct_9fa48("1222") ? true : (stryCov_9fa48("1222", "1223", "1224", "1225"), fitting.length < sketch.writes.length)) if (stryMutAct_9fa48("1226")) {
      ;
    } else {
      stryCov_9fa48("1226");
      sketch.writes.splice(0, sketch.writes.length, ...fitting);
    }
  }
}