import type { SecurityRule } from '@azure/arm-network';
import { describe, expect, it } from '@jest/globals';
import { TABLE } from '../../functions/cli/sandbox/cluster.ts';
import { type AzurePatient, codesOf, doctor, POD, withAzurePatient } from './doctor-world.ts';

function rule(fields: Partial<SecurityRule>): SecurityRule {
  return {
    name: 'rule',
    priority: 200,
    direction: 'Inbound',
    access: 'Deny',
    protocol: '*',
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
    ...fields,
  };
}

const AZURE_FAULTS: readonly {
  readonly what: string;
  readonly breakIt: (patient: AzurePatient) => Promise<unknown>;
  readonly found: readonly string[];
  readonly command: RegExp;
  readonly look?: RegExp;
}[] = [
  {
    what: 'a route that is missing',
    breakIt: ({ network }) => network.routes.delete('kubernetes', TABLE, 'kubernetes-route-10-200-1-0-24'),
    found: ['certain route-missing'],
    command: /^podroutes reconcile worker-1$/,
  },
  {
    what: 'a route to another node',
    breakIt: (patient) => putRoute(patient, '10.240.0.20'),
    found: ['certain route-wrong-next-hop'],
    command: /^podroutes reconcile worker-1$/,
  },
  {
    what: 'a route of somebody else',
    breakIt: (patient) => putRoute(patient, '10.240.0.100'),
    found: ['certain foreign-route'],
    command: /^$/,
    look: /^az network route-table show --ids \S+kubernetes-routes --query "routes\[\?addressPrefix=='10\.200\.1\.0\/24'\]"$/,
  },
  {
    what: 'IP forwarding that is off',
    breakIt: async ({ network }) => {
      const nic = await network.networkInterfaces.get('kubernetes', 'worker-1-nic');
      await network.networkInterfaces.createOrUpdate('kubernetes', 'worker-1-nic', {
        ...nic,
        enableIPForwarding: false,
      });
    },
    found: ['certain forwarding-disabled'],
    command: /^az network nic update --ids \/subscriptions\/\S+\/worker-1-nic --ip-forwarding true$/,
  },
  {
    what: 'a subnet that has lost its table',
    breakIt: ({ putSubnet }) => putSubnet(({ routeTable, ...rest }) => rest),
    found: ['certain association-lost'],
    command: /^az network vnet subnet update --ids \S+ --route-table \S+kubernetes-routes$/,
  },
  {
    what: 'a subnet with a table of somebody else',
    breakIt: async ({ network, putSubnet }) => {
      const { id = '' } = await network.routeTables.createOrUpdate('kubernetes', 'others', {
        location: 'westeurope',
      });
      await putSubnet((subnet) => ({ ...subnet, routeTable: { id } }));
    },
    found: ['certain subnet-not-routed'],
    command:
      /^az tag update --resource-id \S+others --operation merge --tags kubernetes\.io_cluster_kthw=shared$/,
  },
  {
    what: 'a security group on the subnet that denies what comes in',
    breakIt: async ({ putGroup, putSubnet }) => {
      const id = await putGroup([rule({})]);
      await putSubnet((subnet) => ({ ...subnet, networkSecurityGroup: { id } }));
    },
    found: ['certain network-security-group-blocks'],
    command:
      /^az network nsg rule create .* --nsg-name nodes-nsg .* --priority 199 --direction Inbound .* --source-address-prefixes 10\.200\.0\.0\/16 .* --destination-address-prefixes 10\.200\.0\.0\/16 /,
  },
  {
    what: 'a security group on an interface that denies some of what goes out',
    breakIt: async ({ network, putGroup }) => {
      const denied = { protocol: 'Tcp', destinationPortRange: '8080', direction: 'Outbound' };
      const id = await putGroup([rule(denied)]);
      const nic = await network.networkInterfaces.get('kubernetes', 'worker-1-nic');
      const changed = { ...nic, networkSecurityGroup: { id } };
      await network.networkInterfaces.createOrUpdate('kubernetes', 'worker-1-nic', changed);
    },
    found: ['likely network-security-group-blocks'],
    command: /--priority 199 --direction Outbound /,
  },
  {
    what: 'a security group that it cannot judge',
    breakIt: async ({ putGroup, putSubnet }) => {
      const id = await putGroup([rule({ sourceAddressPrefix: 'AzureCloud' })]);
      await putSubnet((subnet) => ({ ...subnet, networkSecurityGroup: { id } }));
    },
    found: ['possible network-security-group-blocks'],
    command: /--priority 199 --direction Inbound /,
  },
];

async function putRoute({ network }: AzurePatient, nextHopIpAddress: string): Promise<void> {
  const name = 'kubernetes-route-10-200-1-0-24';
  const route = { name, addressPrefix: POD, nextHopType: 'VirtualAppliance', nextHopIpAddress };
  await network.routes.createOrUpdate('kubernetes', TABLE, name, route);
}

describe('doctor on Azure', () => {
  it('finds nothing in a cluster without a fault', () =>
    withAzurePatient(async ({ world }) => {
      expect(await doctor(world)).toMatchObject({ exit: 0, problems: [], unchecked: [] });
    }));

  it('finds nothing where a security group has the default rules alone', () =>
    withAzurePatient(async ({ world, putGroup, putSubnet }) => {
      const id = await putGroup([]);
      await putSubnet((subnet) => ({ ...subnet, networkSecurityGroup: { id } }));
      expect(await doctor(world)).toMatchObject({ exit: 0, problems: [] });
    }));

  it.each(AZURE_FAULTS)('names $what, and nothing else', ({ breakIt, found, command, look = /^/ }) =>
    withAzurePatient(async (patient) => {
      await breakIt(patient);
      const doctored = await doctor(patient.world);
      expect({ exit: doctored.exit, codes: codesOf(doctored) }).toEqual({ exit: 3, codes: found });
      expect(doctored.problems[0]?.commands[0] ?? '').toMatch(command);
      expect(doctored.problems[0]?.lookCommands[0] ?? '').toMatch(look);
    }),
  );
});
