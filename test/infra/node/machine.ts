import { createGroup } from '../../../shared/sandbox/arm/groups.ts';
import { createMachine } from '../../../shared/sandbox/arm/machines.ts';
import { createNetwork as createVirtualNetwork, putSubnet } from '../../../shared/sandbox/arm/networks.ts';
import { tagResource, untagResource } from '../../../shared/sandbox/arm/tags.ts';
import { startArmSandbox } from '../../../shared/sandbox/arm-server.ts';
import { startAwsSandbox } from '../../../shared/sandbox/aws-server.ts';
import { completeTransitions, launchInstances } from '../../../shared/sandbox/ec2/instances.ts';
import { DEFAULT_METADATA_OPTIONS } from '../../../shared/sandbox/ec2/metadata-options.ts';
import { createSubnet, createVpc } from '../../../shared/sandbox/ec2/network.ts';
import { removeTags, setTags } from '../../../shared/sandbox/ec2/tags.ts';
import type { Fault } from '../../../shared/sandbox/faults.ts';
import { metadataEndpoint } from '../../../shared/sandbox/instance-metadata.ts';
import { cidr } from '../../core/builders.ts';

/** A running machine of a sandbox, whose metadata service tells its tags. */
export interface Machine {
  /** The cloud, and where the script finds the machine's metadata service. */
  readonly env: Readonly<Record<string, string>>;
  readonly tag: (key: string, value: string) => void;
  readonly untag: (key: string) => void;
  /** Lets the next requests to the metadata service fail. */
  readonly fail: (fault: Fault) => void;
  readonly close: () => Promise<void>;
}

async function startInstance(): Promise<Machine> {
  const { endpoint, ec2, failNext, close } = await startAwsSandbox();
  const vpc = createVpc(ec2, [cidr('10.240.0.0/16')]).id;
  const subnet = createSubnet(ec2, { vpc, cidr: cidr('10.240.0.0/24') }).id;
  const [instance] = launchInstances(ec2, {
    interfaces: [{ deviceIndex: 0, spec: { subnet } }],
    metadataOptions: { ...DEFAULT_METADATA_OPTIONS, instanceMetadataTags: 'enabled' },
  });
  const id = instance?.id ?? '';
  completeTransitions(ec2);
  return {
    env: { PODCIDR_CLOUD: 'aws', AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataEndpoint(endpoint, id) },
    tag: (key, value) => setTags(ec2, [id], new Map([[key, value]])),
    untag: (key) => removeTags(ec2, [id], new Map([[key, null]])),
    fail: (fault) => failNext('InstanceMetadata', fault),
    close,
  };
}

async function startVirtualMachine(): Promise<Machine> {
  const { endpoint, arm, failNext, close } = await startArmSandbox();
  createGroup(arm, 'g');
  const place = { group: 'g', name: 'vnet', addressPrefixes: ['10.240.0.0/16'] };
  const network = createVirtualNetwork(arm, place).id;
  const subnet = putSubnet(arm, { network, name: 'subnet', addressPrefixes: ['10.240.0.0/24'] }).id;
  const { id } = createMachine(arm, { group: 'g', name: 'worker-0', subnet, tags: { role: 'worker' } });
  return {
    env: { PODCIDR_CLOUD: 'azure', AZURE_POD_IDENTITY_AUTHORITY_HOST: metadataEndpoint(endpoint, id) },
    tag: (key, value) => tagResource(arm, id, { [key]: value }),
    untag: (key) => untagResource(arm, id, [key]),
    fail: (fault) => failNext('InstanceMetadata', fault),
    close,
  };
}

/** How to start a machine of each cloud. */
export const CLOUDS = [
  { cloud: 'AWS', startMachine: startInstance },
  { cloud: 'Azure', startMachine: startVirtualMachine },
] as const;
