import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { PodRoutes } from '../../../infra/aws/pod-routes.ts';
import type { PodRoutesProps } from '../../../infra/aws/props.ts';

/** The least that a deployment needs. */
export const MINIMAL: PodRoutesProps = { cluster: 'kthw', clusterCidrs: ['10.200.0.0/16'] };

/** What a certificate looks like; nobody reads further. */
const CA = Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n').toString('base64');

/** Every property given, and everything that can be switched on, on. */
export const EVERYTHING: Required<PodRoutesProps> = {
  clusterCidrs: ['10.200.0.0/16', 'fd00:200::/48'],
  cluster: 'kthw',
  routeTables: ['rtb-0aaaaaaaaaaaaaaaa', 'rtb-0bbbbbbbbbbbbbbbb'],
  nodeTag: 'role=node',
  podCidrTag: 'example.com/pod-cidr',
  podCidrSources: ['user-data', 'tag'],
  routeLimit: 1000,
  maxDeletes: '5',
  grace: '30m',
  kubernetes: 'https://10.0.0.10:6443',
  kubernetesCa: CA,
  kubernetesToken: 'secret:kthw/podroutes',
  functionSubnetIds: ['subnet-0aaaaaaaaaaaaaaaa', 'subnet-0bbbbbbbbbbbbbbbb'],
  functionSecurityGroupIds: ['sg-0aaaaaaaaaaaaaaaa'],
  maxClaims: 4,
  allocate: '/24,/64',
  reservedCidrs: ['10.200.255.0/24'],
  ledger: true,
  stoppedNodes: 'remove',
  forwarding: 'ensure',
  dryRun: false,
  eventBus: 'routes',
  lifecycleHook: 'routes-first',
  autoScalingGroups: ['workers-a', 'workers-b'],
  createHooks: true,
  hookDefaultResult: 'ABANDON',
  vpcIds: ['vpc-0aaaaaaaaaaaaaaaa'],
  driftEvents: true,
  scheduleMinutes: 15,
  reserveConcurrency: true,
  memoryMb: 512,
  eventsTimeoutSeconds: 120,
  reconcileTimeoutSeconds: 300,
  encryptQueuesWithKey: true,
  logRetentionDays: 7,
  logLevel: 'DEBUG',
  monitoring: 'full',
  alarmEmails: ['ops@example.com'],
  alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms',
  docsUrl: 'https://git.example.com/podroutes/docs',
  eventToRouteSeconds: 30,
  dashboard: true,
};

const { alarmTopicArn: _, ...withoutTopic } = EVERYTHING;

/** Every configuration whose template is checked as a whole. */
export const CONFIGURATIONS: Readonly<Record<string, PodRoutesProps>> = {
  minimal: MINIMAL,
  everything: EVERYTHING,
  'a new key for topic and queues': withoutTopic,
  'blocks of Kubernetes': {
    ...MINIMAL,
    podCidrSources: ['tag', 'kubernetes'],
    kubernetes: 'https://10.0.0.10:6443',
    kubernetesToken: 'secret:kthw/podroutes',
  },
  'only what is essential watched': { ...MINIMAL, monitoring: 'essential' },
  'nothing that can be left out': {
    clusterCidrs: ['10.200.0.0/16'],
    routeTables: ['rtb-0aaaaaaaaaaaaaaaa'],
    podCidrSources: ['tag'],
    forwarding: 'ignore',
    reserveConcurrency: false,
    dashboard: false,
    alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms',
  },
};

/** Without CDK's own checks of templates, which only print warnings, and take seconds for each template. */
const QUIET = { analyticsReporting: false, builtinCloudFormationValidation: false };

/** An app of its own, which writes to a folder of its own unless it is given one. */
export function createApp(props: AppProps = {}): App {
  return new App({ ...QUIET, ...props });
}

/** A stack of its own, in an app that writes where nobody looks. */
export function createStack(env: { account?: string; region?: string } = {}): Stack {
  return new Stack(createApp({ context: flags }), 'podroutes', { env });
}

/** The template for these properties. */
export function synthesize(props: PodRoutesProps): Template {
  const stack = createStack();
  new PodRoutes(stack, 'PodRoutes', props);
  return Template.fromStack(stack);
}

/** Properties of all resources of a type, by logical id. */
export function propertiesOf(template: Template, type: string): Readonly<Record<string, unknown>>[] {
  return Object.values(template.findResources(type)).map(({ Properties }) => Properties ?? {});
}

/** Runs `use` with a folder that is gone afterwards. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'podroutes-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
