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
import { type ClaimSettings, sharesDomain } from '../claims/bounds.ts';
import { judgeClaims } from '../claims/judge.ts';
import { forwardingDisabled, networkNotRouted, noClaims, subnetNotRouted } from '../findings.ts';
import type { AcceptedClaim, Change, Finding, Node, Observation } from '../model.ts';
import { planDeletions } from './deletions.ts';
import { Anchors, holdRoutes } from './holds.ts';
import { sketchTable, type TableSketch } from './table.ts';
export interface PlanSettings extends ClaimSettings {
  readonly forwarding: 'ensure' | 'report' | 'ignore';
}

/** What would bring the tables in step with the claims. */
export interface Plan {
  readonly changes: readonly Change[];
  /** Claims whose routes are as they should be, by table id. */
  readonly inForce: ReadonlyMap<string, readonly AcceptedClaim[]>;
  /** Nodes that need forwarding switched on before the network passes their pods' packets. */
  readonly forwarding: readonly Node[];
  readonly findings: readonly Finding[];
  /** Ids of nodes with a claim that no change of this plan would meet. */
  readonly unmet: ReadonlySet<string>;
  /** Routes that are already as claimed. */
  readonly unchanged: number;
  /** Why a scoped observation is not enough to decide; the run then looks at everything. */
  readonly widen: string | null;
}

