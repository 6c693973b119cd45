/**
 * Stands in for kOps: makes the subnets, tables and machines of a cluster with the tags that kOps gives them.
 * See https://kops.sigs.k8s.io/cluster_spec/
 */
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import type { Account } from './aws.ts';
import { readKinds } from './cluster.ts';
import { makeSubnet, makeVpc } from './network.ts';
import type { Files } from './place.ts';

interface KopsSubnet {
  readonly name: string;
  readonly type: 'Private' | 'Utility';
  readonly zone: string;
  readonly cidr: string;
}

/** Runs `kops update cluster`. */
export async function runKops(
  account: Account,
  [verb, what]: readonly string[],
  { files }: Files,
): Promise<string> {
  if (`${verb} ${what}` !== 'update cluster') throw new Error(`kops ${verb} ${what}: no stand-in`);
  const { Cluster, InstanceGroup } = readKinds(files, 'kops.yaml');
  const cluster: string = Cluster.metadata.name;
  const network = await makeVpc(account);
  const subnets = new Map<string, string>();
  for (const { name, type, zone, cidr } of Cluster.spec.subnets as readonly KopsSubnet[]) {
    const role = type === 'Private' ? `private-${zone}` : 'public';
    const Name = type === 'Private' ? `${role}.${cluster}` : cluster;
    const tags = toTags(cluster, { Name, 'kubernetes.io/kops/role': role });
    subnets.set(name, (await makeSubnet(account, network, { cidr, zone, tags })).SubnetId);
  }
  const { spec, metadata } = InstanceGroup;
  for (const name of spec.subnets) {
    await account.ec2.send(
      new RunInstancesCommand({
        ImageId: spec.image,
        SubnetId: subnets.get(name),
        MinCount: spec.minSize / spec.subnets.length,
        MaxCount: spec.minSize / spec.subnets.length,
        UserData: Buffer.from('#cloud-config\nruncmd:\n  - nodeup\n').toString('base64'),
        TagSpecifications: [
          {
            ResourceType: 'instance',
            Tags: toTags(cluster, {
              Name: `${metadata.name}.${cluster}`,
              'k8s.io/role/node': '1',
              'kops.k8s.io/instancegroup': metadata.name,
            }),
          },
        ],
      }),
    );
  }
  return `kOps has set your kubectl context to ${cluster}\n`;
}

function toTags(cluster: string, tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  const all = { KubernetesCluster: cluster, [`kubernetes.io/cluster/${cluster}`]: 'owned', ...tags };
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
}
