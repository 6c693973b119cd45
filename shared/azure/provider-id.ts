import { readResourceId } from './events/resource-ids.ts';

/**
 * The machine that a Node object names, by its id as runs know it, or null where it names none. Controllers have
 * written the resource group in upper case, as it was given, and in lower case; names keep the case that Azure has.
 *
 * @example machineOf('azure:///subscriptions/s/resourceGroups/G/providers/Microsoft.Compute/virtualMachines/VM-0')
 * //=> '/subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachines/vm-0'
 * @see https://github.com/kubernetes-sigs/cloud-provider-azure/blob/master/pkg/provider/azure_utils.go
 */
export function machineOf(providerId: string): string | null {
  const [, path] = /^azure:\/\/(\/.*)$/i.exec(providerId) ?? [];
  const resource = path === undefined ? null : readResourceId(path);
  const isMachine = resource?.kind === 'virtual-machine' || resource?.kind === 'scale-set-instance';
  return isMachine ? resource.id : null;
}