/** Compares claims with tables. Pure: the same observation and settings give the same plan. */
export function planRoutes(observation: Observation, settings: PlanSettings): Plan {
  if (stryMutAct_9fa48("778")) {
    {}
  } else {
    stryCov_9fa48("778");
    const verdict = judgeClaims(observation, settings);
    const nodes = new Map(observation.nodes.map(stryMutAct_9fa48("779") ? () => undefined : (stryCov_9fa48("779"), node => stryMutAct_9fa48("780") ? [] : (stryCov_9fa48("780"), [node.id, node]))));
    const entitled = new Map(verdict.accepted.map(stryMutAct_9fa48("781") ? () => undefined : (stryCov_9fa48("781"), claim => stryMutAct_9fa48("782") ? [] : (stryCov_9fa48("782"), [stryMutAct_9fa48("783") ? `` : (stryCov_9fa48("783"), `${claim.cidr.text} ${claim.node.id}`), claim]))));
    const context = stryMutAct_9fa48("784") ? {} : (stryCov_9fa48("784"), {
      verdict,
      entitled,
      nodes,
      settings
    });
    const sketches = observation.tables.map(stryMutAct_9fa48("785") ? () => undefined : (stryCov_9fa48("785"), table => sketchTable(table, context)));
    const anchors = new Anchors();
    const deferred = holdRoutes(sketches, anchors, context);
    const deletions = sketches.flatMap(stryMutAct_9fa48("786") ? () => undefined : (stryCov_9fa48("786"), sketch => planDeletions(sketch, anchors, context)));
    const wide = stryMutAct_9fa48("789") ? observation.scope.kind !== 'all' : stryMutAct_9fa48("788") ? false : stryMutAct_9fa48("787") ? true : (stryCov_9fa48("787", "788", "789"), observation.scope.kind === (stryMutAct_9fa48("790") ? "" : (stryCov_9fa48("790"), 'all')));
    const running = stryMutAct_9fa48("791") ? distinctNodes(verdict.accepted) : (stryCov_9fa48("791"), distinctNodes(verdict.accepted).filter(stryMutAct_9fa48("792") ? () => undefined : (stryCov_9fa48("792"), node => stryMutAct_9fa48("795") ? node.state !== 'running' : stryMutAct_9fa48("794") ? false : stryMutAct_9fa48("793") ? true : (stryCov_9fa48("793", "794", "795"), node.state === (stryMutAct_9fa48("796") ? "" : (stryCov_9fa48("796"), 'running'))))));
    const outside = stryMutAct_9fa48("797") ? running : (stryCov_9fa48("797"), running.filter(stryMutAct_9fa48("798") ? () => undefined : (stryCov_9fa48("798"), node => stryMutAct_9fa48("799") ? observation.tables.some(table => sharesDomain(node, table)) : (stryCov_9fa48("799"), !(stryMutAct_9fa48("800") ? observation.tables.every(table => sharesDomain(node, table)) : (stryCov_9fa48("800"), observation.tables.some(stryMutAct_9fa48("801") ? () => undefined : (stryCov_9fa48("801"), table => sharesDomain(node, table)))))))));
    const shut = stryMutAct_9fa48("802") ? running : (stryCov_9fa48("802"), running.filter(stryMutAct_9fa48("803") ? () => undefined : (stryCov_9fa48("803"), node => stryMutAct_9fa48("806") ? node.forwarding === 'off' || !outside.includes(node) : stryMutAct_9fa48("805") ? false : stryMutAct_9fa48("804") ? true : (stryCov_9fa48("804", "805", "806"), (stryMutAct_9fa48("808") ? node.forwarding !== 'off' : stryMutAct_9fa48("807") ? true : (stryCov_9fa48("807", "808"), node.forwarding === (stryMutAct_9fa48("809") ? "" : (stryCov_9fa48("809"), 'off')))) && (stryMutAct_9fa48("810") ? outside.includes(node) : (stryCov_9fa48("810"), !outside.includes(node)))))));
    return stryMutAct_9fa48("811") ? {} : (stryCov_9fa48("811"), {
      changes: stryMutAct_9fa48("812") ? [] : (stryCov_9fa48("812"), [...sketches.flatMap(stryMutAct_9fa48("813") ? () => undefined : (stryCov_9fa48("813"), ({
        writes
      }) => writes.map(stryMutAct_9fa48("814") ? () => undefined : (stryCov_9fa48("814"), ({
        change
      }) => change)))),
      // R4: what is not proven rests on what all others claim.
      ...(stryMutAct_9fa48("815") ? [...deferred, ...sketches.flatMap(({
        disputed
      }) => disputed), ...deletions] : (stryCov_9fa48("815"), (stryMutAct_9fa48("816") ? [] : (stryCov_9fa48("816"), [...deferred, ...sketches.flatMap(stryMutAct_9fa48("817") ? () => undefined : (stryCov_9fa48("817"), ({
        disputed
      }) => disputed)), ...deletions])).filter(stryMutAct_9fa48("818") ? () => undefined : (stryCov_9fa48("818"), ({
        evidence
      }) => stryMutAct_9fa48("821") ? wide && evidence === 'proven' : stryMutAct_9fa48("820") ? false : stryMutAct_9fa48("819") ? true : (stryCov_9fa48("819", "820", "821"), wide || (stryMutAct_9fa48("823") ? evidence !== 'proven' : stryMutAct_9fa48("822") ? false : (stryCov_9fa48("822", "823"), evidence === (stryMutAct_9fa48("824") ? "" : (stryCov_9fa48("824"), 'proven')))))))))]),
      inForce: new Map(sketches.map(stryMutAct_9fa48("825") ? () => undefined : (stryCov_9fa48("825"), ({
        table,
        inForce
      }) => stryMutAct_9fa48("826") ? [] : (stryCov_9fa48("826"), [table.id, inForce])))),
      forwarding: (stryMutAct_9fa48("829") ? settings.forwarding !== 'ensure' : stryMutAct_9fa48("828") ? false : stryMutAct_9fa48("827") ? true : (stryCov_9fa48("827", "828", "829"), settings.forwarding === (stryMutAct_9fa48("830") ? "" : (stryCov_9fa48("830"), 'ensure')))) ? shut : stryMutAct_9fa48("831") ? ["Stryker was here"] : (stryCov_9fa48("831"), []),
      findings: stryMutAct_9fa48("832") ? [] : (stryCov_9fa48("832"), [...distinctFindings(stryMutAct_9fa48("833") ? [] : (stryCov_9fa48("833"), [...verdict.findings, ...sketches.flatMap(stryMutAct_9fa48("834") ? () => undefined : (stryCov_9fa48("834"), sketch => sketch.findings))])), ...findNoClaims(observation, sketches, settings), ...((stryMutAct_9fa48("837") ? settings.forwarding !== 'report' : stryMutAct_9fa48("836") ? false : stryMutAct_9fa48("835") ? true : (stryCov_9fa48("835", "836", "837"), settings.forwarding === (stryMutAct_9fa48("838") ? "" : (stryCov_9fa48("838"), 'report')))) ? shut.map(stryMutAct_9fa48("839") ? () => undefined : (stryCov_9fa48("839"), node => forwardingDisabled(node, null))) : stryMutAct_9fa48("840") ? ["Stryker was here"] : (stryCov_9fa48("840"), [])), ...findUnroutedSubnets(running, observation)]),
      unmet: new Set(stryMutAct_9fa48("841") ? [] : (stryCov_9fa48("841"), [...verdict.unmet, ...outside.map(stryMutAct_9fa48("842") ? () => undefined : (stryCov_9fa48("842"), ({
        id
      }) => id)), ...sketches.flatMap(stryMutAct_9fa48("843") ? () => undefined : (stryCov_9fa48("843"), sketch => stryMutAct_9fa48("844") ? [] : (stryCov_9fa48("844"), [...sketch.unmet])))])),
      unchanged: sketches.reduce(stryMutAct_9fa48("845") ? () => undefined : (stryCov_9fa48("845"), (sum, {
        inForce
      }) => stryMutAct_9fa48("846") ? sum - inForce.length : (stryCov_9fa48("846"), sum + inForce.length)), 0),
      widen: wide ? null : stryMutAct_9fa48("847") ? (verdict.widen ?? whyWidenDeaths(observation)) && findUnread(sketches) : (stryCov_9fa48("847"), (stryMutAct_9fa48("848") ? verdict.widen && whyWidenDeaths(observation) : (stryCov_9fa48("848"), verdict.widen ?? whyWidenDeaths(observation))) ?? findUnread(sketches))
    });
  }
}

