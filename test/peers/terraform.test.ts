import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { PARAMETERS as AWS } from '../../infra/aws/one-file/parameters.ts';
import { PARAMETERS as AZURE } from '../../infra/azure/parameters.ts';
import { template } from '../../infra/azure/template.ts';
import { toVariableName } from '../../infra/terraform/module.ts';
import { withFolder } from '../infra/aws/synthesis.ts';
import { CASES } from '../infra/azure/template-cases.ts';
import { ONE_FILE } from './moto-stack.ts';

const run = promisify(execFile);
const MODULES = fileURLToPath(new URL('../../infra/terraform', import.meta.url));
const FILES = (await readdir(MODULES, { recursive: true })).filter((path) => path.endsWith('.tf'));

/** Set by `run`; the second is empty where there is no Terraform, nor Go to build it. */
const { PODROUTES_TEST_PYTHON: PYTHON, PODROUTES_TEST_TERRAFORM: TERRAFORM } = process.env;
if (PYTHON === undefined || TERRAFORM === undefined) throw new Error('Start this suite by test/peers/run');

const PARSE = `
import hcl2, json, sys
with open(sys.argv[1]) as file:
    print(json.dumps(hcl2.load(file)))
`;

/** A file as python-hcl2 reads it. */
async function parse(path: string): Promise<{ variable?: object[]; output?: object[] }> {
  const { stdout } = await run(PYTHON ?? '', ['-c', PARSE, path]);
  return JSON.parse(stdout);
}

/** Names of blocks, which the parser leaves in quotes. */
function namesOf(blocks: readonly object[] = []): string[] {
  return blocks.flatMap((block) => Object.keys(block)).map((name) => name.replaceAll('"', ''));
}

describe('python-hcl2', () => {
  it.each(FILES)('reads %s', async (path) => {
    expect(Object.keys(await parse(join(MODULES, path)))).not.toEqual([]);
  });

  it.each([
    ['aws', AWS],
    ['azure', AZURE],
  ])('finds a variable for each parameter, and what the example gives, in %s', async (folder, parameters) => {
    const names = namesOf((await parse(join(MODULES, folder, 'variables.tf'))).variable);
    expect(names).toEqual(expect.arrayContaining(Object.keys(parameters).map(toVariableName)));
    const example = await readFile(join(MODULES, folder, 'examples/basic/main.tf'), 'utf8');
    const [, block = ''] = /^module "podroutes" \{\n {2}source.*?\n(.*?)^\}/ms.exec(example) ?? [];
    const given = [...block.matchAll(/^ {2}(\w+) +=/gm)].map(([, name = '']) => name);
    expect(given.length).toBeGreaterThan(3);
    expect(names).toEqual(expect.arrayContaining(given));
    const outputs = namesOf((await parse(join(MODULES, folder, 'outputs.tf'))).output);
    const [, used = ''] = /module\.podroutes\.(\w+)/.exec(example) ?? [];
    expect(outputs).toContain(used);
  });

  it('would find a mistake', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'main.tf'), 'variable "a" {\n  type = \n}\n');
      await expect(parse(join(folder, 'main.tf'))).rejects.toThrow('Unexpected');
    }));
});

type Values = Readonly<Record<string, unknown>>;

/** Terraform, with no settings of whoever runs it. */
async function terraform(folder: string, ...args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: folder, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
  return (await run(TERRAFORM ?? '', args, { cwd: folder, env })).stdout;
}

/** What files without a resource have as outputs: they need no provider. */
async function outputsOf(files: Readonly<Record<string, string>>, values: Values): Promise<Values> {
  let outputs: [string, { value: unknown }][] = [];
  await withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await writeFile(join(folder, 'terraform.tfvars.json'), JSON.stringify(values));
    await terraform(folder, 'init', '-no-color');
    await terraform(folder, 'apply', '-auto-approve', '-no-color');
    outputs = Object.entries(JSON.parse(await terraform(folder, 'output', '-json')));
  });
  return Object.fromEntries(outputs.map(([name, { value }]) => [name, value]));
}

/** What a module gives to its template. */
async function parametersOf(module: string, values: Values, line = 'sensitive = true'): Promise<Values> {
  const files = {
    'variables.tf': await readFile(join(MODULES, module, 'variables.tf'), 'utf8'),
    'parameters.tf': await readFile(join(MODULES, module, 'parameters.tf'), 'utf8'),
    'output.tf': `output "parameters" {\n  value = local.parameters\n  ${line}\n}\n`,
  };
  return Object(await outputsOf(files, values)).parameters;
}

/** What a module has as outputs, where its resource has made this. */
async function moduleOutputsOf(module: string, attribute: string, made: unknown): Promise<Values> {
  const text = await readFile(join(MODULES, module, 'outputs.tf'), 'utf8');
  expect(text).toContain(attribute);
  const files = {
    'outputs.tf': text.replace(attribute, 'var.made'),
    'made.tf': 'variable "made" {\n  type = any\n}\n',
  };
  return outputsOf(files, { made });
}

/** The least that a module can be given. */
const LEAST = {
  aws: { bucket: 'templates', cluster: 'kthw', cluster_cidrs: ['10.200.0.0/16'] },
  azure: {
    resource_group_name: 'podroutes',
    package_url: 'https://files.example.com/podroutes/released-package.zip',
    cluster: 'kthw',
    cluster_cidrs: ['10.200.0.0/16'],
  },
};

const describeTerraform = TERRAFORM === '' ? describe.skip : describe;

