import { ApiError } from '../query.ts';
import { checkTellable } from './metadata-options.ts';
import type { Tags } from './model.ts';
import { requireResource, resourceType } from './resources.ts';
import type { Ec2, WritableState } from './state.ts';

const NO_TAGS: Tags = new Map();
const MOST_TAGS = 50;

/** The tags of a resource; empty where it has none. */
export function tagsOf(state: { readonly tags: ReadonlyMap<string, Tags> }, id: string): Tags {
  return state.tags.get(id) ?? NO_TAGS;
}

/** Sets tags on resources that exist, and emits the tag change event of instances. */
export function setTags(ec2: Ec2, ids: readonly string[], tags: Tags): void {
  checkTags(tags);
  for (const id of ids) {
    requireResource(ec2, ec2.state, id);
    const size = new Set([...tagsOf(ec2.state, id).keys(), ...tags.keys()]).size;
    const instance = ec2.state.instances.get(id);
    if (instance !== undefined) checkTellable(instance.metadataOptions, tags);
    if (size > MOST_TAGS)
      throw new ApiError('TagLimitExceeded', `The maximum number of tags is ${MOST_TAGS}`);
  }
  const state = ec2.write();
  for (const id of ids) changeTags(ec2, state, id, new Map([...tagsOf(state, id), ...tags]));
}

/**
 * Removes tags; a null value means whatever value the tag has. An empty map removes all, except what AWS
 * itself has set.
 */
export function removeTags(ec2: Ec2, ids: readonly string[], tags: ReadonlyMap<string, string | null>): void {
  for (const id of ids) requireResource(ec2, ec2.state, id);
  const state = ec2.write();
  const isRemoved = ([key, value]: readonly [string, string]) => {
    if (tags.size === 0) return !key.startsWith('aws:');
    const wanted = tags.get(key);
    return wanted === null || wanted === value;
  };
  for (const id of ids) {
    changeTags(ec2, state, id, new Map([...tagsOf(state, id)].filter((tag) => !isRemoved(tag))));
  }
}

/** Checks tags as EC2 does before it makes a resource with them. */
export function checkTags(tags: Tags): void {
  for (const [key, value] of tags) {
    if (key === '' || key.length > 128 || key.startsWith('aws:')) {
      throw new ApiError('InvalidParameterValue', `Tag keys cannot be empty, above 128 characters or aws:*`);
    }
    if (value.length > 256)
      throw new ApiError('InvalidParameterValue', 'Tag values have at most 256 characters');
  }
}

function changeTags(ec2: Ec2, state: WritableState, id: string, tags: Tags): void {
  const before = tagsOf(state, id);
  const keys = [...new Set([...before.keys(), ...tags.keys()])];
  const changed = keys.filter((key) => before.get(key) !== tags.get(key));
  if (changed.length === 0) return;
  state.tags.set(id, tags);
  if (resourceType(id) !== 'instance') return;
  ec2.emit({
    detailType: 'Tag Change on Resource',
    source: 'aws.tag',
    resources: [`arn:aws:ec2:${ec2.region}:${ec2.account}:instance/${id}`],
    detail: {
      'changed-tag-keys': changed,
      service: 'ec2',
      'resource-type': 'instance',
      // Documented only as growing with each change of the resource.
      version: ec2.ids.ordinal(),
      tags: Object.fromEntries(tags),
    },
  });
}
