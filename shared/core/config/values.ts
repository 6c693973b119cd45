import { type Cidr, type Family, parseCidr } from '../cidr.ts';
import { CLOUD_TRAITS } from '../clouds.ts';
import type { CloudName } from '../model.ts';

/** Selects nodes by a tag; with `value` null, any value of it. */
export interface NodeTag {
  readonly key: string;
  readonly value: string | null;
}

/** Places that a node's pod CIDR is read from. */
export type PodCidrSource = 'tag' | 'user-data' | 'kubernetes';

/** The budget of R4: living nodes that may be left without a route in one table within 24 hours. */
export type MaxDeletes = { readonly count: number } | { readonly percent: number };

/** Prefix lengths to hand out; null where a family is not handed out, so both null is off. */
export type BlockSizes = Readonly<Record<Family, number | null>>;

/** A part of a value that is wrong, and why where that is not plain from what was expected. */
export interface Mistake {
  readonly found: string;
  readonly why: string | null;
}

/** What came of reading the text of one setting. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Turns the text of one setting, without white space around it, into its value. */
export type Reader<T> = (text: string, cloud: CloudName) => Reading<T>;

/** One environment variable: what it means, and how its text becomes a value. */
export interface Setting<T> {
  readonly name: string;
  readonly meaning: string;
  /** The default, in words. */
  readonly default: string;
  /** Completes the sentence `expected …`. */
  readonly expected: string;
  readonly read: Reader<T>;
  /** What an unset variable stands for. */
  readonly unset: (cloud: CloudName) => T;
  /** Where it is optional an empty value is an unset one, as deployment templates leave it. */
  readonly presence: 'required' | 'defaulted' | 'optional';
}

const ROUTE_NAME_SLOT = '{cidr}';
/** Azure allows names of 80 characters; the longest IPv6 network takes 43 of them. */
const ROUTE_NAME_REST = 80 - 43;

/** Reads a text that must match as a whole. */
export function readPattern(pattern: RegExp): Reader<string> {
  return (text) => (pattern.test(text) ? accept(text) : reject(text));
}

/** Reads one of a few words. */
export function readWord<T extends string>(...words: readonly T[]): Reader<T> {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    return word === undefined ? reject(text) : accept(word);
  };
}

/** Reads elements between commas, with spaces around them allowed; an empty or repeated one is a mistake. */
export function readList<T>(readElement: Reader<T>): Reader<readonly T[]> {
  return (text, cloud) => {
    const elements = text.split(',').map((element) => element.trim());
    const values: T[] = [];
    const mistakes: Mistake[] = [];
    for (const [i, element] of elements.entries()) {
      const reading = readElement(element, cloud);
      if (element === '') mistakes.push({ found: text, why: 'which has an empty element' });
      else if (elements.indexOf(element) < i) mistakes.push({ found: element, why: 'more than once' });
      else if (reading.ok) values.push(reading.value);
      else mistakes.push(...reading.mistakes);
    }
    return mistakes.length === 0 ? accept(values) : { ok: false, mistakes };
  };
}

/** Reads one network. */
export const readNetwork: Reader<Cidr> = (text) => {
  const result = parseCidr(text);
  if (!result.ok) {
    const hint = result.corrected === null ? '' : `; ${result.corrected} would do`;
    return reject(text, `which ${result.problem}${hint}`);
  }
  return result.cidr.prefix === 0 ? reject(text, 'which is every address there is') : accept(result.cidr);
};

/** Reads `key` or `key=value`; the first equals sign ends the key, and `key=` asks for an empty value. */
export const readNodeTag: Reader<NodeTag> = (text) => {
  // EC2 filters take * and ? for wildcards, which would select the nodes of others.
  if (!/^[^=*?\p{Cc}]{1,512}(=[^*?\p{Cc}]{0,256})?$/u.test(text)) return reject(text);
  const at = text.indexOf('=');
  return accept(at < 0 ? { key: text, value: null } : { key: text.slice(0, at), value: text.slice(at + 1) });
};

/** Reads the id or name of one route table, in the form that the cloud has for it. */
export const readRouteTable: Reader<string> = (text, cloud) =>
  CLOUD_TRAITS[cloud].routeTable.test(text)
    ? accept(text)
    : reject(text, `which names no ${cloud} route table`);

/** Reads a route name template that is a valid Azure name whatever network is put into it. */
export const readRouteName: Reader<string> = (text) => {
  const parts = text.split(ROUTE_NAME_SLOT);
  const [head = '', tail = ''] = parts;
  if (parts.length !== 2) return reject(text, `which has ${parts.length - 1} times ${ROUTE_NAME_SLOT}`);
  if (head.length + tail.length > ROUTE_NAME_REST) {
    return reject(text, `which has more than ${ROUTE_NAME_REST} characters besides ${ROUTE_NAME_SLOT}`);
  }
  return /^([a-z\d][\w.-]*)?$/i.test(head) && /^([\w.-]*\w)?$/.test(tail) ? accept(text) : reject(text);
};

