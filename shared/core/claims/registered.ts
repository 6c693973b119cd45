import type { CloudFailure } from '../errors.ts';
import type { Registry } from '../model.ts';
import type { ClaimReading } from './elements.ts';

/** What a machine's Node object claims; a failure where Node objects could not be read (R3). */
export type RegisteredReading =
  | { readonly ok: true; readonly reading: ClaimReading }
  | { readonly ok: false; readonly failure: CloudFailure };

/**
 * Reads the claims of a machine's Node object. One without a Node object, or without a block, may have both soon.
 *
 * @param registry of the run; where it has none, no source is `kubernetes`
 * @param id of the machine
 */
export async function readRegistered(
  registry: Promise<Registry> | undefined,
  id: string,
): Promise<RegisteredReading> {
  const read = await registry;
  if (read === undefined) return { ok: true, reading: { claims: [], defects: [] } };
  if (!read.ok) return read;
  const node = read.nodes.get(id);
  const { claims, defects } = node ?? { claims: [], defects: [] };
  if (node !== undefined && claims.length + defects.length > 0) {
    return { ok: true, reading: { claims, defects, registeredAt: node.createdAt } };
  }
  const awaits =
    node === undefined ? 'no Node object names it' : `its Node object ${node.name} has no pod CIDR`;
  return { ok: true, reading: { claims, defects, awaits } };
}
