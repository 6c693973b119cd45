import { inspect } from 'node:util';
import { type Terminal, WIDTH } from '../terminal.ts';
import { readRoutes } from './route-rows.ts';
import { type Check, holds, type Scene, type Step } from './scene.ts';
import { showScene } from './show.ts';
import type { Stage } from './stage.ts';

/** How far the steps came: all of them, or up to the first that did not come out as it says. */
export type Outcome =
  | { readonly ok: true; readonly steps: number; readonly checks: number }
  | { readonly ok: false; readonly failed: string; readonly problems: readonly string[] };

/** Plays the steps in order, shows each, and stops at the first that fails: the rest builds on it. */
export async function playSteps(steps: readonly Step[], stage: Stage, terminal: Terminal): Promise<Outcome> {
  let before = await readRoutes(stage.operator);
  let passed = 0;
  for (const [i, step] of steps.entries()) {
    const title = `Step ${i + 1} of ${steps.length}: ${step.title}`;
    try {
      const act = await step.act(stage);
      const scene: Scene = { ...act, before, after: await readRoutes(stage.operator) };
      const checks = step.checks(scene);
      showScene(terminal, { title, step, scene, checks, operator: stage.operator });
      const failed = checks.filter((check) => !holds(check));
      if (failed.length > 0) return { ok: false, failed: title, problems: failed.map(describeFailure) };
      passed += checks.length;
      before = scene.after;
    } catch (error) {
      return { ok: false, failed: title, problems: [error instanceof Error ? error.message : String(error)] };
    }
  }
  return { ok: true, steps: steps.length, checks: passed };
}

function describeFailure({ what, expected, found }: Check): string {
  return `${what}\n  expected: ${formatValue(expected)}\n  found:    ${formatValue(found)}`;
}

function formatValue(value: unknown): string {
  const indent = ' '.repeat('  expected: '.length);
  return inspect(value, { breakLength: WIDTH - indent.length, maxArrayLength: null }).replaceAll(
    '\n',
    `\n${indent}`,
  );
}
