// @ts-nocheck
import {
  CreateSubnetCommand,
  DescribeAvailabilityZonesCommand,
  type DescribeAvailabilityZonesCommandInput,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { createNetwork, refusal, withSandbox } from './setup.ts';

describe('Availability zones of the sandbox EC2', () => {
  const names: [string, DescribeAvailabilityZonesCommandInput, string[]][] = [
    ['without a question', {}, ['us-east-1a', 'us-east-1b', 'us-east-1c', 'us-east-1f']],
    ['by name', { ZoneNames: ['us-east-1b'] }, ['us-east-1b']],
    ['by id', { ZoneIds: ['use1-az3'] }, ['us-east-1c']],
    [
      'by a filter',
      { Filters: [{ Name: 'zone-name', Values: ['us-east-1b', 'us-east-1c'] }] },
      ['us-east-1b', 'us-east-1c'],
    ],
    ['by the region of others', { Filters: [{ Name: 'region-name', Values: ['eu-west-1'] }] }, []],
  ];
  it.each(names)('are told %s', (_case, input, expected) =>
    withSandbox({}, async ({ ec2 }) => {
      const { vpc } = await createNetwork(ec2);
      const place = { VpcId: vpc, CidrBlock: '10.0.2.0/24', AvailabilityZone: 'us-east-1f' };
      await ec2.send(new CreateSubnetCommand(place));
      const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand(input));
      expect(AvailabilityZones.map(({ ZoneName }) => ZoneName)).toEqual(expected);
    }),
  );

  it.each([
    ['us-east-1', 'use1-az1'],
    ['ap-southeast-2', 'apse2-az1'],
    ['eu-central-1', 'euc1-az1'],
    ['us-gov-west-1', 'usgw1-az1'],
  ])('of %s have ids such as %s', (region, ZoneId) =>
    withSandbox({ region }, async ({ ec2 }) => {
      const { AvailabilityZones } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
      expect(AvailabilityZones?.[0]).toMatchObject({
        ZoneId,
        ZoneName: `${region}a`,
        RegionName: region,
        State: 'available',
        ZoneType: 'availability-zone',
      });
    }),
  );

  it('are those of subnets, by id too', () =>
    withSandbox({}, async ({ ec2 }) => {
      const { subnet } = await createNetwork(ec2);
      const Filters = [{ Name: 'availability-zone-id', Values: ['use1-az1'] }];
      const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
      expect(Subnets).toMatchObject([{ SubnetId: subnet, AvailabilityZoneId: 'use1-az1' }]);
    }));

  it('that are not there are refused', () =>
    withSandbox({}, async ({ ec2 }) => {
      const command = new DescribeAvailabilityZonesCommand({ ZoneNames: ['us-east-1a', 'eu-west-1a'] });
      expect(await refusal(ec2.send(command))).toEqual({
        code: 'InvalidParameterValue',
        status: 400,
        message: 'Invalid availability zone: [eu-west-1a]',
      });
    }));
});
