// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { readAddress, readInterface } from '../../shared/azure/interfaces.ts';
import { readMachine } from '../../shared/azure/machines.ts';

function machine(properties: object) {
  return readMachine({ id: '/M', name: 'm', properties });
}

function configuration(privateIPAddress: string | null, primary?: boolean) {
  return { properties: { privateIPAddress, primary, subnet: { id: '/V/subnets/S' } } };
}

describe('A machine', () => {
  it.each([
    ['PowerState/running', 'running'],
    ['powerstate/Running', 'running'],
    ['PowerState/starting', 'pending'],
    ['PowerState/stopping', 'stopped'],
    ['PowerState/stopped', 'stopped'],
    ['PowerState/deallocating', 'stopped'],
    ['PowerState/deallocated', 'stopped'],
    ['PowerState/unknown', 'pending'],
  ])('with the status %s is %s', (code, state) => {
    const statuses = [{ code: 'ProvisioningState/succeeded' }, { code }];
    expect(machine({ instanceView: { statuses } })).toMatchObject({ state });
    expect(machine({ provisioningState: 'Deleting', instanceView: { statuses } })).toMatchObject({
      state: 'gone',
    });
  });

  it('that tells nothing is a living one, without an age or an interface', () => {
    const expected = { state: 'pending', launchedAt: 0, interfaces: [], id: '/m' };
    expect(machine({})).toMatchObject(expected);
    expect(machine({ instanceView: null, timeCreated: null, networkProfile: null })).toMatchObject(expected);
  });

  it('has its primary interface first, wherever it stands', () => {
    const networkInterfaces = [
      { id: '/A', properties: { primary: false } },
      { id: '/B', properties: { primary: true } },
    ];
    expect(machine({ networkProfile: { networkInterfaces } }).interfaces).toEqual(['/b', '/a']);
  });
});

describe('An interface', () => {
  it('has the address of its primary configuration, and knows the others', () => {
    const ipConfigurations = [
      configuration('10.0.0.9', false),
      configuration('10.0.0.8', true),
      configuration('FD00:0::8'),
      configuration(null),
    ];
    expect(readInterface({ id: '/N', properties: { ipConfigurations } })).toMatchObject({
      primary: { 4: '10.0.0.8', 6: 'fd00::8' },
      addresses: ['10.0.0.8', '10.0.0.9', 'fd00::8'],
      subnet: '/v/subnets/s',
      forwarding: false,
      isInUse: false,
    });
  });

  it.each([
    [{ virtualMachine: { id: '/M' } }, true],
    [{ privateEndpoint: { id: '/P' } }, true],
    [{ virtualMachine: null }, false],
  ])('with %j is in use: %s', (properties, isInUse) => {
    expect(readInterface({ id: '/n', properties })).toMatchObject({ isInUse });
  });

  it.each(['', null, undefined, '10.0.0', 'x', '::g'])('has no address in %j', (text) => {
    expect(readAddress(text)).toBeNull();
  });
});

it('A resource that is not of the documented form is not read by halves', () => {
  expect(() => readMachine({ id: 1 })).toThrow('documented form');
});
