import {
  ApiError,
  type Params,
  readBoolean,
  readInteger,
  readList,
  readRequired,
  readValues,
  type WireObject,
} from '../query.ts';
import { type Action, type ActionTable, DONE } from './action.ts';
import { modifyStopped, setSourceDestCheck } from './instance-attributes.ts';
import { changeInstances, type LaunchInterface, launchInstances } from './instances.ts';
import { INTERFACE_PARAMS, readInterfaceSpec } from './interface-actions.ts';
import { METADATA_OPTION_PARAMS, readMetadataOptions } from './metadata-options.ts';
import type { Ec2 } from './state.ts';
import { readTagSpecification, TAG_SPECIFICATION_PARAMS } from './tag-actions.ts';
import { viewInstance, viewInstanceState } from './views.ts';

const TOP_LEVEL_INTERFACE_PARAMS = [
  'SubnetId',
  'PrivateIpAddress',
  'Ipv6Address.N.Ipv6Address',
  'Ipv6AddressCount',
  'SecurityGroupId.N',
];

/** Accepted without effect: they do not touch what podroutes sees. */
const INERT_LAUNCH_PARAMS = [
  'KeyName',
  'EbsOptimized',
  'Monitoring.Enabled',
  'IamInstanceProfile.Arn',
  'IamInstanceProfile.Name',
  'BlockDeviceMapping.N.DeviceName',
  'BlockDeviceMapping.N.NoDevice',
  'BlockDeviceMapping.N.Ebs.DeleteOnTermination',
  'BlockDeviceMapping.N.Ebs.VolumeSize',
  'BlockDeviceMapping.N.Ebs.VolumeType',
  'NetworkInterface.N.AssociatePublicIpAddress',
];

const RUN_PARAMS = [
  'MinCount',
  'MaxCount',
  'ImageId',
  'InstanceType',
  'UserData',
  'ClientToken',
  ...TOP_LEVEL_INTERFACE_PARAMS,
  ...INERT_LAUNCH_PARAMS,
  ...METADATA_OPTION_PARAMS.map((name) => `MetadataOptions.${name}`),
  ...[...INTERFACE_PARAMS, 'DeviceIndex', 'NetworkInterfaceId', 'DeleteOnTermination'].map(
    (name) => `NetworkInterface.N.${name}`,
  ),
  ...TAG_SPECIFICATION_PARAMS,
];

function readLaunchInterfaces(params: Params): readonly LaunchInterface[] {
  const listed = readList(params, 'NetworkInterface');
  if (listed.length === 0) return [{ deviceIndex: 0, spec: readTopLevelInterface(params) }];
  for (const name of TOP_LEVEL_INTERFACE_PARAMS) {
    if (!params.has(name.replace('.N', '.1').replace('.N', '.1'))) continue;
    const message =
      'Network interfaces and an instance-level subnet ID may not be specified on the same request';
    throw new ApiError('InvalidParameterCombination', message);
  }
  return listed.map((entry) => {
    const deviceIndex = readInteger(entry, 'DeviceIndex') ?? 0;
    const existing = entry.get('NetworkInterfaceId');
    if (existing !== undefined) return { deviceIndex, existing };
    const deleteOnTermination = readBoolean(entry, 'DeleteOnTermination') ?? true;
    return { deviceIndex, spec: readInterfaceSpec(entry), deleteOnTermination };
  });
}

function readTopLevelInterface(params: Params) {
  const subnet = params.get('SubnetId');
  if (subnet === undefined) {
    const message = 'No default VPC for this user. Name a subnet: the sandbox has no default VPC.';
    throw new ApiError('VPCIdNotSpecified', message);
  }
  return {
    subnet,
    address: params.get('PrivateIpAddress'),
    ipv6Addresses: readList(params, 'Ipv6Address').map((entry) => readRequired(entry, 'Ipv6Address')),
    ipv6Count: readInteger(params, 'Ipv6AddressCount'),
    groups: readValues(params, 'SecurityGroupId'),
  };
}

