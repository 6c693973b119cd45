// @ts-nocheck
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createGroup } from '../../shared/sandbox/arm/groups.ts';
import { type ArmSandbox, startArmSandbox } from '../../shared/sandbox/arm-server.ts';

const run = promisify(execFile);

let sandbox: ArmSandbox;
let steps: ReadonlyMap<string, unknown>;

beforeAll(async () => {
  sandbox = await startArmSandbox({ pollFinished: true });
  createGroup(sandbox.arm, 'kubernetes');
  const script = 'test/peers/azure_sdk.py';
  const { stdout } = await run(python(), [script, sandbox.endpoint, sandbox.subscription]);
  steps = new Map(stdout.trim().split('\n').map(readStep));
});
afterAll(() => sandbox.close());

describe("Azure's Python SDK against the sandbox", () => {
  const expected: [string, object][] = [
    ['network', { state: 'Succeeded', subnets: ['nodes'] }],
    ['subnet', { state: 'Succeeded', has_table: true }],
    ['rule', { name: 'from-pods', priority: 100, state: 'Succeeded' }],
    [
      'machines',
      {
        tags: ['10.200.0.0/24', '10.200.1.0/24', '10.200.2.0/24'],
        states: ['Succeeded', 'Succeeded', 'Succeeded'],
      },
    ],
    [
      'machine',
      {
        tags: { 'pod-cidr': '10.200.0.0/24', role: 'worker' },
        same_vm: true,
        etags: ['"1"', '"2"'],
        power: 'PowerState/running',
      },
    ],
    ['machine of another version', { status: 412, code: 'PreconditionFailed' }],
    [
      'routes',
      {
        routes: [
          ['10.200.0.0/24', '10.240.0.4'],
          ['10.200.1.0/24', '10.240.0.5'],
          ['10.200.2.0/24', '10.240.0.6'],
        ],
      },
    ],
    [
      'addresses',
      {
        free: true,
        taken: false,
        offered: ['10.240.0.7', '10.240.0.8', '10.240.0.9', '10.240.0.10', '10.240.0.11'],
      },
    ],
    ['address in no subnet', { status: 400, code: 'PrivateIPAddressNotInAnySubnet' }],
    ['scale set', { instances: ['0', '1'], tags: null }],
    ['instance of no number', { status: 400, code: 'InvalidParameter' }],
    ['peerings', { states: ['Connected', 'Connected'] }],
    ['end', { left: [] }],
    ['machine that is gone', { status: 404, code: 'ResourceNotFound' }],
  ];
  it.each(expected)('reads what it wrote: %s', (step, facts) => {
    expect(steps.get(step)).toEqual({ step, ...facts });
  });

  it('tells of nothing else, and asks for nothing that the sandbox does not model', () => {
    expect([...steps.keys()]).toEqual(expected.map(([step]) => step));
    expect(sandbox.calls.filter(({ status }) => status >= 500)).toEqual([]);
  });
});

function readStep(line: string): [string, unknown] {
  const facts: unknown = JSON.parse(line);
  if (typeof facts === 'object' && facts !== null && 'step' in facts) return [String(facts.step), facts];
  throw new Error(`This line names no step: ${line}`);
}

/** Set by `run`, which installs the SDK. */
function python(): string {
  const program = process.env['PODROUTES_TEST_PYTHON'];
  if (program === undefined) throw new Error('No Python with the SDK: start this suite by test/peers/run');
  return program;
}
