// @ts-nocheck
import { describe, expect, it } from '@jest/globals';
import { targetFinder } from '../../shared/aws/targets.ts';
import { node } from '../core/builders.ts';

describe('R3 two reads of one run that contradict each other', () => {
  it('prove nothing: the table says that the interface is a living instance’s, the list still a dying one’s', () => {
    const dying = {
      InstanceId: 'i-0a',
      State: { Name: 'shutting-down' as const },
      NetworkInterfaces: [{ NetworkInterfaceId: 'eni-01' }],
    };
    const targetOf = targetFinder({
      scope: { kind: 'nodes', ids: ['i-0a'] },
      nodes: [node('i-0a', [], { state: 'gone' })],
      instances: [dying],
      interfaces: [],
      unknown: new Set(),
      isPartial: false,
    });
    const route = { InstanceId: 'i-0b', NetworkInterfaceId: 'eni-01', State: 'active' as const };
    expect(targetOf({ ...route, Origin: 'CreateRoute' }, {})).toEqual({ kind: 'unread' });
  });
});
