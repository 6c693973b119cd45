import { isDeepStrictEqual } from 'node:util';
import { resourceNotFound } from './errors.ts';
import type { Resource, ResourcesByType, ResourceType, Tags, Tracked } from './model.ts';
import { groupId, groupNameOf, keyOf, resourceId, typedPath } from './resource-ids.ts';
import type { Arm } from './state.ts';

/** A fresh entity tag. */
function newEtag(arm: Arm): string {
  return `W/"${arm.ids.uuid()}"`;
}

/** Compute counts the versions of a resource: a write that changes nothing, or only its state, is none. */
function nextEtag(arm: Arm, resource: Resource): string {
  if (!resource.type.startsWith('Microsoft.Compute/') || resource.type.endsWith('/networkInterfaces')) {
    return newEtag(arm);
  }
  const before = arm.resources.get(keyOf(resource.id));
  if (before === undefined) return '"1"';
  const { etag, provisioningState } = before;
  if (isDeepStrictEqual(before, { ...resource, etag, provisioningState })) return etag;
  return `"${Number(etag.replaceAll('"', '')) + 1}"`;
}

/** What every new resource starts with. */
export function newResource<T extends ResourceType>(
  arm: Arm,
  type: T,
  group: string,
  names: readonly string[],
  given: { readonly location?: string | undefined; readonly tags?: Tags | undefined },
): Tracked<T> {
  return {
    type,
    id: resourceId(groupId(arm.subscription, group), type, ...names),
    name: names.at(-1) ?? '',
    ordinal: arm.ids.ordinal(),
    location: given.location ?? arm.location,
    tags: given.tags ?? {},
    etag: newEtag(arm),
    provisioningState: 'Succeeded',
  };
}

/** Stores a resource with a new entity tag and gives it as stored. */
export function storeResource<R extends Resource>(arm: Arm, resource: R): R {
  const stored = { ...resource, etag: nextEtag(arm, resource) };
  arm.resources.set(keyOf(stored.id), stored);
  return stored;
}

/** Removes a resource; a machine's interfaces stay, and belong to nobody, but those of an instance go with it. */
export function removeResource(arm: Arm, resource: Resource): void {
  arm.resources.delete(keyOf(resource.id));
  const interfaces = 'interfaces' in resource ? resource.interfaces : [];
  for (const id of interfaces) {
    const nic = findResource(arm, 'Microsoft.Network/networkInterfaces', id);
    if (nic === null) arm.resources.delete(keyOf(id));
    else storeResource(arm, { ...nic, machine: null, primary: null });
  }
}

/** The resource of this type and id, whatever the id's case, or null. */
export function findResource<T extends ResourceType>(
  arm: Arm,
  type: T,
  id: string,
): ResourcesByType[T] | null {
  const resource = arm.resources.get(keyOf(id));
  return resource !== undefined && isOfType(resource, type) ? resource : null;
}

/** The resource of this type and id, or ARM's refusal. */
export function requireResource<T extends ResourceType>(arm: Arm, type: T, id: string): ResourcesByType[T] {
  const resource = findResource(arm, type, id);
  if (resource !== null) return resource;
  const names = id
    .split('/')
    .slice(8)
    .filter((_, index) => index % 2 === 0);
  throw resourceNotFound(typedPath(type, names), groupNameOf(id));
}

/** The resources of one type in order of creation, of the whole subscription or of one scope's id. */
export function listResources<T extends ResourceType>(
  arm: Arm,
  type: T,
  scope: string,
): readonly ResourcesByType[T][] {
  const prefix = `${keyOf(scope)}/`;
  const found: ResourcesByType[T][] = [];
  for (const [key, resource] of arm.resources) {
    if (key.startsWith(prefix) && isOfType(resource, type)) found.push(resource);
  }
  return found.sort((a, b) => a.ordinal - b.ordinal);
}

function isOfType<T extends ResourceType>(
  resource: Resource,
  type: T,
): resource is ResourcesByType[T] & Resource {
  return resource.type === type;
}
