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
import { type ClaimReading, readElements, refuse, SHOWN } from './elements.ts';

/** Longest value of a tag: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html, and Azure's too. */
const MAX_TAG = 256;
const NOTHING: ClaimReading = stryMutAct_9fa48("531") ? {} : (stryCov_9fa48("531"), {
  claims: stryMutAct_9fa48("532") ? ["Stryker was here"] : (stryCov_9fa48("532"), []),
  defects: stryMutAct_9fa48("533") ? ["Stryker was here"] : (stryCov_9fa48("533"), [])
});

/**
 * Reads a tag value: one CIDR or a comma list. A blank value claims nothing.
 *
 * @example readTagClaims('10.200.0.0/24, fd00:200::/64') //=> two claims
 */
export function readTagClaims(value: string): ClaimReading {
  if (stryMutAct_9fa48("534")) {
    {}
  } else {
    stryCov_9fa48("534");
    if (stryMutAct_9fa48("538") ? value.length <= MAX_TAG : stryMutAct_9fa48("537") ? value.length >= MAX_TAG : stryMutAct_9fa48("536") ? false : stryMutAct_9fa48("535") ? true : (stryCov_9fa48("535", "536", "537", "538"), value.length > MAX_TAG)) return refuse(stryMutAct_9fa48("539") ? "" : (stryCov_9fa48("539"), 'tag'), stryMutAct_9fa48("540") ? `` : (stryCov_9fa48("540"), `is longer than ${MAX_TAG} characters`));
    return (stryMutAct_9fa48("543") ? value.trim() !== '' : stryMutAct_9fa48("542") ? false : stryMutAct_9fa48("541") ? true : (stryCov_9fa48("541", "542", "543"), (stryMutAct_9fa48("544") ? value : (stryCov_9fa48("544"), value.trim())) === (stryMutAct_9fa48("545") ? "Stryker was here!" : (stryCov_9fa48("545"), '')))) ? NOTHING : readElements(value, stryMutAct_9fa48("546") ? "" : (stryCov_9fa48("546"), 'tag'), showTag);
  }
}

/**
 * Reads user data, as base64, for every spelling of `key` with a value, as the machine reads it. The same
 * value may be repeated; where values of one family differ, or one of them is only known to the node, nothing
 * is claimed: no claim is safer than a wrong one.
 *
 * @example await readUserDataClaims(btoa('name=worker-0|pod-cidr=10.200.0.0/24')) //=> one claim
 */
export async function readUserDataClaims(base64: string, key = stryMutAct_9fa48("547") ? "" : (stryCov_9fa48("547"), 'pod-cidr')): Promise<ClaimReading> {
  if (stryMutAct_9fa48("548")) {
    {}
  } else {
    stryCov_9fa48("548");
    if (stryMutAct_9fa48("551") ? base64 !== '' : stryMutAct_9fa48("550") ? false : stryMutAct_9fa48("549") ? true : (stryCov_9fa48("549", "550", "551"), base64 === (stryMutAct_9fa48("552") ? "Stryker was here!" : (stryCov_9fa48("552"), '')))) return NOTHING;
    // The readers and the YAML library are loaded where a node has user data to read, and not at start.
    const {
      searchUserData
    } = await import('./user-data/search.ts');
    return searchUserData(base64, key).reading;
  }
}
function showTag(element: string): string {
  if (stryMutAct_9fa48("553")) {
    {}
  } else {
    stryCov_9fa48("553");
    return stryMutAct_9fa48("554") ? element.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '') : (stryCov_9fa48("554"), element.replace(stryMutAct_9fa48("559") ? /[\p{Cc}\p{Cf}\p{Zl}\P{Zp}]/gu : stryMutAct_9fa48("558") ? /[\p{Cc}\p{Cf}\P{Zl}\p{Zp}]/gu : stryMutAct_9fa48("557") ? /[\p{Cc}\P{Cf}\p{Zl}\p{Zp}]/gu : stryMutAct_9fa48("556") ? /[\P{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu : stryMutAct_9fa48("555") ? /[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu : (stryCov_9fa48("555", "556", "557", "558", "559"), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu), stryMutAct_9fa48("560") ? "Stryker was here!" : (stryCov_9fa48("560"), '')).slice(0, SHOWN));
  }
}