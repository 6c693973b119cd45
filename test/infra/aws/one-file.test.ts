import { describe, expect, it } from '@jest/globals';
import { findDifferences } from '../../../functions/cli/clouds/aws/verify/compare.ts';
import { wantedOf } from '../../../functions/cli/clouds/aws/verify/template.ts';
import { PARAMETERS } from '../../../infra/aws/one-file/parameters.ts';
import { createOneFile } from '../../../infra/aws/one-file/template.ts';
import { RULES } from '../../../infra/aws/prop-rules.ts';
import type { PodRoutesProps } from '../../../infra/aws/props.ts';
import { stackOf } from '../../cli/verify/made-stack.ts';
import { readText } from '../../docs/markdown.ts';
import { brokenRules, type Deployable, resolve } from './resolve.ts';
import { CONFIGURATIONS, EVERYTHING, MINIMAL, synthesize } from './synthesis.ts';

const template = createOneFile({ NodeEvents: '', Reconcile: '' }) as Deployable & {
  readonly Parameters: Readonly<Record<string, ParameterSection>>;
};

interface ParameterSection {
  readonly Type: string;
  readonly Description: string;
  readonly Default?: string | number;
  readonly AllowedValues?: readonly (string | number)[];
  readonly AllowedPattern?: string;
}

/** The parameters that say the same as properties. */
function parametersOf(props: PodRoutesProps): Record<string, string> {
  const { nodeTag = '', kubernetesToken = '' } = props;
  const [key = '', value = ''] = nodeTag.split('=');
  const plain = Object.entries(PARAMETERS).flatMap(([name, { property }]) => {
    const given = props[property];
    return given === undefined ? [] : [[name, [given].flat().join(',')] as const];
  });
  return {
    ...Object.fromEntries(plain),
    NodeTagKey: key,
    NodeTagValue: value,
    KubernetesTokenSecret: kubernetesToken.startsWith('secret:') ? kubernetesToken.slice(7) : '',
    KubernetesTokenAudience: kubernetesToken.startsWith('identity:') ? kubernetesToken.slice(9) : '',
  };
}

const FROM_TEXT = {
  text: (text: string) => text,
  list: (text: string) => text.split(','),
  count: Number,
  flag: (text: string) => text === 'true',
};

/** The properties with what a parameter is unless given; a dashboard that is asked for needs everything watched. */
function withDefaults(props: PodRoutesProps): PodRoutesProps {
  const standard = Object.entries(template.Parameters).flatMap(([name, { Default = '' }]) => {
    const property = PARAMETERS[name]?.property;
    if (property === undefined || Default === '') return [];
    if (property === 'dashboard' && (props.monitoring ?? 'full') !== 'full') return [];
    return [[property, FROM_TEXT[RULES[property].kind](String(Default))] as const];
  });
  return { ...Object.fromEntries(standard), ...props };
}

const { allocate: _, ...WITHOUT_BLOCKS } = EVERYTHING;

/** What has a cluster's name: the template asks for one. */
const COMPARED: Readonly<Record<string, PodRoutesProps>> = {
  ...Object.fromEntries(
    Object.entries(CONFIGURATIONS).map(([name, props]) => [name, { ...props, cluster: 'kthw' }]),
  ),
  'lists of several': {
    ...WITHOUT_BLOCKS,
    podCidrSources: ['kubernetes', 'tag'],
    kubernetesToken: 'identity:podroutes.example',
    nodeTag: 'role',
    eventBus: 'arn:aws:events:us-east-1:123456789012:event-bus/routes',
    vpcIds: ['vpc-0a', 'vpc-0b', 'vpc-0c'],
    routeTables: ['rtb-0a'],
    autoScalingGroups: ['a group', 'another', 'a third'],
    alarmEmails: ['ops@example.com', 'more@example.com'],
    scheduleMinutes: 1,
    reconcileTimeoutSeconds: 30,
    eventsTimeoutSeconds: 10,
  },
  'nothing watched': { ...MINIMAL, monitoring: 'off', dashboard: false },
  'one of each switched off': {
    ...MINIMAL,
    kubernetes: 'https://10.0.0.10:6443',
    kubernetesToken: 'secret:arn:aws:secretsmanager:us-east-1:123456789012:secret:kthw-AbCdEf',
    ledger: false,
    dashboard: false,
    driftEvents: true,
    createHooks: false,
    autoScalingGroups: ['workers'],
    encryptQueuesWithKey: true,
    forwarding: 'report',
    eventsTimeoutSeconds: 900,
    scheduleMinutes: 180,
  },
};

