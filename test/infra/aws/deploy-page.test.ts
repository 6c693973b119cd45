import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { readDeployments, STACK_KEYS } from '../../../infra/aws/deployments.ts';
import { readDocstrings } from '../../../infra/aws/one-file/documented.ts';
import { DEFAULTS, RULES } from '../../../infra/aws/prop-rules.ts';
import { COMPILE_CACHE } from '../../compile-cache.ts';
import { codeSpans, jsonBlocks, readText, tableBelow, tableHeaded } from '../../docs/markdown.ts';
import { MINIMAL, synthesize, withFolder } from './synthesis.ts';

const PAGE = await readText('docs/deploy-aws.md');
const SOURCE = await readText('infra/aws/props.ts');

/** Name, text and default of every property, as the page has them. */
const DOCUMENTED = readDocstrings(SOURCE).map(({ standard, ...property }) => ({
  ...property,
  standard: 'words' in standard ? standard.words : `\`${standard.value}\``,
}));

describe('The properties', () => {
  it('all have a docstring with a default', () => {
    expect(DOCUMENTED.map(({ name }) => name).sort()).toEqual(Object.keys(RULES).sort());
  });

  it('are in the page as the code has them', () => {
    expect(tableBelow(PAGE, 'Properties')).toEqual(
      DOCUMENTED.map(({ name, text, standard }) => [`\`${name}\``, text, standard]),
    );
  });

  it.each(Object.entries(DEFAULTS))('have the default that is written: %s', (name, value) => {
    const { standard = '' } = DOCUMENTED.find((property) => property.name === name) ?? {};
    const written = codeSpans(standard)[0];
    if (written === undefined) expect(value === false || String(value) === '').toBe(true);
    else expect(written).toBe(String(value));
  });
});

describe('The keys of a file', () => {
  it('are those beside the properties', () => {
    const keys = tableHeaded(PAGE, 'key').flatMap(([cell = '']) => codeSpans(cell));
    expect(keys).toEqual(Object.keys(STACK_KEYS));
  });

  it('are right in the example', () => {
    const [example] = jsonBlocks(PAGE);
    const deployments = readDeployments(example, {});
    expect(deployments.map(({ stackName }) => stackName)).toEqual(['podroutes-kthw', 'podroutes-edge']);
    for (const { props } of deployments) expect(() => synthesize(props)).not.toThrow();
  });
});

describe('The mistakes that the page shows', () => {
  it('are what the app says', () =>
    withFolder(async (outdir) => {
      const context = { config: 'infra/aws/example.json', clusterCidrs: '10.200.0.1/16', maxDeletes: '130%' };
      const env = {
        ...COMPILE_CACHE,
        PATH: process.env['PATH'],
        CDK_OUTDIR: outdir,
        CDK_CONTEXT_JSON: JSON.stringify(context),
      };
      const run = promisify(execFile)(process.execPath, ['infra/aws/app.ts'], { env });
      const stderr = await run.then(
        () => '',
        (thrown: { stderr: string }) => thrown.stderr,
      );
      expect(stderr).toContain('2 mistakes');
      expect(PAGE).toContain(stderr);
    }));
});

describe('The rights', () => {
  it('are those that the template grants', () => {
    const kubernetes = { kubernetes: 'https://10.0.0.10:6443', podCidrSources: ['user-data', 'kubernetes'] };
    const templates = [
      { ...kubernetes, kubernetesToken: 'secret:kthw/podroutes', autoScalingGroups: ['workers'] },
      { ...kubernetes, kubernetesToken: 'identity:podroutes.example', eventBus: 'routes' },
      { allocate: '/24' },
      { functionSubnetIds: ['subnet-0aaaaaaaaaaaaaaaa'], functionSecurityGroupIds: ['sg-0aaaaaaaaaaaaaaaa'] },
    ].map((props) => synthesize({ ...MINIMAL, ...props }));
    const roles = templates.flatMap((template) => Object.entries(template.findResources('AWS::IAM::Role')));
    const ofFunctions = roles.filter(([id]) => !id.startsWith('PodRoutesScheduleRole'));
    const granted = JSON.stringify(ofFunctions).matchAll(
      /"((?:ec2|autoscaling|dynamodb|events|logs|sqs|secretsmanager|sts):(?!Region|LeadingKeys|IdentityTokenAudience|AssumeRole)\w+)"/g,
    );
    const inTable = tableBelow(PAGE, 'Rights').flatMap(([cell = '']) => codeSpans(cell));
    expect(inTable.sort()).toEqual([...new Set([...granted].map(([, action]) => action))].sort());
  });
});
