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
import type { Claim, ClaimDefect, ClaimSource } from '../model.ts';

/** What a node claims in one place, and what was meant as a claim there but is none. */
export interface ClaimReading {
  readonly claims: readonly Claim[];
  readonly defects: readonly ClaimDefect[];
  /** Why a claim may be there that was not seen, as a clause about the user data. */
  readonly unsearched?: string;
}

/** Elements of one value that are read (R12). No node has more networks than that. */
const MAX_ELEMENTS = 64;
/** Longest text of a claim that is shown. */
export const SHOWN = 64;

/** Reads a comma list of CIDRs. Too long a list is one defect, whatever is in it. */
export function readElements(list: string, source: ClaimSource, show: (element: string) => string | null): ClaimReading {
  if (stryMutAct_9fa48("299")) {
    {}
  } else {
    stryCov_9fa48("299");
    // One more than may be, so that the rest of a long list is not even split.
    const elements = list.split(stryMutAct_9fa48("300") ? "" : (stryCov_9fa48("300"), ','), stryMutAct_9fa48("301") ? MAX_ELEMENTS - 1 : (stryCov_9fa48("301"), MAX_ELEMENTS + 1)).map(stryMutAct_9fa48("302") ? () => undefined : (stryCov_9fa48("302"), text => text.replace(stryMutAct_9fa48("304") ? /^ / : stryMutAct_9fa48("303") ? / +/ : (stryCov_9fa48("303", "304"), /^ +/), stryMutAct_9fa48("305") ? "Stryker was here!" : (stryCov_9fa48("305"), '')).replace(stryMutAct_9fa48("307") ? / $/ : stryMutAct_9fa48("306") ? / +/ : (stryCov_9fa48("306", "307"), / +$/), stryMutAct_9fa48("308") ? "Stryker was here!" : (stryCov_9fa48("308"), ''))));
    if (stryMutAct_9fa48("312") ? elements.length <= MAX_ELEMENTS : stryMutAct_9fa48("311") ? elements.length >= MAX_ELEMENTS : stryMutAct_9fa48("310") ? false : stryMutAct_9fa48("309") ? true : (stryCov_9fa48("309", "310", "311", "312"), elements.length > MAX_ELEMENTS)) return refuse(source, stryMutAct_9fa48("313") ? `` : (stryCov_9fa48("313"), `has more than ${MAX_ELEMENTS} elements`));
    const cidrs: Cidr[] = stryMutAct_9fa48("314") ? ["Stryker was here"] : (stryCov_9fa48("314"), []);
    const defects: ClaimDefect[] = stryMutAct_9fa48("315") ? ["Stryker was here"] : (stryCov_9fa48("315"), []);
    const results = elements.map(parseCidr);
    const texts = results.map(stryMutAct_9fa48("316") ? () => undefined : (stryCov_9fa48("316"), result => result.ok ? result.cidr.text : result.corrected));
    const correctedList = texts.includes(null) ? null : (stryMutAct_9fa48("317") ? [] : (stryCov_9fa48("317"), [...new Set(texts)])).join(stryMutAct_9fa48("318") ? "" : (stryCov_9fa48("318"), ','));
    for (const [i, result] of results.entries()) {
      if (stryMutAct_9fa48("319")) {
        {}
      } else {
        stryCov_9fa48("319");
        if (stryMutAct_9fa48("321") ? false : stryMutAct_9fa48("320") ? true : (stryCov_9fa48("320", "321"), result.ok)) {
          if (stryMutAct_9fa48("322")) {
            {}
          } else {
            stryCov_9fa48("322");
            if (stryMutAct_9fa48("323")) {
              ;
            } else {
              stryCov_9fa48("323");
              cidrs.push(result.cidr);
            }
            continue;
          }
        }
        const element = stryMutAct_9fa48("324") ? elements[i] && '' : (stryCov_9fa48("324"), elements[i] ?? (stryMutAct_9fa48("325") ? "Stryker was here!" : (stryCov_9fa48("325"), '')));
        const text = show(element);
        const problem = (stryMutAct_9fa48("328") ? element !== '' : stryMutAct_9fa48("327") ? false : stryMutAct_9fa48("326") ? true : (stryCov_9fa48("326", "327", "328"), element === (stryMutAct_9fa48("329") ? "Stryker was here!" : (stryCov_9fa48("329"), '')))) ? stryMutAct_9fa48("330") ? "" : (stryCov_9fa48("330"), 'has an empty element') : result.problem;
        // What is not shown is not shown corrected either (R11).
        const correction = (stryMutAct_9fa48("333") ? text !== null : stryMutAct_9fa48("332") ? false : stryMutAct_9fa48("331") ? true : (stryCov_9fa48("331", "332", "333"), text === null)) ? stryMutAct_9fa48("334") ? {} : (stryCov_9fa48("334"), {
          corrected: null,
          correctedList: null
        }) : stryMutAct_9fa48("335") ? {} : (stryCov_9fa48("335"), {
          corrected: result.corrected,
          correctedList
        });
        defects.push(stryMutAct_9fa48("337") ? {} : (stryCov_9fa48("337"), {
          source,
          text,
          problem,
          ...correction
        }));
      }
    }
    const claims = distinct(cidrs, stryMutAct_9fa48("338") ? () => undefined : (stryCov_9fa48("338"), ({
      text
    }) => text)).map(stryMutAct_9fa48("339") ? () => undefined : (stryCov_9fa48("339"), (cidr): Claim => stryMutAct_9fa48("340") ? {} : (stryCov_9fa48("340"), {
      cidr,
      source
    })));
    return stryMutAct_9fa48("341") ? {} : (stryCov_9fa48("341"), {
      claims,
      defects
    });
  }
}

/** A reading that is one defect, of which nothing is shown. */
export function refuse(source: ClaimSource, problem: string): ClaimReading {
  if (stryMutAct_9fa48("342")) {
    {}
  } else {
    stryCov_9fa48("342");
    return stryMutAct_9fa48("343") ? {} : (stryCov_9fa48("343"), {
      claims: stryMutAct_9fa48("344") ? ["Stryker was here"] : (stryCov_9fa48("344"), []),
      defects: stryMutAct_9fa48("345") ? [] : (stryCov_9fa48("345"), [stryMutAct_9fa48("346") ? {} : (stryCov_9fa48("346"), {
        source,
        text: null,
        problem,
        corrected: null,
        correctedList: null
      })])
    });
  }
}

/** The items without repetitions. */
export function distinct<T>(items: readonly T[], identify: (item: T) => string): T[] {
  if (stryMutAct_9fa48("347")) {
    {}
  } else {
    stryCov_9fa48("347");
    return stryMutAct_9fa48("348") ? [] : (stryCov_9fa48("348"), [...new Map(items.map(stryMutAct_9fa48("349") ? () => undefined : (stryCov_9fa48("349"), item => stryMutAct_9fa48("350") ? [] : (stryCov_9fa48("350"), [identify(item), item])))).values()]);
  }
}