// @ts-nocheck
import { type Params, readBoolean, readInteger, readList, readRequired, readValues } from '../query.ts';
import { type ActionTable, DONE } from './action.ts';
import {
  attachInterface,
  createInterface,
  deleteInterface,
  detachInterface,
  type InterfaceSpec,
  modifyInterface,
} from './interfaces.ts';
import { readTagSpecification, TAG_SPECIFICATION_PARAMS } from './tag-actions.ts';
import { viewInterface } from './views.ts';

/** The parameters that `readInterfaceSpec` reads. */
export const INTERFACE_PARAMS = [
  'SubnetId',
  'Description',
  'PrivateIpAddress',
  'PrivateIpAddresses.N.PrivateIpAddress',
  'PrivateIpAddresses.N.Primary',
  'Ipv6Addresses.N.Ipv6Address',
  'Ipv6AddressCount',
  'SecurityGroupId.N',
];

/** Reads a new interface; the primary address may stand alone or in the list. */
export function readInterfaceSpec(params: Params): InterfaceSpec {
  const listed = readList(params, 'PrivateIpAddresses');
  const primary = listed.find((entry) => readBoolean(entry, 'Primary') === true);
  return {
    subnet: readRequired(params, 'SubnetId'),
    address: params.get('PrivateIpAddress') ?? primary?.get('PrivateIpAddress'),
    secondaryAddresses: listed
      .filter((entry) => entry !== primary)
      .map((entry) => readRequired(entry, 'PrivateIpAddress')),
    ipv6Addresses: readList(params, 'Ipv6Addresses').map((entry) => readRequired(entry, 'Ipv6Address')),
    ipv6Count: readInteger(params, 'Ipv6AddressCount'),
    description: params.get('Description'),
    groups: readValues(params, 'SecurityGroupId'),
  };
}

export const INTERFACE_ACTIONS: ActionTable = {
  CreateNetworkInterface: {
    params: [...INTERFACE_PARAMS, 'ClientToken', ...TAG_SPECIFICATION_PARAMS],
    mutating: true,
    run: (ec2, params) => {
      const tags = readTagSpecification(params, 'network-interface');
      const created = createInterface(ec2, { ...readInterfaceSpec(params), tags });
      return { networkInterface: viewInterface(ec2, ec2.state, created) };
    },
  },
  AttachNetworkInterface: {
    params: ['NetworkInterfaceId', 'InstanceId', 'DeviceIndex'],
    mutating: true,
    run: (ec2, params) => {
      readRequired(params, 'DeviceIndex');
      const { id } = attachInterface(
        ec2,
        readRequired(params, 'NetworkInterfaceId'),
        readRequired(params, 'InstanceId'),
        readInteger(params, 'DeviceIndex') ?? 0,
      );
      return { attachmentId: id, networkCardIndex: 0 };
    },
  },
  DetachNetworkInterface: {
    params: ['AttachmentId', 'Force'],
    mutating: true,
    run: (ec2, params) => {
      detachInterface(ec2, readRequired(params, 'AttachmentId'));
      return DONE;
    },
  },
  DeleteNetworkInterface: {
    params: ['NetworkInterfaceId'],
    mutating: true,
    run: (ec2, params) => {
      deleteInterface(ec2, readRequired(params, 'NetworkInterfaceId'));
      return DONE;
    },
  },
  ModifyNetworkInterfaceAttribute: {
    params: ['NetworkInterfaceId', 'SourceDestCheck.Value', 'Description.Value', 'SecurityGroupId.N'],
    mutating: true,
    run: (ec2, params) => {
      const sourceDestCheck = readBoolean(params, 'SourceDestCheck.Value');
      const description = params.get('Description.Value');
      const groups = readValues(params, 'SecurityGroupId');
      modifyInterface(ec2, readRequired(params, 'NetworkInterfaceId'), {
        ...(sourceDestCheck === undefined ? {} : { sourceDestCheck }),
        ...(description === undefined ? {} : { description }),
        ...(groups.length === 0 ? {} : { groups }),
      });
      return DONE;
    },
  },
};
