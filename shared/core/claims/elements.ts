import { type Cidr, parseCidr } from '../cidr.ts';
import type { Claim, ClaimDefect, ClaimSource } from '../model.ts';

/** What a node claims in one place, and what was meant as a claim there but is none. */
export interface ClaimReading {
  readonly claims: readonly Claim[];
  readonly defects: readonly ClaimDefect[];
  /** Why a claim may be there that was not seen, as a clause about the user data. */
  readonly unsearched?: string;
  /** Why a claim may be yet to come, as a clause about the machine. */
  readonly awaits?: string;
  /** Since when Kubernetes knows the machine, in milliseconds since the epoch. */
  readonly registeredAt?: number;
}

/** What a reading tells of its node beside what it claims. */
export function pickHints({
  unsearched,
  awaits,
  registeredAt,
}: ClaimReading): Omit<ClaimReading, 'claims' | 'defects'> {
  return {
    ...(unsearched !== undefined && { unsearched }),
    ...(awaits !== undefined && { awaits }),
    ...(registeredAt !== undefined && { registeredAt }),
  };
}

/** Elements of one value that are read (R12). No node has more networks than that. */
const MAX_ELEMENTS = 64;
/** Longest text of a claim that is shown. */
export const SHOWN = 64;

/** Reads a comma list of CIDRs. Too long a list is one defect, whatever is in it. */
export function readElements(
  list: string,
  source: ClaimSource,
  show: (element: string) => string | null,
): ClaimReading {
  // One more than may be, so that the rest of a long list is not even split.
  const elements = list
    .split(',', MAX_ELEMENTS + 1)
    .map((text) => text.replace(/^ +/, '').replace(/ +$/, ''));
  if (elements.length > MAX_ELEMENTS) return refuse(source, `has more than ${MAX_ELEMENTS} elements`);
  const cidrs: Cidr[] = [];
  const defects: ClaimDefect[] = [];
  const results = elements.map(parseCidr);
  const texts = results.map((result) => (result.ok ? result.cidr.text : result.corrected));
  const correctedList = texts.includes(null) ? null : [...new Set(texts)].join(',');
  for (const [i, result] of results.entries()) {
    if (result.ok) {
      cidrs.push(result.cidr);
      continue;
    }
    const element = elements[i] ?? '';
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

/** A reading that is one defect, of which nothing is shown. */
export function refuse(source: ClaimSource, problem: string): ClaimReading {
  return { claims: [], defects: [{ source, text: null, problem, corrected: null, correctedList: null }] };
}

/** What is nobody's secret, on one line and not too long. */
export function showPlain(element: string): string {
  return element.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').slice(0, SHOWN);
}

/** The items without repetitions. */
export function distinct<T>(items: readonly T[], identify: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [identify(item), item])).values()];
}
