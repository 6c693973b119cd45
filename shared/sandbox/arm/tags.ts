import { checkLock, emitWrite } from './async-operations.ts';
import { BODIES, readBody } from './bodies.ts';
import { type ArmAnswer, type ArmCall, type Endpoint, endpoint, param } from './endpoint.ts';
import { ArmError } from './errors.ts';
import { type Caller, platformCaller } from './events.ts';
import type { Resource, Tags } from './model.ts';
import { keyOf } from './resource-ids.ts';
import { storeResource } from './resources.ts';
import type { Arm } from './state.ts';

const SUFFIX = '/providers/Microsoft.Resources/tags/default';
const INSTANCE = 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines';
const PATH = `{scope}${SUFFIX}`;

/** The operations of the tags API, which works on any resource by its id. */
export const TAG_ENDPOINTS: readonly Endpoint[] = [
  endpoint('Tags_GetAtScope', 'GET', PATH, (arm, call) => answerTags(requireTagged(arm, scopeId(call)))),
  endpoint('Tags_CreateOrUpdateAtScope', 'PUT', PATH, (arm, call) => {
    const { properties } = readBody(BODIES.tagsResource, call.body);
    return changeTags(arm, call, () => properties.tags);
  }),
  endpoint('Tags_UpdateAtScope', 'PATCH', PATH, (arm, call) => {
    const { operation, properties } = readBody(BODIES.tagsPatch, call.body);
    return changeTags(arm, call, (tags) => TAG_CHANGES[operation](tags, properties.tags));
  }),
  endpoint('Tags_DeleteAtScope', 'DELETE', PATH, (arm, call) => {
    const resource = requireTagged(arm, scopeId(call));
    writeTags(arm, resource, {}, aboutTags(resource, 'Microsoft.Resources/tags/delete'), call.caller);
    return { status: 200 };
  }),
];

const TAG_CHANGES: Readonly<Record<'Merge' | 'Replace' | 'Delete', (tags: Tags, sent: Tags) => Tags>> = {
  Merge: mergeTags,
  Replace: (_tags, sent) => sent,
  Delete: (tags, sent) => {
    const doomed = new Set(Object.entries(sent).map(([name, value]) => `${name.toLowerCase()}=${value}`));
    return Object.fromEntries(
      Object.entries(tags).filter(([name, value]) => !doomed.has(`${name.toLowerCase()}=${value}`)),
    );
  },
};

/** Sets tags beside those that a resource has, as the tags API would. */
export function tagResource(arm: Arm, id: string, tags: Tags, caller = platformCaller(arm)): void {
  const resource = requireTagged(arm, id);
  writeTags(arm, resource, mergeTags(resource.tags, tags), aboutTags(resource), caller);
}

/** Removes tags by name, as the tags API would. */
export function untagResource(
  arm: Arm,
  id: string,
  names: readonly string[],
  caller = platformCaller(arm),
): void {
  const doomed = new Set(names.map((name) => name.toLowerCase()));
  const resource = requireTagged(arm, id);
  const kept = Object.entries(resource.tags).filter(([name]) => !doomed.has(name.toLowerCase()));
  writeTags(arm, resource, Object.fromEntries(kept), aboutTags(resource), caller);
}

/** Replaces a resource's tags by those of a PATCH body, at once, and gives it as stored. */
export function replaceTags<R extends Resource>(arm: Arm, call: ArmCall, resource: R): R {
  checkLock(arm, resource.id);
  const tags = readBody(BODIES.tagged, call.body).tags ?? {};
  const target = { action: `${resource.type}/write`, target: resource.id };
  return writeTags(arm, resource, tags, target, call.caller);
}

function changeTags(arm: Arm, call: ArmCall, change: (tags: Tags) => Tags): ArmAnswer {
  const resource = requireTagged(arm, scopeId(call));
  return answerTags(writeTags(arm, resource, change(resource.tags), aboutTags(resource), call.caller));
}

/** The event is about the tags, and no event tells of the resource itself. */
function aboutTags({ id }: Resource, action = 'Microsoft.Resources/tags/write') {
  return { action, target: `${id}${SUFFIX}` };
}

/** Tags may change while an operation runs, which is not ended by that. */
function writeTags<R extends Resource>(
  arm: Arm,
  resource: R,
  tags: Tags,
  about: { readonly action: string; readonly target: string },
  caller: Caller,
): R {
  const stored = storeResource(arm, { ...resource, tags });
  emitWrite(arm, { ...about, before: resource }, 'Success', caller);
  return stored;
}

/** Names of tags are compared without regard to case; the one that was there keeps its spelling. */
function mergeTags(tags: Tags, sent: Tags): Tags {
  const merged = { ...tags };
  for (const [name, value] of Object.entries(sent)) {
    const present = Object.keys(merged).find((key) => key.toLowerCase() === name.toLowerCase());
    merged[present ?? name] = value;
  }
  return merged;
}

function scopeId(call: ArmCall): string {
  return `/${param(call, 'scope').replace(/^\//, '')}`;
}

function requireTagged(arm: Arm, id: string): Resource {
  const resource = arm.resources.get(keyOf(id));
  if (resource?.type === INSTANCE) {
    const message = `The sandbox does not know what Azure answers about tags of ${id}: an instance of a uniform scale set keeps none of its own.`;
    throw new ArmError(501, 'NotImplemented', message);
  }
  if (resource !== undefined) return resource;
  throw new ArmError(404, 'ResourceNotFound', `The Resource '${id}' was not found.`);
}

function answerTags({ id, tags }: Resource): ArmAnswer {
  const body = {
    id: `${id}${SUFFIX}`,
    name: 'default',
    type: 'Microsoft.Resources/tags',
    properties: { tags },
  };
  return { status: 200, body };
}