/** Tables that several findings agree on tell a person the same thing once. */
function distinctFindings(findings: readonly Finding[]): Finding[] {
  if (stryMutAct_9fa48("849")) {
    {}
  } else {
    stryCov_9fa48("849");
    return stryMutAct_9fa48("850") ? [] : (stryCov_9fa48("850"), [...new Map(findings.map(stryMutAct_9fa48("851") ? () => undefined : (stryCov_9fa48("851"), finding => stryMutAct_9fa48("852") ? [] : (stryCov_9fa48("852"), [JSON.stringify(finding), finding])))).values()]);
  }
}

/** A route that stands in the way of a claim, and whose target this run has not read. */
function findUnread(sketches: readonly TableSketch[]): string | null {
  if (stryMutAct_9fa48("853")) {
    {}
  } else {
    stryCov_9fa48("853");
    const route = sketches.map(stryMutAct_9fa48("854") ? () => undefined : (stryCov_9fa48("854"), ({
      unread
    }) => unread)).find(stryMutAct_9fa48("855") ? () => undefined : (stryCov_9fa48("855"), unread => stryMutAct_9fa48("858") ? unread === null : stryMutAct_9fa48("857") ? false : stryMutAct_9fa48("856") ? true : (stryCov_9fa48("856", "857", "858"), unread !== null)));
    return route ? stryMutAct_9fa48("859") ? `` : (stryCov_9fa48("859"), `the target of the route to ${route.destination.text} was not read`) : null;
  }
}