function runInstances(ec2: Ec2, params: Params): WireObject {
  readRequired(params, 'MinCount');
  readRequired(params, 'MaxCount');
  const least = readInteger(params, 'MinCount') ?? 1;
  const count = readInteger(params, 'MaxCount') ?? 1;
  if (least < 1 || count < least) {
    throw new ApiError('InvalidParameterValue', `Counts from ${least} to ${count} are not a valid range`);
  }
  const taggable = ['instance', 'network-interface', 'volume'];
  const instances = launchInstances(ec2, {
    count,
    interfaces: readLaunchInterfaces(params),
    userData: params.get('UserData'),
    tags: readTagSpecification(params, 'instance', taggable),
    interfaceTags: readTagSpecification(params, 'network-interface', taggable),
    type: params.get('InstanceType'),
    image: params.get('ImageId'),
    clientToken: params.get('ClientToken'),
    metadataOptions: readMetadataOptions(params, 'MetadataOptions.'),
  });
  return {
    reservationId: instances[0]?.reservation,
    ownerId: ec2.account,
    groupSet: [],
    instancesSet: instances.map((instance) => viewInstance(ec2, ec2.state, instance)),
  };
}

function stateChangeAction(verb: 'start' | 'stop' | 'terminate', params: readonly string[]): Action {
  return {
    params: ['InstanceId.N', ...params],
    mutating: true,
    run: (ec2, request) => {
      readRequired(request, 'InstanceId.1');
      const changes = changeInstances(ec2, verb, readValues(request, 'InstanceId'));
      return {
        instancesSet: changes.map(({ id, previous, current }) => ({
          instanceId: id,
          currentState: viewInstanceState(current),
          previousState: viewInstanceState(previous),
        })),
      };
    },
  };
}

const MODIFIERS: ReadonlyMap<string, (ec2: Ec2, id: string, params: Params, name: string) => void> = new Map([
  [
    'sourceDestCheck',
    (ec2, id, params, name) => setSourceDestCheck(ec2, id, readBoolean(params, name) ?? true),
  ],
  ['userData', (ec2, id, params, name) => modifyStopped(ec2, id, { userData: params.get(name) ?? null })],
  ['instanceType', (ec2, id, params, name) => modifyStopped(ec2, id, { type: readRequired(params, name) })],
]);

/** Two forms are in use: `SourceDestCheck.Value=false`, and `Attribute=sourceDestCheck` with `Value=false`. */
function modifyInstanceAttribute(ec2: Ec2, params: Params): WireObject {
  const id = readRequired(params, 'InstanceId');
  const named = params.get('Attribute');
  const requests = [...MODIFIERS.keys()].flatMap((attribute) => {
    const own = `${attribute.charAt(0).toUpperCase()}${attribute.slice(1)}.Value`;
    if (params.has(own)) return [{ attribute, name: own }];
    return named === attribute ? [{ attribute, name: 'Value' }] : [];
  });
  const [request, ...others] = requests;
  if (named !== undefined && !MODIFIERS.has(named)) {
    throw new ApiError('UnsupportedOperation', `The sandbox does not model the attribute ${named}`);
  }
  if (request === undefined) {
    throw new ApiError('MissingParameter', 'The request must contain an attribute to modify');
  }
  if (others.length > 0) {
    const message =
      'Fields for multiple attribute types specified: only one attribute can be modified at a time';
    throw new ApiError('InvalidParameterCombination', message);
  }
  MODIFIERS.get(request.attribute)?.(ec2, id, params, request.name);
  return DONE;
}

export const INSTANCE_ACTIONS: ActionTable = {
  RunInstances: { params: RUN_PARAMS, mutating: true, run: runInstances },
  StartInstances: stateChangeAction('start', []),
  StopInstances: stateChangeAction('stop', ['Force']),
  TerminateInstances: stateChangeAction('terminate', ['Force', 'SkipOsShutdown']),
  ModifyInstanceAttribute: {
    params: [
      'InstanceId',
      'Attribute',
      'Value',
      'SourceDestCheck.Value',
      'UserData.Value',
      'InstanceType.Value',
    ],
    mutating: true,
    run: modifyInstanceAttribute,
  },
};
