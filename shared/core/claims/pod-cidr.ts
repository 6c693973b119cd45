import { type ClaimReading, readElements, refuse, showPlain } from './elements.ts';

/** Longest value of a tag: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html, and Azure's too. */
const MAX_TAG = 256;

const NOTHING: ClaimReading = { claims: [], defects: [] };

/**
 * Reads a tag value: one CIDR or a comma list. A blank value claims nothing.
 *
 * @example readTagClaims('10.200.0.0/24, fd00:200::/64') //=> two claims
 */
export function readTagClaims(value: string): ClaimReading {
  if (value.length > MAX_TAG) return refuse('tag', `is longer than ${MAX_TAG} characters`);
  return value.trim() === '' ? NOTHING : readElements(value, 'tag', showPlain);
}

/**
 * Reads user data, as base64, for every spelling of `key` with a value, as the machine reads it. The same
 * value may be repeated; where values of one family differ, or one of them is only known to the node, nothing
 * is claimed: no claim is safer than a wrong one.
 *
 * @example await readUserDataClaims(btoa('name=worker-0|pod-cidr=10.200.0.0/24')) //=> one claim
 */
export async function readUserDataClaims(base64: string, key = 'pod-cidr'): Promise<ClaimReading> {
  if (base64 === '') return NOTHING;
  // The readers and the YAML library are loaded where a node has user data to read, and not at start.
  const { searchUserData } = await import('./user-data/search.ts');
  return searchUserData(base64, key).reading;
}