/** A route that has lost its target does not say whose it was; where a node has died, it may have been that one's. */
function whyWidenDeaths({
  nodes,
  missing,
  tables
}: Observation): string | null {
  if (stryMutAct_9fa48("860")) {
    {}
  } else {
    stryCov_9fa48("860");
    if (stryMutAct_9fa48("863") ? missing.length === 0 || !nodes.some(({
      state
    }) => state === 'gone') : stryMutAct_9fa48("862") ? false : stryMutAct_9fa48("861") ? true : (stryCov_9fa48("861", "862", "863"), (stryMutAct_9fa48("865") ? missing.length !== 0 : stryMutAct_9fa48("864") ? true : (stryCov_9fa48("864", "865"), missing.length === 0)) && (stryMutAct_9fa48("866") ? nodes.some(({
      state
    }) => state === 'gone') : (stryCov_9fa48("866"), !(stryMutAct_9fa48("867") ? nodes.every(({
      state
    }) => state === 'gone') : (stryCov_9fa48("867"), nodes.some(stryMutAct_9fa48("868") ? () => undefined : (stryCov_9fa48("868"), ({
      state
    }) => stryMutAct_9fa48("871") ? state !== 'gone' : stryMutAct_9fa48("870") ? false : stryMutAct_9fa48("869") ? true : (stryCov_9fa48("869", "870", "871"), state === (stryMutAct_9fa48("872") ? "" : (stryCov_9fa48("872"), 'gone'))))))))))) return null;
    const lost = tables.flatMap(stryMutAct_9fa48("873") ? () => undefined : (stryCov_9fa48("873"), ({
      routes
    }) => routes)).find(stryMutAct_9fa48("874") ? () => undefined : (stryCov_9fa48("874"), ({
      ourKind,
      state,
      target
    }) => stryMutAct_9fa48("877") ? ourKind && state === 'blackhole' || target.kind === 'unread' || target.kind === 'vacant' : stryMutAct_9fa48("876") ? false : stryMutAct_9fa48("875") ? true : (stryCov_9fa48("875", "876", "877"), (stryMutAct_9fa48("879") ? ourKind || state === 'blackhole' : stryMutAct_9fa48("878") ? true : (stryCov_9fa48("878", "879"), ourKind && (stryMutAct_9fa48("881") ? state !== 'blackhole' : stryMutAct_9fa48("880") ? true : (stryCov_9fa48("880", "881"), state === (stryMutAct_9fa48("882") ? "" : (stryCov_9fa48("882"), 'blackhole')))))) && (stryMutAct_9fa48("884") ? target.kind === 'unread' && target.kind === 'vacant' : stryMutAct_9fa48("883") ? true : (stryCov_9fa48("883", "884"), (stryMutAct_9fa48("886") ? target.kind !== 'unread' : stryMutAct_9fa48("885") ? false : (stryCov_9fa48("885", "886"), target.kind === (stryMutAct_9fa48("887") ? "" : (stryCov_9fa48("887"), 'unread')))) || (stryMutAct_9fa48("889") ? target.kind !== 'vacant' : stryMutAct_9fa48("888") ? false : (stryCov_9fa48("888", "889"), target.kind === (stryMutAct_9fa48("890") ? "" : (stryCov_9fa48("890"), 'vacant')))))))));
    return (stryMutAct_9fa48("893") ? lost !== undefined : stryMutAct_9fa48("892") ? false : stryMutAct_9fa48("891") ? true : (stryCov_9fa48("891", "892", "893"), lost === undefined)) ? null : stryMutAct_9fa48("894") ? `` : (stryCov_9fa48("894"), `the route to ${lost.destination.text} has lost its target`);
  }
}
function findNoClaims({
  scope,
  nodes,
  failures
}: Observation, sketches: readonly TableSketch[], {
  podCidrTag
}: ClaimSettings): Finding[] {
  if (stryMutAct_9fa48("895")) {
    {}
  } else {
    stryCov_9fa48("895");
    const living = stryMutAct_9fa48("896") ? nodes : (stryCov_9fa48("896"), nodes.filter(stryMutAct_9fa48("897") ? () => undefined : (stryCov_9fa48("897"), ({
      state
    }) => stryMutAct_9fa48("900") ? state === 'gone' : stryMutAct_9fa48("899") ? false : stryMutAct_9fa48("898") ? true : (stryCov_9fa48("898", "899", "900"), state !== (stryMutAct_9fa48("901") ? "" : (stryCov_9fa48("901"), 'gone'))))));
    const anyClaim = stryMutAct_9fa48("902") ? living.every(({
      claims,
      defects,
      claimsKnown
    }) => claims.length + defects.length > 0 || !claimsKnown) : (stryCov_9fa48("902"), living.some(stryMutAct_9fa48("903") ? () => undefined : (stryCov_9fa48("903"), ({
      claims,
      defects,
      claimsKnown
    }) => stryMutAct_9fa48("906") ? claims.length + defects.length > 0 && !claimsKnown : stryMutAct_9fa48("905") ? false : stryMutAct_9fa48("904") ? true : (stryCov_9fa48("904", "905", "906"), (stryMutAct_9fa48("909") ? claims.length + defects.length <= 0 : stryMutAct_9fa48("908") ? claims.length + defects.length >= 0 : stryMutAct_9fa48("907") ? false : (stryCov_9fa48("907", "908", "909"), (stryMutAct_9fa48("910") ? claims.length - defects.length : (stryCov_9fa48("910"), claims.length + defects.length)) > 0)) || (stryMutAct_9fa48("911") ? claimsKnown : (stryCov_9fa48("911"), !claimsKnown))))));
    if (stryMutAct_9fa48("914") ? (scope.kind === 'nodes' || failures.length > 0) && anyClaim : stryMutAct_9fa48("913") ? false : stryMutAct_9fa48("912") ? true : (stryCov_9fa48("912", "913", "914"), (stryMutAct_9fa48("916") ? scope.kind === 'nodes' && failures.length > 0 : stryMutAct_9fa48("915") ? false : (stryCov_9fa48("915", "916"), (stryMutAct_9fa48("918") ? scope.kind !== 'nodes' : stryMutAct_9fa48("917") ? false : (stryCov_9fa48("917", "918"), scope.kind === (stryMutAct_9fa48("919") ? "" : (stryCov_9fa48("919"), 'nodes')))) || (stryMutAct_9fa48("922") ? failures.length <= 0 : stryMutAct_9fa48("921") ? failures.length >= 0 : stryMutAct_9fa48("920") ? false : (stryCov_9fa48("920", "921", "922"), failures.length > 0)))) || anyClaim)) return stryMutAct_9fa48("923") ? ["Stryker was here"] : (stryCov_9fa48("923"), []);
    const ids = new Set(living.map(stryMutAct_9fa48("924") ? () => undefined : (stryCov_9fa48("924"), ({
      id
    }) => id)));
    const routes = stryMutAct_9fa48("925") ? sketches.flatMap(({
      inside
    }) => inside) : (stryCov_9fa48("925"), sketches.flatMap(stryMutAct_9fa48("926") ? () => undefined : (stryCov_9fa48("926"), ({
      inside
    }) => inside)).filter(stryMutAct_9fa48("927") ? () => undefined : (stryCov_9fa48("927"), ({
      ourKind,
      target
    }) => stryMutAct_9fa48("930") ? ourKind && target.kind === 'node' || ids.has(target.id) : stryMutAct_9fa48("929") ? false : stryMutAct_9fa48("928") ? true : (stryCov_9fa48("928", "929", "930"), (stryMutAct_9fa48("932") ? ourKind || target.kind === 'node' : stryMutAct_9fa48("931") ? true : (stryCov_9fa48("931", "932"), ourKind && (stryMutAct_9fa48("934") ? target.kind !== 'node' : stryMutAct_9fa48("933") ? true : (stryCov_9fa48("933", "934"), target.kind === (stryMutAct_9fa48("935") ? "" : (stryCov_9fa48("935"), 'node')))))) && ids.has(target.id)))));
    return (stryMutAct_9fa48("938") ? routes.length !== 0 : stryMutAct_9fa48("937") ? false : stryMutAct_9fa48("936") ? true : (stryCov_9fa48("936", "937", "938"), routes.length === 0)) ? stryMutAct_9fa48("939") ? ["Stryker was here"] : (stryCov_9fa48("939"), []) : stryMutAct_9fa48("940") ? [] : (stryCov_9fa48("940"), [noClaims(living.length, routes.length, podCidrTag)]);
  }
}
function distinctNodes(accepted: readonly AcceptedClaim[]): Node[] {
  if (stryMutAct_9fa48("941")) {
    {}
  } else {
    stryCov_9fa48("941");
    return stryMutAct_9fa48("942") ? [] : (stryCov_9fa48("942"), [...new Set(accepted.map(stryMutAct_9fa48("943") ? () => undefined : (stryCov_9fa48("943"), ({
      node
    }) => node)))]);
  }
}
function findUnroutedSubnets(running: readonly Node[], {
  tables,
  failures
}: Observation): Finding[] {
  if (stryMutAct_9fa48("944")) {
    {}
  } else {
    stryCov_9fa48("944");
    if (stryMutAct_9fa48("947") ? failures.every(({
      what
    }) => what === 'table') : stryMutAct_9fa48("946") ? false : stryMutAct_9fa48("945") ? true : (stryCov_9fa48("945", "946", "947"), failures.some(stryMutAct_9fa48("948") ? () => undefined : (stryCov_9fa48("948"), ({
      what
    }) => stryMutAct_9fa48("951") ? what !== 'table' : stryMutAct_9fa48("950") ? false : stryMutAct_9fa48("949") ? true : (stryCov_9fa48("949", "950", "951"), what === (stryMutAct_9fa48("952") ? "" : (stryCov_9fa48("952"), 'table'))))))) return stryMutAct_9fa48("953") ? ["Stryker was here"] : (stryCov_9fa48("953"), []);
    return running.flatMap(node => {
      if (stryMutAct_9fa48("954")) {
        {}
      } else {
        stryCov_9fa48("954");
        const {
          subnet
        } = node;
        const around = stryMutAct_9fa48("955") ? tables : (stryCov_9fa48("955"), tables.filter(stryMutAct_9fa48("956") ? () => undefined : (stryCov_9fa48("956"), table => sharesDomain(node, table))));
        if (stryMutAct_9fa48("959") ? around.length !== 0 : stryMutAct_9fa48("958") ? false : stryMutAct_9fa48("957") ? true : (stryCov_9fa48("957", "958", "959"), around.length === 0)) return stryMutAct_9fa48("960") ? [] : (stryCov_9fa48("960"), [networkNotRouted(node)]);
        if (stryMutAct_9fa48("963") ? subnet !== null : stryMutAct_9fa48("962") ? false : stryMutAct_9fa48("961") ? true : (stryCov_9fa48("961", "962", "963"), subnet === null)) return stryMutAct_9fa48("964") ? ["Stryker was here"] : (stryCov_9fa48("964"), []);
        const served = stryMutAct_9fa48("965") ? around.every(({
          subnets
        }) => subnets === null || subnets.includes(subnet)) : (stryCov_9fa48("965"), around.some(stryMutAct_9fa48("966") ? () => undefined : (stryCov_9fa48("966"), ({
          subnets
        }) => stryMutAct_9fa48("969") ? subnets === null && subnets.includes(subnet) : stryMutAct_9fa48("968") ? false : stryMutAct_9fa48("967") ? true : (stryCov_9fa48("967", "968", "969"), (stryMutAct_9fa48("971") ? subnets !== null : stryMutAct_9fa48("970") ? false : (stryCov_9fa48("970", "971"), subnets === null)) || subnets.includes(subnet)))));
        return served ? stryMutAct_9fa48("972") ? ["Stryker was here"] : (stryCov_9fa48("972"), []) : stryMutAct_9fa48("973") ? [] : (stryCov_9fa48("973"), [subnetNotRouted(node, subnet)]);
      }
    });
  }
}