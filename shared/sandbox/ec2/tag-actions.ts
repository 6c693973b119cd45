import { ApiError, type Params, readList, readRequired, readValues } from '../query.ts';
import { type ActionTable, DONE } from './action.ts';
import type { Tags } from './model.ts';
import { removeTags, setTags } from './tags.ts';

/** The parameters that `readTagSpecification` reads. */
export const TAG_SPECIFICATION_PARAMS = [
  'TagSpecification.N.ResourceType',
  'TagSpecification.N.Tag.N.Key',
  'TagSpecification.N.Tag.N.Value',
];

/** The tags to give to new resources of one type. */
export function readTagSpecification(
  params: Params,
  type: string,
  allowed: readonly string[] = [type],
): Tags {
  const tags = new Map<string, string>();
  for (const specification of readList(params, 'TagSpecification')) {
    const given = readRequired(specification, 'ResourceType');
    if (!allowed.includes(given)) {
      const message = `'${given}' is not a valid taggable resource type for this operation.`;
      throw new ApiError('InvalidParameterValue', message);
    }
    if (given !== type) continue;
    for (const tag of readList(specification, 'Tag')) tags.set(tag.get('Key') ?? '', tag.get('Value') ?? '');
  }
  return tags;
}

function readResources(params: Params): readonly string[] {
  readRequired(params, 'ResourceId.1');
  return readValues(params, 'ResourceId');
}

export const TAG_ACTIONS: ActionTable = {
  CreateTags: {
    params: ['ResourceId.N', 'Tag.N.Key', 'Tag.N.Value'],
    mutating: true,
    run: (ec2, params) => {
      readRequired(params, 'Tag.1.Key');
      const tags = readList(params, 'Tag').map(
        (tag) => [tag.get('Key') ?? '', tag.get('Value') ?? ''] as const,
      );
      setTags(ec2, readResources(params), new Map(tags));
      return DONE;
    },
  },
  DeleteTags: {
    params: ['ResourceId.N', 'Tag.N.Key', 'Tag.N.Value'],
    mutating: true,
    run: (ec2, params) => {
      const tags = readList(params, 'Tag').map(
        (tag) => [tag.get('Key') ?? '', tag.get('Value') ?? null] as const,
      );
      removeTags(ec2, readResources(params), new Map(tags));
      return DONE;
    },
  },
};
