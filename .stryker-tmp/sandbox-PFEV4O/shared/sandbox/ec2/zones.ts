// @ts-nocheck
import { ApiError, type Params, readValues, type WireObject } from '../query.ts';
import type { ActionTable } from './action.ts';
import { type FilterFields, readFilters } from './filters.ts';
import type { Ec2 } from './state.ts';

interface Zone {
  readonly name: string;
  readonly id: string;
}

const LETTERS = ['a', 'b', 'c'];

/** `use1` of us-east-1, `apse2` of ap-southeast-2: what the ids of a region's zones start with. */
function shortName(region: string): string {
  return region
    .replace(/-([a-z]+)/g, (_, part: string) =>
      part === 'gov' ? 'g' : part.replaceAll(/(north|south|east|west|central)/g, (word) => word.charAt(0)),
    )
    .replaceAll('-', '');
}

/** The id of a zone: other accounts know it by it, whatever letter they have for it. */
export function zoneIdOf({ region }: Ec2, name: string): string {
  const number = name.charCodeAt(name.length - 1) - 'a'.charCodeAt(0) + 1;
  return `${shortName(region)}-az${number}`;
}

/** Three zones, whose ids follow their letters, and whatever others have a subnet. */
function zonesOf(ec2: Ec2): readonly Zone[] {
  const names = LETTERS.map((letter) => `${ec2.region}${letter}`);
  for (const { zone } of ec2.state.subnets.values()) names.push(zone);
  return [...new Set(names)].sort().map((name) => ({ name, id: zoneIdOf(ec2, name) }));
}

const FIELDS: FilterFields<Zone> = {
  'zone-name': ({ name }) => [name],
  'zone-id': ({ id }) => [id],
  'zone-type': () => ['availability-zone'],
  'region-name': (_zone, _state, ec2) => [ec2.region],
  'opt-in-status': () => ['opt-in-not-required'],
  state: () => ['available'],
};

function describeZones(ec2: Ec2, params: Params): WireObject {
  const zones = zonesOf(ec2);
  const names = readValues(params, 'ZoneName');
  const ids = readValues(params, 'ZoneId');
  const unknown = [
    ...names.filter((name) => !zones.some((zone) => zone.name === name)),
    ...ids.filter((id) => !zones.some((zone) => zone.id === id)),
  ];
  if (unknown.length > 0) {
    throw new ApiError('InvalidParameterValue', `Invalid availability zone: [${unknown.join(', ')}]`);
  }
  const matches = readFilters(ec2, params, FIELDS, () => new Map());
  const found = zones.filter(
    (zone) =>
      (names.length === 0 || names.includes(zone.name)) &&
      (ids.length === 0 || ids.includes(zone.id)) &&
      matches(zone, ec2.state),
  );
  return { availabilityZoneInfo: found.map((zone) => viewZone(ec2, zone)) };
}

function viewZone({ region }: Ec2, { name, id }: Zone): WireObject {
  return {
    zoneName: name,
    zoneId: id,
    zoneState: 'available',
    zoneType: 'availability-zone',
    regionName: region,
    groupName: `${region}-zg-1`,
    networkBorderGroup: region,
    optInStatus: 'opt-in-not-required',
    messageSet: [],
  };
}

export const ZONE_ACTIONS: ActionTable = {
  DescribeAvailabilityZones: {
    params: ['ZoneName.N', 'ZoneId.N', 'AllAvailabilityZones', 'Filter.N.Name', 'Filter.N.Value.N'],
    mutating: false,
    run: describeZones,
  },
};
