import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../functions/cli/demo/scene.ts';
import { STEPS } from '../../functions/cli/demo/steps.ts';
import { playDemo } from '../../functions/cli/demo.ts';
import { createTerminal, WIDTH } from '../../functions/cli/terminal.ts';

describe('The demo', () => {
  it('plays every step to its end', async () => {
    const { code, lines } = await play(STEPS);
    expect(lines.filter((line) => line.includes('✗'))).toEqual([]);
    expect(lines.at(-1)).toMatch(new RegExp(`^All ${STEPS.length} steps and \\d+ checks came out right`));
    expect(code).toBe(0);
  });

  it('begins with the address lines and ends the launch with the routes of the manual procedure', async () => {
    const { lines } = await play(STEPS.slice(0, 2));
    for (const i of [0, 1, 2]) {
      expect(lines).toContain(`  10.0.1.2${i} 10.200.${i}.0/24`);
      expect(lines).toContain(`  +  10.200.${i}.0/24  worker-${i}          active  table-a`);
    }
  });

  it('fits its width', async () => {
    const { lines } = await play(STEPS);
    expect(lines.filter((line) => line.length > WIDTH)).toEqual([]);
  });

  it('stops at a step that does not come out as it says, and names what was expected and found', async () => {
    const [first, second, ...rest] = STEPS;
    if (first === undefined || second === undefined) throw new Error('the demo has too few steps');
    const broken: Step = {
      ...second,
      checks: (scene) => [
        ...second.checks(scene),
        { what: 'pigs fly', expected: ['wings'], found: scene.handled?.writes.slice(0, 1) },
      ],
    };
    const { code, lines } = await play([first, broken, ...rest]);
    expect(code).toBe(1);
    expect(lines).toContain('  ✗ pigs fly');
    expect(lines.slice(-4)).toEqual([
      `Did not come out as it says: Step 2 of ${STEPS.length}: ${second.title}`,
      'pigs fly',
      "  expected: [ 'wings' ]",
      "  found:    [ 'CreateRoute' ]",
    ]);
  });

  it('fails where the routes are not what a step expects of them', async () => {
    const [first, second] = STEPS;
    if (first === undefined || second === undefined) throw new Error('the demo has too few steps');
    // The events of the launch never reach the function, so that no route is made.
    const silent: Step = { ...second, act: async () => ({ handled: null, notes: [] }) };
    const { code, lines } = await play([first, silent]);
    expect(code).toBe(1);
    expect(lines).toContain('  ✗ the table has the final route list of the manual procedure');
  });

  it('fails with the reason where a step throws', async () => {
    const [first] = STEPS;
    if (first === undefined) throw new Error('the demo has no steps');
    const { code, lines } = await play([
      { ...first, act: () => Promise.reject(new Error('no such subnet')) },
    ]);
    expect(code).toBe(1);
    expect(lines.slice(-2)).toEqual([
      `Did not come out as it says: Step 1 of 1: ${first.title}`,
      'no such subnet',
    ]);
  });
});

async function play(steps: readonly Step[]): Promise<{ code: number; lines: readonly string[] }> {
  let output = '';
  const write = (text: string) => {
    output += text;
  };
  const code = await playDemo(steps, createTerminal({ write }, {}));
  return { code, lines: output.trimEnd().split('\n') };
}