describeTerraform(
  `Terraform${TERRAFORM === '' ? ' (not run: it is not installed, and Go could not build it)' : ''}`,
  () => {
    it('would write the files as they are', async () => {
      expect(await terraform(MODULES, 'fmt', '-check', '-recursive')).toBe('');
    });

    it('would write others differently', () =>
      withFolder(async (folder) => {
        await writeFile(join(folder, 'main.tf'), 'locals {\n a=1\n}\n');
        await expect(terraform(folder, 'fmt', '-check')).rejects.toMatchObject({ stdout: 'main.tf\n' });
      }));

    it("gives CloudFormation the template's own defaults", async () => {
      const { Parameters } = JSON.parse(await readFile(ONE_FILE, 'utf8'));
      const defaults = Object.entries<{ Default?: unknown }>(Parameters).map(([name, { Default }]) => [
        name,
        String(Default),
      ]);
      const given = { Cluster: 'kthw', ClusterCidrs: '10.200.0.0/16' };
      expect(await parametersOf('aws', LEAST.aws)).toEqual({ ...Object.fromEntries(defaults), ...given });
    });

    it('gives CloudFormation what it is given', async () => {
      const values = {
        ...LEAST.aws,
        cluster_cidrs: ['10.200.0.0/16', 'fd00:200::/48'],
        auto_scaling_groups: ['a group', 'another'],
        pod_cidr_sources: ['user-data', 'tag'],
        reconcile_timeout_seconds: 300,
        dry_run: true,
      };
      expect(await parametersOf('aws', values)).toMatchObject({
        ClusterCidrs: '10.200.0.0/16,fd00:200::/48',
        AutoScalingGroups: 'a group,another',
        PodCidrSources: 'user-data,tag',
        ReconcileTimeoutSeconds: '300',
        DryRun: 'true',
      });
    });

    it("gives Azure the template's own defaults, and leaves out what it works out", async () => {
      const computed = ['location', 'appName', 'nodeResourceGroups'];
      const defaults = Object.entries(AZURE)
        .filter(([name]) => !computed.includes(name))
        .map(([name, { defaultValue }]) => [name, { value: defaultValue }]);
      expect(await parametersOf('azure', LEAST.azure)).toEqual({
        ...Object.fromEntries(defaults),
        cluster: { value: 'kthw' },
        clusterCidrs: { value: ['10.200.0.0/16'] },
        packageUrl: { value: LEAST.azure.package_url },
      });
    });

    it.each(Object.entries(CASES))('gives Azure what it is given: %s', async (_, values) => {
      const named = Object.entries(values).map(([name, value]) => [toVariableName(name), value]);
      const given = Object.entries(values).map(([name, value]) => [name, { value }]);
      const parameters = await parametersOf('azure', { ...LEAST.azure, ...Object.fromEntries(named) });
      expect(parameters).toMatchObject(Object.fromEntries(given));
    });

    it.each<[keyof typeof LEAST, string, unknown]>([
      ['aws', 'stack_name', 'a_b'],
      ['aws', 'cluster', 'two words'],
      ['aws', 'cluster_cidrs', []],
      ['aws', 'route_tables', ['rtb-0a', 'vpc-0a']],
      ['aws', 'alarm_emails', Array.from({ length: 6 }, (_, i) => `ops${i}@example.com`)],
      ['aws', 'auto_scaling_groups', ['work*']],
      ['aws', 'node_tag_key', 'a=b'],
      ['aws', 'pod_cidr_sources', ['tag', 'tag']],
      ['aws', 'schedule_minutes', 7],
      ['aws', 'memory_mb', 127],
      ['aws', 'route_limit', 1.5],
      ['aws', 'kubernetes_token_audience', 'a"b'],
      ['azure', 'cluster', ' kthw'],
      ['azure', 'cluster_cidrs', []],
      ['azure', 'route_tables', ['a,b']],
      ['azure', 'app_name', 'Login-of-mine'],
      ['azure', 'app_name', 'my-Windows'],
      ['azure', 'app_name', 'a-'],
      ['azure', 'package_url', 'https://files.example.com/code.zip'],
      ['azure', 'kubernetes_token', 'a.token.itself'],
      ['azure', 'node_resource_groups', []],
      ['azure', 'alert_emails', ['ops@example.com', 'OPS@example.com']],
      ['azure', 'log_retention_days', 29],
      ['azure', 'node_version', '20'],
    ])('refuses for %s that %s is %j', async (module, name, value) => {
      await expect(parametersOf(module, { ...LEAST[module], [name]: value })).rejects.toMatchObject({
        stderr: expect.stringContaining(`${name}: expected `),
      });
    });

    it('has the outputs of the stack, and null for what is not there', async () => {
      const { Outputs } = JSON.parse(await readFile(ONE_FILE, 'utf8'));
      const made = Object.fromEntries(Object.keys(Outputs).map((id) => [id, `of ${id}`]));
      const attribute = 'aws_cloudformation_stack.podroutes.outputs';
      const outputs = await moduleOutputsOf('aws', attribute, made);
      expect(Object.values(outputs).sort()).toEqual(Object.values(made).sort());
      expect(outputs).toMatchObject({ ledger_table: expect.stringMatching(/^of PodRoutesLedgerTable/) });
      expect(await moduleOutputsOf('aws', attribute, {})).toEqual({});
    });

    it('has the outputs of the deployment', async () => {
      const names = Object.keys(Object(template.outputs));
      const made = JSON.stringify(Object.fromEntries(names.map((name) => [name, { value: `of ${name}` }])));
      const attribute = 'azurerm_resource_group_template_deployment.podroutes.output_content';
      expect(await moduleOutputsOf('azure', attribute, made)).toEqual(
        Object.fromEntries(names.map((name) => [toVariableName(name), `of ${name}`])),
      );
    });

    it('hides what may be a secret', async () => {
      await expect(parametersOf('azure', LEAST.azure, '')).rejects.toMatchObject({
        stderr: expect.stringContaining('Output refers to sensitive values'),
      });
    });
  },
);
