// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { createInterface } from '../../shared/sandbox/arm/interfaces.ts';
import { createMachine } from '../../shared/sandbox/arm/machines.ts';
import { createScaleSet } from '../../shared/sandbox/arm/scale-sets.ts';
import { GROUP, refusal, withArm } from './arm-setup.ts';

const VNET = 'kubernetes-vnet';

describe('The availability of an address in the sandbox ARM', () => {
  it('is told of a free one', () =>
    withArm({}, async ({ network }) => {
      const answer = await network.virtualNetworks.checkIPAddressAvailability(GROUP, VNET, '10.240.0.20');
      expect(answer).toEqual({ available: true, isPlatformReserved: false });
    }));

  it.each([
    [
      'an interface that belongs to nobody has it',
      'alone',
      ['10.240.0.5', '10.240.0.6', '10.240.0.7', '10.240.0.8', '10.240.0.9'],
    ],
    ['a machine has it', 'machine', ['10.240.0.5', '10.240.0.6', '10.240.0.7', '10.240.0.8', '10.240.0.9']],
    [
      'an instance of a uniform set has it',
      'set',
      ['10.240.0.6', '10.240.0.7', '10.240.0.8', '10.240.0.9', '10.240.0.10'],
    ],
  ] as const)('is denied, with five free ones, where %s', (_case, holder, offered) =>
    withArm({}, async ({ arm, network, subnet }) => {
      const place = { group: GROUP, name: 'pool', subnet: subnet.id };
      if (holder === 'alone') createInterface(arm, place);
      if (holder === 'machine') createMachine(arm, place);
      if (holder === 'set') createScaleSet(arm, { ...place, mode: 'Uniform', instances: 2 });
      const answer = await network.virtualNetworks.checkIPAddressAvailability(GROUP, VNET, '10.240.0.4');
      expect(answer).toEqual({ available: false, availableIPAddresses: offered, isPlatformReserved: false });
    }),
  );

  it.each(['10.240.0.0', '10.240.0.3', '10.240.0.255'])('is denied of %s, which Azure keeps', (address) =>
    withArm({}, async ({ network }) => {
      const answer = await network.virtualNetworks.checkIPAddressAvailability(GROUP, VNET, address);
      expect(answer).toMatchObject({ available: false, isPlatformReserved: true });
    }),
  );

  it.each([
    ['of the network but of none of its subnets', '10.240.9.20', 'PrivateIPAddressNotInAnySubnet'],
    ['of another network', '192.0.2.1', 'PrivateIPAddressNotInAnySubnet'],
    ['that is none', 'worker-0', 'InvalidIPAddressFormat'],
  ])('is refused of an address %s', (_case, address, code) =>
    withArm({}, async ({ network }) => {
      const call = network.virtualNetworks.checkIPAddressAvailability(GROUP, VNET, address);
      expect(await refusal(call)).toMatchObject({ status: 400, code });
    }),
  );
});
