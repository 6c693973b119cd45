import { RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { Account } from './aws.ts';
import { readKinds } from './cluster.ts';
import type { Files } from './place.ts';

/**
 * Stands in for Karpenter where each pod of a deployment needs a machine for itself: launches them as its EC2NodeClass
 * says, or ends the last ones.
 * @see https://karpenter.sh/docs/concepts/nodeclasses/
 */
export async function scaleTo(
  { ec2, sandbox }: Account,
  count: number,
  { files, variables }: Files,
): Promise<void> {
  const { instances } = sandbox.ec2.state;
  const machines = [...instances.values()].filter(({ state }) => state === 'running');
  if (machines.length > count) {
    const InstanceIds = machines.slice(count).map(({ id }) => id);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    return;
  }
  const { NodePool, EC2NodeClass } = readKinds(files, 'karpenter.yaml');
  const { userData, tags = {}, metadataOptions = {} } = EC2NodeClass.spec;
  await ec2.send(
    new RunInstancesCommand({
      ImageId: variables.get('IMAGE') ?? '',
      SubnetId: variables.get('SUBNET') ?? '',
      MinCount: count - machines.length,
      MaxCount: count - machines.length,
      UserData: Buffer.from(userData).toString('base64'),
      MetadataOptions: { HttpTokens: metadataOptions.httpTokens ?? 'required' },
      TagSpecifications: [
        {
          ResourceType: 'instance',
          Tags: Object.entries<string>({
            ...tags,
            'karpenter.sh/nodepool': NodePool.metadata.name,
            'karpenter.k8s.aws/ec2nodeclass': EC2NodeClass.metadata.name,
            'kubernetes.io/cluster/kthw': 'owned',
          }).map(([Key, Value]) => ({ Key, Value })),
        },
      ],
    }),
  );
}
