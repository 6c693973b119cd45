/** The parameters of one AWS Query request, flat, as sent: `Filter.1.Value.2` to text. */
// @ts-nocheck

export type Params = ReadonlyMap<string, string>;

/** A value that the answers are made of: arrays become `<item>` elements, undefined is left out. */
export type Wire = string | number | boolean | undefined | readonly Wire[] | WireObject;
export interface WireObject {
  readonly [element: string]: Wire;
}

/** An answer of a service that refuses a request, with the code and text that the real service gives. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  /** HTTP status. */
  readonly status: number;

  constructor(code: string, message: string, status: number = STATUS_BY_CODE.get(code) ?? 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const STATUS_BY_CODE: ReadonlyMap<string, number> = new Map([
  ['AuthFailure', 401],
  ['UnauthorizedOperation', 403],
  ['MissingAuthenticationToken', 403],
  ['DryRunOperation', 412],
  ['InternalError', 500],
  ['InternalFailure', 500],
  ['RequestLimitExceeded', 503],
  ['Unavailable', 503],
  ['ServiceUnavailable', 503],
]);

/** Reads a form-encoded request body. */
export function readParams(body: string): Params {
  return new Map(new URLSearchParams(body));
}

/** The members of the list `name`, in index order, each with its own parameters; a plain value is under ''. */
export function readList(params: Params, name: string): readonly Params[] {
  const prefix = `${name}.`;
  const members = new Map<number, Map<string, string>>();
  for (const [key, value] of params) {
    if (!key.startsWith(prefix)) continue;
    const [index = '', ...rest] = key.slice(prefix.length).split('.');
    const position = Number(index);
    const member = members.get(position) ?? new Map<string, string>();
    members.set(position, member.set(rest.join('.'), value));
  }
  return [...members].sort(([a], [b]) => a - b).map(([, member]) => member);
}

/** The plain values of the list `name`, in index order. */
export function readValues(params: Params, name: string): readonly string[] {
  return readList(params, name).map((member) => member.get('') ?? '');
}

/** A parameter that the service requires. */
export function readRequired(params: Params, name: string): string {
  const value = params.get(name);
  if (value) return value;
  throw new ApiError('MissingParameter', `The request must contain the parameter ${name}`);
}

/** A whole number, or undefined where it was not sent. */
export function readInteger(params: Params, name: string): number | undefined {
  const text = params.get(name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ApiError('InvalidParameterValue', `Value (${text}) for parameter ${name} is invalid.`);
}

/** A boolean, or undefined where it was not sent. */
export function readBoolean(params: Params, name: string): boolean | undefined {
  const text = params.get(name);
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ApiError('InvalidParameterValue', `Value (${text}) for parameter ${name} is invalid.`);
}

/**
 * Refuses a parameter that the sandbox does not model, since ignoring it would change what the call means.
 * List indexes in `known` are written N.
 *
 * @example refuseUnknownParams(params, new Set(['InstanceId.N', 'DryRun']))
 */
export function refuseUnknownParams(params: Params, known: ReadonlySet<string>): void {
  for (const name of params.keys()) {
    if (name === 'Action' || name === 'Version') continue;
    if (known.has(name.replace(/\.\d+(?=\.|$)/g, '.N'))) continue;
    throw new ApiError('UnsupportedOperation', `The sandbox does not model the parameter ${name}`);
  }
}

/** Writes one XML document. */
export function writeXml(root: string, namespace: string | null, content: WireObject): string {
  const opening = namespace === null ? root : `${root} xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${opening}>${writeContent(content)}</${root}>`;
}

function writeContent(value: Wire): string {
  if (value === undefined) return '';
  if (typeof value !== 'object') return escapeText(String(value));
  if (isList(value)) return value.map((item) => writeElement('item', item)).join('');
  let text = '';
  for (const [name, child] of Object.entries(value)) text += writeElement(name, child);
  return text;
}

function writeElement(name: string, value: Wire): string {
  return value === undefined ? '' : `<${name}>${writeContent(value)}</${name}>`;
}

function isList(value: readonly Wire[] | WireObject): value is readonly Wire[] {
  return Array.isArray(value);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeText(text: string): string {
  if (!/[&<>"\r]/.test(text)) return text;
  return text.replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? '&#xD;');
}
