import { inspect } from 'node:util';
import { type Terminal, WIDTH } from '../terminal.ts';
import { type Check, holds, type Part, type Scene, type Stage } from './scene.ts';
import { showScene } from './show.ts';

/** How far the steps came: all of them, or up to the first that did not come out as it says. */
type Outcome =
  | { readonly ok: true; readonly steps: number; readonly checks: number }
  | { readonly ok: false; readonly failed: string; readonly problems: readonly string[] };

/** A part, whatever its stage is made of. */
export interface Production {
  readonly introduction: string;
  readonly open: (built: URL) => Promise<Opened>;
}

/** A part whose stage is open. */
export interface Opened {
  readonly play: (terminal: Terminal) => Promise<Outcome>;
  readonly close: () => Promise<void>;
}

/** Makes a part ready to be opened and played. */
export function produce<S extends Stage>(part: Part<S>): Production {
  return {
    introduction: part.introduction,
    open: async (built) => {
      const stage = await part.open(built);
      let closing: Promise<void> | null = null;
      // The end of the play and an interrupt may both close the stage.
      const close = () => {
        closing ??= stage.close();
        return closing;
      };
      return { play: (terminal) => playSteps(part, stage, terminal), close };
    },
  };
}

/** Plays the steps in order, shows each, and stops at the first that fails: the rest builds on it. */
async function playSteps<S extends Stage>(
  { cloud, steps, wording }: Part<S>,
  stage: S,
  terminal: Terminal,
): Promise<Outcome> {
  let before = await stage.readRoutes();
  let passed = 0;
  for (const [i, step] of steps.entries()) {
    const title = `Step ${i + 1} of ${steps.length} on ${cloud}: ${step.title}`;
    try {
      const act = await step.act(stage);
      const scene: Scene = { ...act, before, after: await stage.readRoutes() };
      const checks = step.checks(scene, stage);
      const { why, shows } = step;
      showScene(terminal, { title, why, shows, scene, checks, wording, nameOf: stage.nameOf });
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
