import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import type { PodRoutesProps } from '../../../infra/aws/props.ts';
import { type KubernetesSandbox, startKubernetesSandbox } from '../../../shared/sandbox/kubernetes-server.ts';
import { type Deployment, type FunctionName, SCHEDULED, withFunction } from '../../e2e/deployment.ts';
import { EVERYTHING, MINIMAL, synthesize } from './synthesis.ts';

interface Statement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

interface Role {
  readonly Policies: readonly {
    readonly PolicyName: string;
    readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  }[];
}

const IDS: Readonly<Record<FunctionName, string>> = { 'node-events': 'NodeEvents', reconcile: 'Reconcile' };

function statementsOf(template: Template, name: FunctionName): Statement[] {
  const roles = Object.entries(template.findResources('AWS::IAM::Role'));
  const [, role] = roles.find(([id]) => id.startsWith(`PodRoutes${IDS[name]}Role`)) ?? [];
  if (role === undefined) throw new Error(`expected a role for ${name}`);
  const { Policies }: Role = role['Properties'];
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function actionsOf(statements: readonly Statement[]): string[] {
  return statements.flatMap(({ Action }) => Action).sort();
}

function statement(template: Template, sid: string): Statement {
  const found = statementsOf(template, 'node-events').find(({ Sid }) => Sid === sid);
  if (found === undefined) throw new Error(`expected a statement ${sid}`);
  return found;
}

/** What Lambda does in the function's name: it takes messages, and writes the log. */
const BY_LAMBDA: Readonly<Record<FunctionName, readonly string[]>> = {
  'node-events': [
    ...['logs:CreateLogStream', 'logs:PutLogEvents'],
    ...['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  ],
  reconcile: ['logs:CreateLogStream', 'logs:PutLogEvents'],
};

/** What is asked of a ledger, as `test/peers/ledger-dynamodb.test.ts` sees it; the sandbox keeps its own in a file. */
const OF_LEDGER = ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'];

const CASES: Readonly<Record<string, PodRoutesProps>> = {
  'all that can be asked for': { ...MINIMAL, eventBus: 'routes', autoScalingGroups: ['workers'] },
  'the least': MINIMAL,
  'neither user data nor checks': { ...MINIMAL, podCidrSources: ['tag'], forwarding: 'ignore' },
  'Kubernetes, by a secret': {
    ...MINIMAL,
    podCidrSources: ['tag', 'kubernetes'],
    kubernetes: 'https://10.0.0.10:6443',
    kubernetesToken: 'secret:kthw/podroutes',
  },
  'the conditions of Nodes alone, by an identity': {
    ...MINIMAL,
    kubernetes: 'https://10.0.0.10:6443',
    kubernetesToken: 'identity:podroutes.example',
  },
  'blocks to hand out': { ...MINIMAL, allocate: '/24', autoScalingGroups: ['workers'] },
  'blocks to hand out beside Kubernetes': {
    ...MINIMAL,
    allocate: '/24',
    kubernetes: 'https://10.0.0.10:6443',
    kubernetesToken: 'secret:kthw/podroutes',
  },
};

/** The settings that the template gives, but for the cluster, which is the test's own, and the table. */
function settingsOf(template: Template): Record<string, string> {
  const [resource] = Object.values(template.findResources('AWS::Lambda::Function'));
  if (resource === undefined) throw new Error('expected a function');
  const {
    PODROUTES_CLUSTER: _,
    PODROUTES_LEDGER: __,
    ...settings
  } = resource['Properties'].Environment.Variables;
  return settings;
}

/** Everything that may happen to a cluster; `act` lets the function do what there is to do. */
async function liveThrough(
  { world, sandbox }: Deployment,
  { autoScalingGroups, allocate }: PodRoutesProps,
  act: (events?: readonly object[]) => Promise<void>,
): Promise<void> {
  await world.launch({ name: 'worker-0', podCidr: '10.200.0.0/24' });
  await world.launch({ name: 'worker-1', podCidr: '10.200.1.0/24', via: 'user-data' });
  await world.launch({ name: 'worker-2', podCidr: '10.200.2.0/24' });
  await world.launch({ name: 'worker-3', podCidr: '10.200.3.0/24' });
  if (autoScalingGroups !== undefined) {
    const instance = world.idOf('worker-0');
    sandbox.autoScaling.startHook({ group: 'workers', hook: 'podroutes', instance, transition: 'launching' });
  }
  await act();
  await world.retag('worker-0', '10.200.10.0/24');
  await act();
  await world.removeRoute('10.200.2.0/24');
  await world.addRoute('10.200.2.0/24', { machine: 'worker-3' });
  await act();
  await world.terminate('worker-2');
  await act();
  if (allocate === undefined) return;
  // One that waits until the schedule has entered all claims, and gets its block then.
  await world.launch({ name: 'worker-4', podCidr: null });
  await act();
  await act([SCHEDULED]);
}

/** Lets the API trust whom a cluster's function says that it is. */
function trust(kubernetes: KubernetesSandbox, { sandbox }: Deployment): void {
  sandbox.secrets.values.set('kthw/podroutes', TOKEN);
  kubernetes.setTrust((token) => sandbox.securityTokens.verify(token, 'podroutes.example'));
}

const TOKEN = 'token-of-podroutes';

async function calledBy(name: FunctionName, props: PodRoutesProps, template: Template): Promise<string[]> {
  const kubernetes = await startKubernetesSandbox(TOKEN);
  const folder = await mkdtemp(join(tmpdir(), 'podroutes-permissions-'));
  const env = {
    ...settingsOf(template),
    PODROUTES_LEDGER: `file:${join(folder, 'ledger')}`,
    ...(props.kubernetes !== undefined && {
      PODROUTES_KUBERNETES: kubernetes.server,
      PODROUTES_KUBERNETES_CA: kubernetes.ca,
    }),
  };
  const called = new Set<string>();
  await withFunction(name, { env }, async (deployment) => {
    const { sandbox, host, deliverEvents } = deployment;
    trust(kubernetes, deployment);
    const note = (): void => {
      // What the test itself does to the cluster is not the function's doing.
      for (const { service, action, userAgent } of sandbox.calls) {
        if (userAgent.includes('podroutes/')) called.add(`${service}:${action}`);
      }
    };
    await liveThrough(deployment, props, async (events) => {
      if (name === 'node-events') await deliverEvents(events);
      else {
        sandbox.clearCalls();
        await host.invoke({});
      }
      note();
    });
  });
  await kubernetes.close();
  await rm(folder, { recursive: true });
  return [...called].map((call) => call.replace(/Batch$/, '')).sort();
}

describe.each(Object.entries(CASES))('The policies of a deployment with %s', (_, props) => {
  const template = synthesize(props);

  it.each(['node-events', 'reconcile'] as const)(
    'allow %s what it calls through all that happens to a cluster, and nothing else',
    async (name) => {
      const called = await calledBy(name, props, template);
      expect(called).toContain('ec2:CreateRoute');
      expect(actionsOf(statementsOf(template, name))).toEqual(
        [...called, ...BY_LAMBDA[name], ...OF_LEDGER].sort(),
      );
    },
  );
});

const ARN = {
  partition: { Ref: 'AWS::Partition' },
  region: { Ref: 'AWS::Region' },
  account: { Ref: 'AWS::AccountId' },
};

/** An ARN as CDK writes it where account and region are those of whoever deploys. */
function arn(service: string, rest: string): unknown {
  return {
    'Fn::Join': ['', ['arn:', ARN.partition, `:${service}:`, ARN.region, ':', ARN.account, `:${rest}`]],
  };
}

describe('What is written to', () => {
  let minimal: Template;
  let everything: Template;
  beforeAll(() => {
    minimal = synthesize(MINIMAL);
    everything = synthesize(EVERYTHING);
  });

  it('are the named route tables', () => {
    expect(statement(everything, 'WriteRoutes')).toEqual({
      Sid: 'WriteRoutes',
      Effect: 'Allow',
      Action: ['ec2:CreateRoute', 'ec2:DeleteRoute', 'ec2:ReplaceRoute'],
      Resource: ['rtb-0aaaaaaaaaaaaaaaa', 'rtb-0bbbbbbbbbbbbbbbb'].map((id) =>
        arn('ec2', `route-table/${id}`),
      ),
    });
  });

  it("without names are those with the cluster's tag", () => {
    expect(statement(minimal, 'WriteRoutes')).toMatchObject({
      Resource: arn('ec2', 'route-table/*'),
      Condition: { StringEquals: { 'aws:ResourceTag/kubernetes.io/cluster/kthw': ['owned', 'shared'] } },
    });
  });

  it('are interfaces, those of the named VPCs where there are names', () => {
    expect(statement(minimal, 'SwitchOffSourceDestinationCheck').Condition).toBe(undefined);
    expect(statement(everything, 'SwitchOffSourceDestinationCheck')).toMatchObject({
      Resource: arn('ec2', 'network-interface/*'),
      Condition: { ArnEquals: { 'ec2:Vpc': [arn('ec2', 'vpc/vpc-0aaaaaaaaaaaaaaaa')] } },
    });
  });

  it('are the hooks of the named groups, and the one bus', () => {
    expect(statement(everything, 'CompleteLifecycleHooks').Resource).toEqual(
      ['workers-a', 'workers-b'].map((name) =>
        arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`),
      ),
    );
    expect(statement(everything, 'PublishDomainEvents').Resource).toEqual(arn('events', 'event-bus/routes'));
    const bus = 'arn:aws:events:us-east-1:210987654321:event-bus/of-others';
    const ofOthers = synthesize({ ...MINIMAL, eventBus: bus });
    expect(statement(ofOthers, 'PublishDomainEvents').Resource).toBe(bus);
  });
});

describe('The tag of a block', () => {
  const tagStatement = (props: object): Statement =>
    statement(synthesize({ ...MINIMAL, allocate: '/24', ...props }), 'TagNodesWithTheirBlocks');

  it('is the one key that is written, on nodes alone, as they are selected', () => {
    expect(tagStatement({})).toEqual({
      Sid: 'TagNodesWithTheirBlocks',
      Effect: 'Allow',
      Action: 'ec2:CreateTags',
      Resource: arn('ec2', 'instance/*'),
      Condition: {
        StringEquals: { 'aws:ResourceTag/kubernetes.io/cluster/kthw': ['owned', 'shared'] },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['pod-cidr'] },
      },
    });
    const ofKey = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['pods'] } };
    expect(tagStatement({ nodeTag: 'role=node', podCidrTag: 'pods' }).Condition).toEqual({
      StringEquals: { 'aws:ResourceTag/role': 'node' },
      ...ofKey,
    });
    expect(tagStatement({ nodeTag: 'role', podCidrTag: 'pods' }).Condition).toEqual({
      Null: { 'aws:ResourceTag/role': 'false' },
      ...ofKey,
    });
  });

  it.each(['node-events', 'reconcile'] as const)(
    'is written by %s where blocks are handed out, else not',
    (name) => {
      const mayTag = (props: object): boolean =>
        actionsOf(statementsOf(synthesize({ ...MINIMAL, ...props }), name)).includes('ec2:CreateTags');
      expect(mayTag({ allocate: '/24' })).toBe(true);
      expect(mayTag({ allocate: 'off' })).toBe(false);
      expect(mayTag({})).toBe(false);
    },
  );
});

describe('The ledger', () => {
  it.each(['node-events', 'reconcile'] as const)(
    'is the one table, of which %s has its own cluster',
    (name) => {
      const template = synthesize(MINIMAL);
      const [table] = Object.keys(template.findResources('AWS::DynamoDB::Table'));
      const ofLedger = statementsOf(template, name).filter(({ Sid }) => Sid === 'KeepLedger');
      expect(ofLedger).toEqual([
        {
          Sid: 'KeepLedger',
          Effect: 'Allow',
          Action: ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'],
          Resource: { 'Fn::GetAtt': [table, 'Arn'] },
          Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['kthw'] } },
        },
      ]);
    },
  );

  it.each([
    ['asked for', { ...MINIMAL, ledger: false }],
    ['named', { clusterCidrs: ['10.200.0.0/16'], routeTables: ['rtb-1'] }],
  ])('is nowhere where none is %s', (_, props) => {
    expect(JSON.stringify(synthesize(props)).toLowerCase()).not.toContain('dynamodb');
  });
});

describe('What is read', () => {
  it('is user data of nodes alone, as they are selected', () => {
    const conditionOf = (props: object): unknown =>
      statement(synthesize({ ...MINIMAL, ...props }), 'ReadUserDataOfNodes').Condition;
    expect(conditionOf({})).toEqual({
      StringEquals: { 'aws:ResourceTag/kubernetes.io/cluster/kthw': ['owned', 'shared'] },
    });
    expect(conditionOf({ nodeTag: 'role=node' })).toEqual({
      StringEquals: { 'aws:ResourceTag/role': 'node' },
    });
    expect(conditionOf({ nodeTag: 'role' })).toEqual({ Null: { 'aws:ResourceTag/role': 'false' } });
    expect(conditionOf({ cluster: undefined, routeTables: ['rtb-1'] })).toBe(undefined);
    expect(statement(synthesize(MINIMAL), 'ReadUserDataOfNodes').Resource).toEqual(arn('ec2', 'instance/*'));
  });

  it.each([MINIMAL, EVERYTHING])('is everything for those calls alone that take no resource', (props) => {
    const template = synthesize(props);
    const wide = (['node-events', 'reconcile'] as const)
      .flatMap((name) => statementsOf(template, name))
      .filter(({ Resource }) => [Resource].flat().includes('*'));
    const calls = ['ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeRouteTables'];
    // What places a function in subnets is for Lambda alone.
    const placing = props.functionSubnetIds === undefined ? [] : ['PlaceInSubnets', 'PlaceByLambdaAlone'];
    const [allowed, ...rest] = Map.groupBy(wide, ({ Sid }) => Sid ?? '').values();
    expect(allowed?.map(({ Action }) => Action)).toEqual([calls, calls]);
    expect(rest.flat().map(({ Sid }) => Sid)).toEqual(placing.flatMap((sid) => [sid, sid]));
  });

  it('are encrypted messages, by the key of the queues and by node-events alone', () => {
    const everything = synthesize(EVERYTHING);
    const [key] = Object.keys(everything.findResources('AWS::KMS::Key'));
    const byKey = (name: FunctionName): Statement[] =>
      statementsOf(everything, name).filter(({ Action }) => [Action].flat().join().includes('kms:'));
    expect(byKey('node-events')).toEqual([
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': [key, 'Arn'] } },
    ]);
    expect(byKey('reconcile')).toEqual([]);
  });

  it('is the one secret, by its name or its ARN, or a token for the one audience', () => {
    const ofToken = (kubernetesToken: string, sid: string): Statement =>
      statement(synthesize({ ...MINIMAL, kubernetes: 'https://10.0.0.10:6443', kubernetesToken }), sid);
    expect(ofToken('secret:kthw/podroutes', 'ReadKubernetesToken').Resource).toEqual(
      arn('secretsmanager', 'secret:kthw/podroutes-??????'),
    );
    const elsewhere = 'arn:aws:secretsmanager:us-east-1:210987654321:secret:of-others-AbCdEf';
    expect(ofToken(`secret:${elsewhere}`, 'ReadKubernetesToken').Resource).toBe(elsewhere);
    expect(ofToken('identity:podroutes.example', 'BeKnownToKubernetes').Condition).toEqual({
      'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': ['podroutes.example'] },
    });
  });

  it('is the region alone', () => {
    expect(statement(synthesize(MINIMAL), 'ReadNodesAndTables').Condition).toEqual({
      StringEquals: { 'ec2:Region': ARN.region },
    });
  });
});

describe('The log', () => {
  it.each(['node-events', 'reconcile'] as const)('of %s is all that it may write to', (name) => {
    const template = synthesize(MINIMAL);
    const [logs] = statementsOf(template, name).filter(({ Action }) => Action.includes('logs:PutLogEvents'));
    const group = Object.keys(template.findResources('AWS::Logs::LogGroup')).find((id) =>
      id.startsWith(`PodRoutes${IDS[name]}Logs`),
    );
    expect(logs?.Resource).toEqual({ 'Fn::GetAtt': [group, 'Arn'] });
  });
});
