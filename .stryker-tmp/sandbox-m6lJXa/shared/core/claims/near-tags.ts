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
import type { Config } from '../config/config.ts';
import { SHOWN } from './elements.ts';

/** A tag that is looked for: its key as it is read, and the values that count; null for any. */
export interface WantedTag {
  readonly key: string;
  readonly values: readonly string[] | null;
}

/** The tag that makes a machine a node: the one of the settings, else the cluster's, else the claim itself. */
export function selectingTag({
  nodeTag,
  podCidrTag
}: Pick<Config, 'nodeTag' | 'podCidrTag'>, ofCluster: WantedTag | null): WantedTag {
  if (stryMutAct_9fa48("471")) {
    {}
  } else {
    stryCov_9fa48("471");
    if (stryMutAct_9fa48("474") ? nodeTag === null : stryMutAct_9fa48("473") ? false : stryMutAct_9fa48("472") ? true : (stryCov_9fa48("472", "473", "474"), nodeTag !== null)) return stryMutAct_9fa48("475") ? {} : (stryCov_9fa48("475"), {
      key: nodeTag.key,
      values: (stryMutAct_9fa48("478") ? nodeTag.value !== null : stryMutAct_9fa48("477") ? false : stryMutAct_9fa48("476") ? true : (stryCov_9fa48("476", "477", "478"), nodeTag.value === null)) ? null : stryMutAct_9fa48("479") ? [] : (stryCov_9fa48("479"), [nodeTag.value])
    });
    return stryMutAct_9fa48("480") ? ofCluster && {
      key: podCidrTag,
      values: null
    } : (stryCov_9fa48("480"), ofCluster ?? (stryMutAct_9fa48("481") ? {} : (stryCov_9fa48("481"), {
      key: podCidrTag,
      values: null
    })));
  }
}

/** The key of a tag that differs from the one that is read in case and signs alone; null where there is none. */
export function findOtherSpelling(tags: ReadonlyMap<string, string>, key: string): string | null {
  if (stryMutAct_9fa48("482")) {
    {}
  } else {
    stryCov_9fa48("482");
    if (stryMutAct_9fa48("484") ? false : stryMutAct_9fa48("483") ? true : (stryCov_9fa48("483", "484"), tags.get(key))) return null;
    const letters = lettersOf(key);
    return stryMutAct_9fa48("485") ? [...tags.keys()].find(other => other !== key && isPlain(other) && lettersOf(other) === letters) && null : (stryCov_9fa48("485"), (stryMutAct_9fa48("486") ? [] : (stryCov_9fa48("486"), [...tags.keys()])).find(stryMutAct_9fa48("487") ? () => undefined : (stryCov_9fa48("487"), other => stryMutAct_9fa48("490") ? other !== key && isPlain(other) || lettersOf(other) === letters : stryMutAct_9fa48("489") ? false : stryMutAct_9fa48("488") ? true : (stryCov_9fa48("488", "489", "490"), (stryMutAct_9fa48("492") ? other !== key || isPlain(other) : stryMutAct_9fa48("491") ? true : (stryCov_9fa48("491", "492"), (stryMutAct_9fa48("494") ? other === key : stryMutAct_9fa48("493") ? true : (stryCov_9fa48("493", "494"), other !== key)) && isPlain(other))) && (stryMutAct_9fa48("496") ? lettersOf(other) !== letters : stryMutAct_9fa48("495") ? true : (stryCov_9fa48("495", "496"), lettersOf(other) === letters))))) ?? null);
  }
}

/** How close tags come to one that they lack, as a sentence; null where nothing seems to be meant so. */
export function describeNearMiss(tags: ReadonlyMap<string, string>, {
  key,
  values
}: WantedTag): string | null {
  if (stryMutAct_9fa48("497")) {
    {}
  } else {
    stryCov_9fa48("497");
    const value = tags.get(key);
    if (stryMutAct_9fa48("500") ? value !== undefined : stryMutAct_9fa48("499") ? false : stryMutAct_9fa48("498") ? true : (stryCov_9fa48("498", "499", "500"), value === undefined)) {
      if (stryMutAct_9fa48("501")) {
        {}
      } else {
        stryCov_9fa48("501");
        const spelling = findOtherSpelling(tags, key);
        return (stryMutAct_9fa48("504") ? spelling !== null : stryMutAct_9fa48("503") ? false : stryMutAct_9fa48("502") ? true : (stryCov_9fa48("502", "503", "504"), spelling === null)) ? null : stryMutAct_9fa48("505") ? `` : (stryCov_9fa48("505"), `It has the tag ${spelling}; only ${key} is read.`);
      }
    }
    if (stryMutAct_9fa48("508") ? values === null && values.includes(value) : stryMutAct_9fa48("507") ? false : stryMutAct_9fa48("506") ? true : (stryCov_9fa48("506", "507", "508"), (stryMutAct_9fa48("510") ? values !== null : stryMutAct_9fa48("509") ? false : (stryCov_9fa48("509", "510"), values === null)) || values.includes(value))) return null;
    const found = isPlain(value) ? stryMutAct_9fa48("511") ? `` : (stryCov_9fa48("511"), `the value "${value}"`) : stryMutAct_9fa48("512") ? "" : (stryCov_9fa48("512"), 'another value');
    return stryMutAct_9fa48("513") ? `` : (stryCov_9fa48("513"), `Its tag ${key} has ${found}; expected ${values.join(stryMutAct_9fa48("514") ? "" : (stryCov_9fa48("514"), ' or '))}.`);
  }
}

/** Whether a text of somebody else's can be shown as it is. */
function isPlain(text: string): boolean {
  if (stryMutAct_9fa48("515")) {
    {}
  } else {
    stryCov_9fa48("515");
    return stryMutAct_9fa48("518") ? text.length <= SHOWN || /^[\x20-\x7e]*$/.test(text) : stryMutAct_9fa48("517") ? false : stryMutAct_9fa48("516") ? true : (stryCov_9fa48("516", "517", "518"), (stryMutAct_9fa48("521") ? text.length > SHOWN : stryMutAct_9fa48("520") ? text.length < SHOWN : stryMutAct_9fa48("519") ? true : (stryCov_9fa48("519", "520", "521"), text.length <= SHOWN)) && (stryMutAct_9fa48("525") ? /^[^\x20-\x7e]*$/ : stryMutAct_9fa48("524") ? /^[\x20-\x7e]$/ : stryMutAct_9fa48("523") ? /^[\x20-\x7e]*/ : stryMutAct_9fa48("522") ? /[\x20-\x7e]*$/ : (stryCov_9fa48("522", "523", "524", "525"), /^[\x20-\x7e]*$/)).test(text));
  }
}
function lettersOf(key: string): string {
  if (stryMutAct_9fa48("526")) {
    {}
  } else {
    stryCov_9fa48("526");
    return stryMutAct_9fa48("527") ? key.toUpperCase().replaceAll(/[^a-z\d]/g, '') : (stryCov_9fa48("527"), key.toLowerCase().replaceAll(stryMutAct_9fa48("529") ? /[^a-z\D]/g : stryMutAct_9fa48("528") ? /[a-z\d]/g : (stryCov_9fa48("528", "529"), /[^a-z\d]/g), stryMutAct_9fa48("530") ? "Stryker was here!" : (stryCov_9fa48("530"), '')));
  }
}