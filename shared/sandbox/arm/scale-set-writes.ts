import type { Write } from './async-operations.ts';
import type { ScaleSetBody } from './bodies.ts';
import { invalidReference } from './errors.ts';
import { canonicalGroup } from './groups.ts';
import type { ScaleSet } from './model.ts';
import { findSubnet } from './networks.ts';
import { groupId, resourceId } from './resource-ids.ts';
import { findResource, newResource } from './resources.ts';
import type { Arm } from './state.ts';

const TYPE = 'Microsoft.Compute/virtualMachineScaleSets';

/** What a PUT of a scale set does, once validated; instances that it has keep the model of their birth. */
export function planScaleSetWrite(
  arm: Arm,
  group: string,
  name: string,
  { location, tags, sku, properties }: ScaleSetBody,
): Write & { readonly after: ScaleSet } {
  const canonical = canonicalGroup(arm, group);
  const before = findResource(arm, TYPE, resourceId(groupId(arm.subscription, canonical), TYPE, name));
  const { orchestrationMode = 'Uniform', virtualMachineProfile, ...sent } = properties;
  const { userData, ...profile } = virtualMachineProfile;
  const { provisioningState, uniqueId, timeCreated, ...rest } = sent;
  const [nic] = profile.networkProfile.networkInterfaceConfigurations;
  const subnet = nic?.properties.ipConfigurations[0]?.properties.subnet.id ?? '';
  const set = before ?? {
    ...newResource(arm, TYPE, canonical, [name], { location }),
    mode: orchestrationMode,
    userData: null,
    uniqueId: arm.ids.uuid(),
    nextInstance: 0,
  };
  if (findSubnet(arm, subnet) === null) throw invalidReference(subnet, set.id);
  const after = {
    ...set,
    tags: tags ?? {},
    subnet,
    enableIPForwarding: nic?.properties.enableIPForwarding ?? false,
    userData: userData ?? set.userData,
    sku: sku.name,
    properties: rest,
    profile,
  };
  const operation = 'CreateOrUpdateScaleSet';
  return { before, after, operation, action: `${TYPE}/write`, target: after.id };
}

/** What a DELETE of a scale set does. */
export function planScaleSetDelete(set: ScaleSet): Write {
  return { before: set, after: null, operation: 'DeleteScaleSet', action: `${TYPE}/delete`, target: set.id };
}
