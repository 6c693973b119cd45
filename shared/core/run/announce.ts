import { findUnassigned, findUntagged } from '../claims/holders.ts';
import type { Cloud, TagResult } from '../cloud.ts';
import { blockNotWritten } from '../findings/blocks.ts';
import type { Finding } from '../model.ts';
import type { Blocks } from './blocks.ts';
import type { Pass, ReconcileRequest } from './pass.ts';
import type { Announcement } from './run.ts';

/** R13: tags and Node objects follow the ledger. */
export async function announceBlocks(
  cloud: Cloud,
  { directory, settings, signal }: Pick<ReconcileRequest, 'directory' | 'settings' | 'signal'>,
  { seen, blocks: { blocks }, scope }: Pick<Pass, 'seen' | 'scope'> & { blocks: Pick<Blocks, 'blocks'> },
): Promise<Announcement[]> {
  const registry = (await scope.registry) ?? null;
  const tags = settings.podCidrSources.includes('tag') ? findUntagged(seen, blocks) : [];
  const unassigned = findUnassigned(seen, blocks, registry);
  const assign = async (): Promise<TagResult[]> => {
    if (!directory || registry === null || unassigned.length === 0) return [];
    return (await directory()).assign(unassigned, registry, signal);
  };
  const [tagged, assigned] = await Promise.all([
    tags.length === 0 ? [] : cloud.tagNodes(tags, signal),
    assign(),
  ]);
  return [
    ...tagged.map((result): Announcement => ({ ...result, place: 'tag' })),
    ...assigned.map((result): Announcement => ({ ...result, place: 'node-object' })),
  ];
}

/** What a person has to mend so that nodes learn their blocks. */
export function findUnannounced(announcements: readonly Announcement[]): Finding[] {
  return announcements.flatMap(({ node, cidrs, place, failure }) =>
    failure === null || failure.kind === 'unfinished' ? [] : [blockNotWritten(node, cidrs, place, failure)],
  );
}
