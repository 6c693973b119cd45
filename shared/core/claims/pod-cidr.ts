import { type Cidr, type Family, parseCidr } from '../cidr.ts';
import type { Claim, ClaimDefect, ClaimSource } from '../model.ts';
import { findSettings, type SettingText } from './pod-cidr-text.ts';
import { decodeUserData } from './user-data.ts';

/** What a node claims in one place, and what was meant as a claim there but is none. */
export interface ClaimReading {
  readonly claims: readonly Claim[];
  readonly defects: readonly ClaimDefect[];
}

/** Longest text of a claim that is shown. */
const SHOWN = 64;

/**
 * Reads a tag value: one CIDR or a comma list. A blank value claims nothing.
 *
 * @example readTagClaims('10.200.0.0/24, fd00:200::/64') //=> two claims
 */
export function readTagClaims(value: string): ClaimReading {
  return value.trim() === '' ? NOTHING : readElements(value, 'tag', showTag);
}

/**
 * Reads user data, as base64, for every spelling of `key` with a value. The same value may be repeated; where
 * values of one family differ, or one of them is only known to the node, nothing is claimed: no claim is safer
 * than a wrong one.
 *
 * @example readUserDataClaims(btoa('name=worker-0|pod-cidr=10.200.0.0/24')) //=> one claim
 */
export function readUserDataClaims(base64: string, key = 'pod-cidr'): ClaimReading {
  const decoded = decodeUserData(base64);
  if (!decoded.ok) return refuse(`cannot be read: user data ${decoded.problem}`);
  const found = decoded.texts.flatMap((text) => [...findSettings(text, key)]);
  return settle(found, key);
}

const NOTHING: ClaimReading = { claims: [], defects: [] };

/** Makes one reading of all places where the key is set. */
function settle(found: readonly SettingText[], key: string): ClaimReading {
  const literals = new Set(found.flatMap((setting) => (setting.kind === 'literal' ? [setting.text] : [])));
  const readings = [...literals].map((text) => readElements(text, 'user-data', showUserData(text)));
  const claims = distinct(
    readings.flatMap((reading) => reading.claims),
    ({ cidr }) => cidr.text,
  );
  const defects = distinct(
    readings.flatMap((reading) => reading.defects),
    (defect) => JSON.stringify(defect),
  );
  const isUnknown =
    found.some(({ kind }) => kind === 'computed') ||
    (claims.length === 0 && found.some(({ kind }) => kind === 'own-variable'));
  if (isUnknown) {
    const { defects: unknown } = refuse('is a variable or a command, which only the node itself can resolve');
    return { claims: [], defects: [...defects, ...unknown] };
  }
  if (contradicts(readings)) return refuse(`cannot be told: ${key} appears with different values`);
  return { claims, defects };
}

/** Whether two places give different networks of one family. */
function contradicts(readings: readonly ClaimReading[]): boolean {
  return ([4, 6] satisfies Family[]).some((family) => {
    const values = readings.map((reading) => listNetworks(reading, family)).filter((value) => value !== '');
    return new Set(values).size > 1;
  });
}

/** The networks of a family that a reading claims, or would claim but for host bits. */
function listNetworks({ claims, defects }: ClaimReading, family: Family): string {
  const texts = [...claims.map(({ cidr }) => cidr.text), ...defects.map(({ corrected }) => corrected ?? '')];
  const sign = family === 4 ? '.' : ':';
  return [...new Set(texts)]
    .filter((text) => text.includes(sign))
    .sort()
    .join();
}

function readElements(
  list: string,
  source: ClaimSource,
  show: (element: string) => string | null,
): ClaimReading {
  const cidrs: Cidr[] = [];
  const defects: ClaimDefect[] = [];
  const elements = list.split(',').map((text) => text.replace(/^ +/, '').replace(/ +$/, ''));
  const correctedList = correctList(elements);
  for (const element of elements) {
    const result = parseCidr(element);
    if (result.ok) {
      cidrs.push(result.cidr);
      continue;
    }
    const text = show(element);
    const problem = element === '' ? 'has an empty element' : result.problem;
    // What is not shown is not shown corrected either (R11).
    const correction =
      text === null
        ? { corrected: null, correctedList: null }
        : { corrected: result.corrected, correctedList };
    defects.push({ source, text, problem, ...correction });
  }
  const claims = distinct(cidrs, ({ text }) => text).map((cidr): Claim => ({ cidr, source }));
  return { claims, defects };
}

/** The list without host bits; null where an element has other faults. */
function correctList(elements: readonly string[]): string | null {
  const results = elements.map(parseCidr);
  const texts = results.map((result) => (result.ok ? result.cidr.text : result.corrected));
  return texts.includes(null) ? null : [...new Set(texts)].join(',');
}

function refuse(problem: string): ClaimReading {
  return {
    claims: [],
    defects: [{ source: 'user-data', text: null, problem, corrected: null, correctedList: null }],
  };
}

function showTag(element: string): string {
  return element.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').slice(0, SHOWN);
}

/** User data may hold secrets (R11): only elements of what can be nothing but mistyped networks are shown. */
function showUserData(list: string): (element: string) => string | null {
  const isShowable = /^[\da-f:./, ]*$/i.test(list) && /^[\d.]+$|[:/]/.test(list);
  return (element) => (isShowable && element.length <= SHOWN ? element : null);
}

function distinct<T>(items: readonly T[], identify: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [identify(item), item])).values()];
}
