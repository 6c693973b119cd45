import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { AWS_GROUP } from '../../functions/cli/clouds/aws/demo/group.ts';
import { AWS } from '../../functions/cli/clouds/aws/demo/part.ts';
import { AZURE_GROUP } from '../../functions/cli/clouds/azure/demo/group.ts';
import { AZURE } from '../../functions/cli/clouds/azure/demo/part.ts';
import { type Production, produce } from '../../functions/cli/demo/runner.ts';
import type { Part, Stage, Step } from '../../functions/cli/demo/scene.ts';
import { demo, playDemo } from '../../functions/cli/demo.ts';
import { createTerminal, type Terminal, WIDTH } from '../../functions/cli/terminal.ts';

const SOURCE = new URL('../../functions/cli/', import.meta.url);

describe('The demo', () => {
  // The installed package plays both: test/e2e/installed-package.test.ts.
  it.each([
    { args: ['aws'], parts: [AWS, AWS_GROUP], clouds: ['AWS', 'AWS'] },
    { args: ['azure'], parts: [AZURE, AZURE_GROUP], clouds: ['Azure', 'Azure'] },
  ])('plays every step of $clouds to its end, within its width', async ({ args, parts, clouds }) => {
    const steps = parts.reduce((sum, part) => sum + part.steps.length, 0);
    const { code, lines } = await read((terminal) => demo(args, terminal));
    expect(lines.filter((line) => line.includes('✗'))).toEqual([]);
    expect(lines.at(-1)).toMatch(new RegExp(`^All ${steps} steps and \\d+ checks passed, in [\\d.]+ s`));
    const played = lines.flatMap((line) => /^── Step 1 of \d+ on (\w+):/.exec(line)?.[1] ?? []);
    expect(played).toEqual(clouds);
    expect(lines.filter((line) => line.length > WIDTH)).toEqual([]);
    expect(code).toBe(0);
  });

  it('begins with the address lines and ends the launch with the routes of the manual procedure: AWS', async () => {
    const { lines } = await play(produce({ ...AWS, steps: AWS.steps.slice(0, 2) }));
    for (const i of [0, 1, 2]) {
      expect(lines).toContain(`  10.0.1.2${i} 10.200.${i}.0/24`);
      expect(lines).toContain(`  +  10.200.${i}.0/24  worker-${i}          active  table-a`);
    }
  });

  it('begins with the address lines and ends the launch with the table of the manual procedure: Azure', async () => {
    const { lines } = await play(produce({ ...AZURE, steps: AZURE.steps.slice(0, 2) }));
    for (const i of [0, 1, 2]) {
      expect(lines).toContain(`  10.240.0.2${i} 10.200.${i}.0/24`);
      expect(lines).toContain(
        `  +  10.200.${i}.0/24  10.240.0.2${i}  worker-${i}  kubernetes-route-10-200-${i}-0-24`,
      );
    }
    expect(lines).toContain('  writes  1×RouteTables_CreateOrUpdate');
  });

  it('stops at a step that does not come out as it says, and names what was expected and found', async () => {
    const pigs = { what: 'pigs fly', expected: ['wings'], found: ['trotters'] };
    const broken = withSecond(AWS, ({ checks }) => ({ checks: (...given) => [...checks(...given), pigs] }));
    const { code, lines } = await play(broken, produce(AZURE));
    expect(code).toBe(1);
    expect(lines).toContain('  ✗ pigs fly');
    expect(lines.slice(-4)).toEqual([
      `Not as described: Step 2 of ${AWS.steps.length} on AWS: the events of the launch arrive`,
      'pigs fly',
      "  expected: [ 'wings' ]",
      "  found:    [ 'trotters' ]",
    ]);
  });

  // The events of the launch never reach the function, so that no route is made.
  const silent = { act: async () => ({ handled: null, notes: [] }) };
  it.each([
    {
      part: withSecond(AWS, () => silent),
      what: 'the table has the final route list of the manual procedure',
    },
    {
      part: withSecond(AZURE, () => silent),
      what: 'the table is the final one of the manual procedure, with its names',
    },
  ])('fails where the cloud is not as a step says: $what', async ({ part, what }) => {
    const { code, lines } = await play(part);
    expect(code).toBe(1);
    expect(lines).toContain(`  ✗ ${what}`);
  });

  it('fails with the reason where a step throws', async () => {
    const act = () => Promise.reject(new Error('no such subnet'));
    const { code, lines } = await play(withSecond(AZURE, () => ({ act })));
    expect(code).toBe(1);
    expect(lines.slice(-2)).toEqual([
      `Not as described: Step 2 of ${AZURE.steps.length} on Azure: the events of the launch arrive`,
      'no such subnet',
    ]);
  });

  it.each([
    { cloud: 'aws', signal: 'SIGINT', moment: 'Step 2 of', exit: 130 },
    { cloud: 'azure', signal: 'SIGINT', moment: 'podroutes keeps', exit: 130 },
    { cloud: 'azure', signal: 'SIGTERM', moment: 'Step 4 of', exit: 143 },
    // The next step waits for a second before Service Bus delivers again.
    { cloud: 'azure', signal: 'SIGINT', moment: 'Step 8 of', exit: 130 },
  ] as const)('leaves no process behind on $signal at "$moment" on $cloud', async ({ cloud, ...row }) => {
    const { code, stdout, stderr } = await interrupt(cloud, row);
    expect({ code, stderr }).toEqual({ code: row.exit, stderr: '' });
    expect(stdout).not.toContain('checks passed');
  });
});

/** A part whose second step is changed. */
function withSecond<S extends Stage>(part: Part<S>, change: (step: Step<S>) => Partial<Step<S>>): Production {
  const [first, second, ...rest] = part.steps;
  if (first === undefined || second === undefined) throw new Error('the part has too few steps');
  return produce({ ...part, steps: [first, { ...second, ...change(second) }, ...rest] });
}

interface Played {
  readonly code: number;
  readonly lines: readonly string[];
}

function play(...parts: readonly Production[]): Promise<Played> {
  return read((terminal) => playDemo(parts, terminal));
}

async function read(run: (terminal: Terminal) => Promise<number>): Promise<Played> {
  let output = '';
  const write = (more: string) => {
    output += more;
  };
  const code = await run(createTerminal({ write }, {}));
  return { code, lines: output.trimEnd().split('\n') };
}

/** Plays in a process of its own. It ends when all have ended that write where it does: the functions do. */
async function interrupt(cloud: string, { signal, moment }: { signal: NodeJS.Signals; moment: string }) {
  const script = `
    const { demo } = await import('${SOURCE}demo.ts');
    const { createTerminal } = await import('${SOURCE}terminal.ts');
    process.exitCode = await demo(['${cloud}'], createTerminal(process.stdout, {}));`;
  const args = ['--no-warnings', '--input-type=module', '--eval', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.all([text(child.stderr), once(child, 'close')]);
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    if (!stdout.includes(moment) && `${stdout}${chunk}`.includes(moment)) child.kill(signal);
    stdout += chunk;
  });
  const [stderr, [code]] = await ended;
  return { code, stdout, stderr };
}
