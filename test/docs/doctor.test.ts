import { describe, expect, it } from '@jest/globals';
import { buildAwsCluster } from '../../functions/cli/clouds/aws/sandbox.ts';
import { buildAzureCluster } from '../../functions/cli/clouds/azure/sandbox.ts';
import { SUBNET } from '../../functions/cli/sandbox/cluster.ts';
import { matchEndpoint } from '../../shared/sandbox/arm/dispatch.ts';
import { putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { putSecurityGroup } from '../../shared/sandbox/arm/security-groups.ts';
import { startArmSandbox } from '../../shared/sandbox/arm-server.ts';
import { startAwsSandbox } from '../../shared/sandbox/aws-server.ts';
import { podroutes } from '../cli/built-command.ts';
import { withWorld } from '../cli/cluster-world.ts';
import { codeSpans, readText, tableBelow } from './markdown.ts';

const PAGE = await readText('docs/doctor.md');

describe('The page of doctor', () => {
  it('shows what the command prints', () =>
    withWorld('azure', async ({ env }) => {
      const [, shown] = /^\$ podroutes doctor worker-0 worker-2\n(.*?)^```/ms.exec(PAGE) ?? [];
      const { stdout } = await podroutes(['doctor', 'worker-0', 'worker-2'], env);
      expect(stdout).toBe(shown);
    }));
});

describe('The permissions that doctor needs more than plan', () => {
  const listed = (cloud: string) =>
    tableBelow(PAGE, 'Permissions').flatMap(([name, action = '']) =>
      name === cloud ? codeSpans(action) : [],
    );
  const more = (doctor: ReadonlySet<string>, plan: ReadonlySet<string>) =>
    [...doctor].filter((action) => !plan.has(action)).sort();

  it('are listed for AWS', async () => {
    const sandbox = await startAwsSandbox();
    buildAwsCluster(sandbox);
    const env = { AWS_ENDPOINT_URL: sandbox.endpoint, AWS_REGION: sandbox.region, ...KEYS, ...SETTINGS };
    const actionsOf = async (command: string): Promise<Set<string>> => {
      sandbox.clearCalls();
      await podroutes([command], env);
      return new Set(sandbox.calls.map(({ service, action }) => `${service}:${action}`));
    };
    const [plan, doctor] = [await actionsOf('plan'), await actionsOf('doctor')];
    await sandbox.close();
    expect(more(doctor, plan)).toEqual(listed('AWS').sort());
  });

  it('are listed for Azure', async () => {
    const sandbox = await startArmSandbox({ retryAfterSeconds: 0 });
    const { arm } = sandbox;
    const subnet = buildAzureCluster(sandbox).get(SUBNET) ?? '';
    const group = putSecurityGroup(arm, { group: 'kubernetes', name: 'nodes-nsg' });
    putSubnet(arm, {
      network: subnet.split('/subnets/')[0] ?? '',
      name: SUBNET,
      addressPrefixes: ['10.240.0.0/22'],
      properties: { networkSecurityGroup: { id: group.id } },
    });
    const env = {
      PODROUTES_ARM_ENDPOINT: sandbox.endpoint,
      PODROUTES_AZURE_SUBSCRIPTION: sandbox.subscription,
      PODROUTES_AZURE_RESOURCE_GROUPS: 'kubernetes',
      ...SETTINGS,
    };
    const actionsOf = async (command: string): Promise<Set<string>> => {
      sandbox.clearCalls();
      await podroutes([command], env);
      return new Set(
        sandbox.calls.flatMap(
          ({ method, path }) => matchEndpoint(method, path.split('?')[0] ?? '')?.endpoint.action ?? [],
        ),
      );
    };
    const [plan, doctor] = [await actionsOf('plan'), await actionsOf('doctor')];
    await sandbox.close();
    expect(more(doctor, plan)).toEqual(listed('Azure').sort());
  });
});

const KEYS = { AWS_ACCESS_KEY_ID: 'person', AWS_SECRET_ACCESS_KEY: 'sandbox' };
const SETTINGS = { PODROUTES_CLUSTER: 'kthw', PODROUTES_CLUSTER_CIDRS: '10.200.0.0/16' };
