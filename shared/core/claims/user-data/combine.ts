import type { Family } from '../../cidr.ts';
import type { Claim, ClaimDefect } from '../../model.ts';
import { type ClaimReading, distinct, readElements, refuse, SHOWN } from '../elements.ts';
import type { Setting } from './setting.ts';

/** Mistakes of one node that are reported one by one (R12). */
const MAX_DEFECTS = 16;

/** All that was found so far, of which nothing contradicts anything else. */
interface Found {
  /** The networks of each family, as every place gives them that gives any. */
  readonly networks: Map<Family, string>;
  readonly claims: Claim[];
  defects: readonly ClaimDefect[];
  isPassedOn: boolean;
}

/** Makes one reading of all places where the key is set. The search ends once nothing more can change it. */
export function combine(settings: Iterable<Setting>, key: string): ClaimReading {
  const found: Found = {
    networks: new Map(),
    claims: [],
    defects: [],
    isPassedOn: false,
  };
  for (const setting of settings) {
    const verdict = add(found, setting, key);
    if (verdict !== null) return verdict;
  }
  const { claims, defects, isPassedOn } = found;
  if (claims.length === 0 && isPassedOn) return computed(defects);
  return { claims: distinct(claims, ({ cidr }) => cidr.text), defects };
}

/** The verdict, where nothing that may still be found would change it. */
function add(found: Found, setting: Setting, key: string): ClaimReading | null {
  switch (setting.kind) {
    case 'computed':
      return computed(found.defects);
    case 'unreadable':
      return refuse('user-data', setting.problem);
    case 'own-variable':
      found.isPassedOn = true;
      return null;
    case 'literal':
      return addLiteral(found, setting.text, key);
  }
}

function addLiteral(found: Found, text: string, key: string): ClaimReading | null {
  const reading = readElements(text, 'user-data', showUserData(text));
  for (const family of [4, 6] satisfies Family[]) {
    const networks = listNetworks(reading, family);
    const before = found.networks.get(family) ?? networks;
    if (networks !== '' && networks !== before) {
      return refuse('user-data', `is ambiguous: ${key} appears with different values`);
    }
    if (networks !== '') found.networks.set(family, networks);
  }
  found.claims.push(...reading.claims);
  found.defects = distinct([...found.defects, ...reading.defects], (defect) => JSON.stringify(defect));
  if (found.defects.length <= MAX_DEFECTS) return null;
  return refuse('user-data', `has more than ${MAX_DEFECTS} mistakes`);
}

function computed(defects: readonly ClaimDefect[]): ClaimReading {
  const unknown = refuse('user-data', 'is a variable or a command, which only the node itself can resolve');
  return { claims: [], defects: [...defects, ...unknown.defects] };
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

/** User data may hold secrets (R11): only elements of what can be nothing but mistyped networks are shown. */
function showUserData(list: string): (element: string) => string | null {
  const isShowable = /^[\da-f:./, ]*$/i.test(list) && /^[\d.]+$|[:/]/.test(list);
  return (element) => (isShowable && element.length <= SHOWN ? element : null);
}