/** Reads a whole number from 1. */
export const readCount: Reader<number> = (text) =>
  /^[1-9]\d{0,6}$/.test(text) ? accept(Number(text)) : reject(text);

/** Reads `12` or `30%`. */
export const readMaxDeletes: Reader<MaxDeletes> = (text) => {
  const [, digits, unit] = /^(0|[1-9]\d{0,6})(%?)$/.exec(text) ?? [];
  if (digits === undefined) return reject(text);
  const number = Number(digits);
  if (unit === '') return accept({ count: number });
  return number <= 100 ? accept({ percent: number }) : reject(text, 'which is more than all');
};

const DURATION_UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Reads a time such as `90s`, `15m` or `24h`, into milliseconds. */
export const readDuration: Reader<number> = (text) => {
  const [, digits, unit = ''] = /^([1-9]\d{0,5})([smh])$/.exec(text) ?? [];
  return digits === undefined ? reject(text) : accept(Number(digits) * (DURATION_UNITS[unit] ?? 0));
};

/** Where the ledger is: a DynamoDB table, an Azure table, or a file. */
export type LedgerLocation =
  | { readonly kind: 'dynamodb'; readonly table: string }
  | { readonly kind: 'azure-table'; readonly endpoint: string; readonly table: string }
  | { readonly kind: 'file'; readonly path: string };

/** Reads `dynamodb:TABLE`, `https://ACCOUNT.table.core.windows.net/TABLE` or `file:PATH`. */
export const readLedgerLocation: Reader<LedgerLocation> = (text, cloud) => {
  const reading = readAnyLedger(text, cloud);
  if (!reading.ok || reading.value.kind === 'file' || reading.value.kind === CLOUD_TRAITS[cloud].ledger) {
    return reading;
  }
  return reject(text, `which is no ledger for ${cloud}`);
};

const readAnyLedger: Reader<LedgerLocation> = (text, cloud) => {
  const [, table] = /^dynamodb:([\w.-]{3,255})$/.exec(text) ?? [];
  if (table !== undefined) return accept({ kind: 'dynamodb', table });
  const [, path] = /^file:(.+)$/s.exec(text) ?? [];
  if (path !== undefined) return accept({ kind: 'file', path });
  return readAzureTable(text, cloud);
};

const readAzureTable: Reader<LedgerLocation> = (text, cloud) => {
  const url = URL.parse(text);
  const [, account = '', table = ''] =
    /^\/([a-z\d]+\/)?([a-z][a-z\d]{2,62})$/i.exec(url?.pathname ?? '') ?? [];
  if (url === null || table === '') return reject(text);
  // A storage emulator on this machine has the account in its path.
  const endpoint = readEndpoint(url.origin, cloud);
  if (!endpoint.ok || url.search !== '' || url.hash !== '') return reject(text);
  const base = account === '' ? endpoint.value : `${endpoint.value}/${account.slice(0, -1)}`;
  return accept({ kind: 'azure-table', endpoint: base, table });
};

/**
 * Reads `off`, one prefix length, or an IPv4 and an IPv6 one. A single length above 32 is for IPv6; one up to
 * 32 is for IPv4 here, and is moved to IPv6 where the cluster has no IPv4 range.
 */
export const readBlockSizes: Reader<BlockSizes> = (text) => {
  if (text === 'off') return accept({ 4: null, 6: null });
  const [, first, second] = /^\/(0|[1-9]\d{0,2})(?:\s*,\s*\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  if (first === undefined) return reject(text);
  const size = Number(first);
  if (second !== undefined) {
    const size6 = Number(second);
    return size <= 32 && size6 <= 128 ? accept({ 4: size, 6: size6 }) : reject(text);
  }
  if (size > 128) return reject(text);
  return accept(size > 32 ? { 4: null, 6: size } : { 4: size, 6: null });
};

/** Reads an HTTPS origin; plain HTTP only to this machine, since tokens are sent there. */
export const readEndpoint: Reader<string> = (text) => {
  const url = URL.parse(text);
  if (url === null) return reject(text);
  if (url.username !== '' || url.password !== '') return reject(url.host, 'with a user name or password');
  if (!/^https?:$/.test(url.protocol)) return reject(text);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return reject(text, 'which has a path');
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !isLocal) return reject(text, 'which would send tokens unencrypted');
  return accept(url.origin);
};

export function accept<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function reject(
  found: string,
  why: string | null = null,
): { ok: false; mistakes: readonly Mistake[] } {
  return { ok: false, mistakes: [{ found, why }] };
}
