import { ApiError, type Params, readInteger, readList, readValues } from '../query.ts';
import type { Tags } from './model.ts';
import type { Ec2, State } from './state.ts';

/** What a filter looks at: the values of one resource, any of which may match. */
export type FilterFields<T> = Readonly<
  Record<string, (resource: T, state: State, ec2: Ec2) => readonly (string | undefined)[]>
>;

const MOST_FILTER_VALUES = 200;

/**
 * Reads the filters of a describe call into one test: all filters must match, each by any of its values.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html for * and ?.
 */
export function readFilters<T>(
  ec2: Ec2,
  params: Params,
  fields: FilterFields<T>,
  tagsOf: (resource: T, state: State) => Tags,
): (resource: T, state: State) => boolean {
  const tests = readList(params, 'Filter').map((filter) => {
    const name = filter.get('Name') ?? '';
    const values = readValues(filter, 'Value');
    if (values.length > MOST_FILTER_VALUES) {
      const message = `The maximum number of filter values specified on a single call is ${MOST_FILTER_VALUES}`;
      throw new ApiError('FilterLimitExceeded', message);
    }
    const read = tagReader(name, tagsOf) ?? (Object.hasOwn(fields, name) ? fields[name] : undefined);
    if (read === undefined) {
      const message = `The sandbox does not model the filter ${name} of ${params.get('Action') ?? 'this call'}`;
      throw new ApiError('UnsupportedOperation', message);
    }
    const matches = readPatterns(values);
    return (resource: T, state: State) =>
      read(resource, state, ec2).some((value) => value !== undefined && matches(value));
  });
  return (resource, state) => tests.every((test) => test(resource, state));
}

function tagReader<T>(name: string, tagsOf: (resource: T, state: State) => Tags) {
  if (name === 'tag-key') return (resource: T, state: State) => [...tagsOf(resource, state).keys()];
  if (!name.startsWith('tag:')) return undefined;
  return (resource: T, state: State) => [tagsOf(resource, state).get(name.slice('tag:'.length))];
}

/** `*` stands for any text and `?` for one character, unless a backslash comes before. */
function readPatterns(values: readonly string[]): (value: string) => boolean {
  const exact = new Set(values.filter((value) => !/[*?\\]/.test(value)));
  const patterns = values.filter((value) => !exact.has(value)).map(readPattern);
  return (value) => exact.has(value) || patterns.some((pattern) => pattern.test(value));
}

function readPattern(value: string): RegExp {
  const source = value.replace(/\\(.)|[\s\S]/g, (character, escaped: string | undefined) => {
    if (escaped !== undefined) return escapeRegExp(escaped);
    if (character === '*') return '[\\s\\S]*';
    return character === '?' ? '[\\s\\S]' : escapeRegExp(character);
  });
  return new RegExp(`^${source}$`);
}

function escapeRegExp(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
}

/** How far one describe call pages; `idsParam` is the list that MaxResults cannot go with. */
export interface Paging {
  readonly most: number;
  readonly idsParam: string | null;
}

const LEAST_RESULTS = 5;

/** One page of resources, in order of creation, and the token of the next where there is more. */
export function readPage<T extends { readonly ordinal: number }>(
  params: Params,
  resources: Iterable<T>,
  { most, idsParam }: Paging,
): { readonly page: readonly T[]; readonly nextToken: string | undefined } {
  const size = readPageSize(params, most);
  if (size !== undefined && idsParam !== null && readValues(params, idsParam).length > 0) {
    const message = `The parameter ${idsParam}s cannot be used with the parameter maxResults`;
    throw new ApiError('InvalidParameterCombination', message);
  }
  const after = readToken(params.get('NextToken'));
  const rest = [...resources].filter(({ ordinal }) => ordinal > after).sort((a, b) => a.ordinal - b.ordinal);
  const page = size === undefined ? rest : rest.slice(0, size);
  const last = page.at(-1);
  const more = page.length < rest.length && last !== undefined;
  return { page, nextToken: more ? writeToken(last.ordinal) : undefined };
}

function readPageSize(params: Params, most: number): number | undefined {
  const size = readInteger(params, 'MaxResults');
  if (size === undefined || (size >= LEAST_RESULTS && size <= most)) return size;
  const bound =
    size < LEAST_RESULTS ? `greater than or equal to ${LEAST_RESULTS}` : `less than or equal to ${most}`;
  throw new ApiError(
    'InvalidParameterValue',
    `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value ${bound}.`,
  );
}

/** Pages follow the order of creation, so that what comes or goes between two pages shifts nothing. */
function writeToken(ordinal: number): string {
  return Buffer.from(`after:${ordinal}`).toString('base64url');
}

function readToken(token: string | undefined): number {
  if (token === undefined) return 0;
  const after = /^after:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (after !== undefined) return Number(after);
  throw new ApiError('InvalidParameterValue', 'Unable to parse pagination token');
}