/** What `podroutes verify` expects of a stack that was made from this, by names in the template. */
function wantedIn(from: Deployable, given: Readonly<Record<string, string>> = {}): Map<string, unknown> {
  const defaults = Object.entries(template.Parameters).map(([name, { Default = '' }]) => [
    name,
    String(Default),
  ]);
  const parameters = { BootstrapVersion: '30', ...Object.fromEntries(defaults), ...given };
  return new Map(
    wantedOf(stackOf(JSON.stringify(from), parameters)).map(({ logicalId, type, properties, unknown }) => {
      const { Code: _, ...compared } = properties;
      // The construct names a subscription by its address, the template by its place in the list.
      const id = type === 'AWS::SNS::Subscription' ? String(compared['Endpoint']) : logicalId;
      return [id, { type, compared, unknown: [...unknown] }];
    }),
  );
}

describe('The template in one file', () => {
  it.each(Object.entries(COMPARED))('makes what the construct makes: %s', (_, given) => {
    const props = withDefaults(given);
    expect(brokenRules(template, parametersOf(props))).toEqual([]);
    expect(resolve(template, parametersOf(props))).toEqual(resolve(synthesize(props).toJSON() as Deployable));
  });

  it.each(Object.entries(COMPARED))('is to podroutes verify what the construct makes: %s', (_, given) => {
    const props = withDefaults(given);
    const deployed = wantedIn(template, parametersOf(props));
    const made = wantedIn(synthesize(props).toJSON() as Deployable);
    expect([...deployed.keys()].sort()).toEqual([...made.keys()].sort());
    expect([...made].flatMap(([id, each]) => findDifferences(each, deployed.get(id), id))).toEqual([]);
  });

  it('has a parameter for every property, in its words', () => {
    expect([...new Set(Object.values(PARAMETERS).map(({ property }) => property))].sort()).toEqual(
      Object.keys(RULES).sort(),
    );
    for (const { Description } of Object.values(template.Parameters)) expect(Description).toMatch(/\.$/);
  });

  it('has the outputs of the Terraform module', async () => {
    const text = await readText('infra/terraform/aws/outputs.tf');
    const [, id = ''] = /replace\(key, "\/(.*?)\/", ""\)/.exec(text) ?? [];
    const named = [...text.matchAll(/lookup\(local\.outputs, "(\w+)", null\)/g)].map(([, name]) => name);
    const names = Object.keys(template.Outputs ?? {}).map((name) => name.replaceAll(new RegExp(id, 'g'), ''));
    expect(named.sort()).toEqual(names.sort());
  });

  it('takes its own defaults, and the values of every configuration', () => {
    for (const props of [MINIMAL, ...Object.values(COMPARED)]) {
      for (const [name, value] of Object.entries(parametersOf(withDefaults(props)))) {
        const { AllowedPattern = '', AllowedValues = [value] } = template.Parameters[name] ?? {};
        expect([name, AllowedValues.map(String).includes(value)]).toEqual([name, true]);
        expect([name, new RegExp(AllowedPattern).test(value)]).toEqual([name, true]);
      }
    }
  });

  it.each<[string, Partial<PodRoutesProps>]>([
    ['blocks without a ledger', { allocate: '/24', ledger: false }],
    [
      'blocks beside those of Kubernetes',
      {
        ...{ allocate: '/24', podCidrSources: ['tag', 'kubernetes'] },
        ...{ kubernetes: 'https://10.0.0.10:6443', kubernetesToken: 'secret:a' },
      },
    ],
    ['Kubernetes without a token', { kubernetes: 'https://10.0.0.10:6443' }],
    ['a token without Kubernetes', { kubernetesToken: 'secret:a' }],
    ['the source kubernetes without Kubernetes', { podCidrSources: ['kubernetes'] }],
    ['subnets without security groups', { functionSubnetIds: ['subnet-0a'] }],
    ['security groups without subnets', { functionSecurityGroupIds: ['sg-0a'] }],
    [
      'mail where nothing is watched',
      { monitoring: 'off', dashboard: false, alarmEmails: ['ops@example.com'] },
    ],
    ['a run that may outlast the interval', { scheduleMinutes: 2, reconcileTimeoutSeconds: 180 }],
  ])('refuses what the construct refuses: %s', (_, props) => {
    const given = withDefaults({ ...MINIMAL, ...props });
    expect(brokenRules(template, parametersOf(given))).toHaveLength(1);
    expect(() => synthesize(given)).toThrow('The configuration has');
  });
});
