import { describe, expect, it } from '@jest/globals';
import { instanceOf } from '../../shared/aws/provider-id.ts';
import { machineOf } from '../../shared/azure/provider-id.ts';

describe('On AWS a providerID names', () => {
  it.each([
    ['aws:///us-east-1a/i-0123456789abcdef0', 'i-0123456789abcdef0'],
    ['aws:///us-west-2-lax-1a/i-0123456789abcdef0', 'i-0123456789abcdef0'],
    ['aws:////i-0123abcd', 'i-0123abcd'],
    ['aws:///i-0123456789abcdef0', 'i-0123456789abcdef0'],
    ['i-0123456789abcdef0', 'i-0123456789abcdef0'],
    ['aws:///us-west-2b/8a7b6c5d/fargate-ip-10-0-1-20.us-west-2.compute.internal', null],
    ['eks-hybrid:///us-west-2/kthw/mi-0123456789abcdef0', null],
    ['azure:///us-east-1a/i-0123456789abcdef0', null],
    ['', null],
  ])('by %s: %s', (providerId, id) => {
    expect(instanceOf(providerId)).toBe(id);
  });
});

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/Cluster-RG';
const COMPUTE = `${GROUP}/providers/Microsoft.Compute`;

describe('On Azure a providerID names', () => {
  it.each([
    ['a machine', `azure://${COMPUTE}/virtualMachines/Worker-0`, `${COMPUTE}/virtualMachines/worker-0`],
    [
      'a machine whose group is in lower case',
      `azure://${COMPUTE.replace('Cluster-RG', 'cluster-rg')}/virtualMachines/Worker-0`,
      `${COMPUTE}/virtualMachines/worker-0`,
    ],
    [
      'a machine whose group is in upper case',
      `azure://${COMPUTE.replace('Cluster-RG', 'CLUSTER-RG')}/virtualMachines/Worker-0`,
      `${COMPUTE}/virtualMachines/worker-0`,
    ],
    [
      'an instance of a uniform scale set',
      `azure://${COMPUTE}/virtualMachineScaleSets/Workers/virtualMachines/3`,
      `${COMPUTE}/virtualMachineScaleSets/workers/virtualMachines/3`,
    ],
    [
      'an instance of a flexible scale set, by its set',
      `azure://${COMPUTE}/virtualMachineScaleSets/Workers/virtualMachines/workers_1a2b3c4d`,
      `${COMPUTE}/virtualMachines/workers_1a2b3c4d`,
    ],
  ])('%s', (_, providerId, id) => {
    expect(machineOf(providerId)).toBe(id.toLowerCase());
  });

  it.each([
    `azure://${COMPUTE}/virtualMachineScaleSets/Workers`,
    `azure://${GROUP}`,
    `${COMPUTE}/virtualMachines/worker-0`,
    'aws:///us-east-1a/i-0123456789abcdef0',
    '',
  ])('nothing by %s', (providerId) => {
    expect(machineOf(providerId)).toBeNull();
  });
});
