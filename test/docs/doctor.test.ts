import { access } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { buildAwsCluster } from '../../functions/cli/sandbox/aws.ts';
import { buildAzureCluster } from '../../functions/cli/sandbox/azure.ts';
import { SUBNET } from '../../functions/cli/sandbox/cluster.ts';
import { matchEndpoint } from '../../shared/sandbox/arm/dispatch.ts';
import { putSubnet } from '../../shared/sandbox/arm/networks.ts';
import { putSecurityGroup } from '../../shared/sandbox/arm/security-groups.ts';
import { startArmSandbox } from '../../shared/sandbox/arm-server.ts';
import { startAwsSandbox } from '../../shared/sandbox/aws-server.ts';
import { podroutes } from '../cli/built-command.ts';
import { withWorld } from '../cli/cluster-world.ts';
import { codeSpans, ROOT, readText, tableBelow } from './markdown.ts';

const PAGE = await readText('docs/doctor.md');

/** Text from a heading to the next of its kind, by code. */
const SECTIONS = new Map(
  PAGE.split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);

async function readUnion(path: string, type: string): Promise<string[]> {
  const [, union = ''] = new RegExp(`type ${type} =([^;]+);`).exec(await readText(path)) ?? [];
  return [...union.matchAll(/'([^']+)'/g)].map(([, word = '']) => word);
}

describe('The page of doctor', () => {
  it('has a section for each code, under the anchor that the command names', async () => {
    const codes = await readUnion('shared/doctor/model.ts', 'DiagnosisCode');
    expect(codes.length).toBeGreaterThan(20);
    expect([...SECTIONS.keys()].sort()).toEqual(codes.sort());
  });

  it('leads from a code that the core has too to the page of the finding', async () => {
    const findings = await readUnion('shared/model.ts', 'FindingCode');
    const shared = [...SECTIONS].filter(([code]) => findings.includes(code));
    expect(shared.length).toBeGreaterThan(5);
    for (const [code, section] of shared) {
      expect(section).toContain(`(findings/${code}.md)`);
      await access(new URL(`docs/findings/${code}.md`, ROOT));
    }
  });

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
