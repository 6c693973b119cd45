import * as z from 'zod/mini';
import { ignored, unreadable } from '../../core/events/node-event.ts';
import { defineFamily, type EventFamily, type TagKeys } from './family.ts';

const INSTANCE_ARN = /^arn:[a-z0-9-]+:ec2:[a-z0-9-]*:\d*:instance\/(i-[0-9a-f]{8,17})$/;

function keysOf({ podCidrTag, selectionTagKeys }: TagKeys): string[] {
  return [...new Set([podCidrTag, ...selectionTagKeys])];
}

/**
 * Tags of an instance were set, changed or deleted; `changed-tag-keys` names the deleted ones too.
 * The ARN is the only place that names the instance.
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/monitor-tag-changes.html
 */
export const tagChange: EventFamily = defineFamily({
  source: 'aws.tag',
  detailType: 'Tag Change on Resource',
  what: 'tag-change',
  filter: (tags) => ({ service: ['ec2'], 'resource-type': ['instance'], 'changed-tag-keys': keysOf(tags) }),
  detail: z.object({
    'changed-tag-keys': z.array(z.string()),
    service: z.string(),
    'resource-type': z.string(),
  }),
  read(detail, { origin, resources, tags }) {
    if (detail.service !== 'ec2' || detail['resource-type'] !== 'instance') {
      return ignored(origin, 'other-resource');
    }
    const ours = new Set(keysOf(tags));
    if (!detail['changed-tag-keys'].some((key) => ours.has(key))) return ignored(origin, 'tag-not-ours');
    const nodes = resources.flatMap((arn) => INSTANCE_ARN.exec(arn)?.[1] ?? []);
    return nodes.length === 0 ? unreadable('bad-shape') : { kind: 'nodes', nodes, expects: 'any', ...origin };
  },
});
