import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { playSteps } from './demo/runner.ts';
import type { Step } from './demo/scene.ts';
import { openStage } from './demo/stage.ts';
import { STEPS } from './demo/steps.ts';
import { type Terminal, WIDTH, wrapText } from './terminal.ts';

/** Beside the built command line, or from its source in dist. */
const BUILT = new URL(import.meta.url.endsWith('.ts') ? '../../dist/aws/' : '../aws/', import.meta.url);

const INTRODUCTION =
  'podroutes keeps the route tables of a cloud in step with the nodes of a Kubernetes cluster. This demo runs its built AWS functions against a loopback AWS on this machine: events go in through a queue, and EC2 API calls come out. After every step, the routes are read back from that AWS and compared with what the step says. Markers: + new, ~ changed, - gone.';

/** Plays the demo; its exit code is 0 only if every step came out as it says. */
export async function demo(args: readonly string[], terminal: Terminal): Promise<number> {
  parseArgs({ args: [...args], options: {} });
  return playDemo(STEPS, terminal);
}

/** Plays steps on a stage of their own and sums up; gives the exit code. */
export async function playDemo(steps: readonly Step[], { print, paint }: Terminal): Promise<number> {
  const startedAt = performance.now();
  const opening = openStage(BUILT);
  const stopListening = closeOnSignals(opening);
  for (const line of wrapText(INTRODUCTION, WIDTH)) print(line);
  print();
  const stage = await opening;
  try {
    const outcome = await playSteps(steps, stage, { print, paint });
    if (!outcome.ok) {
      print(paint('red', `Did not come out as it says: ${outcome.failed}`));
      for (const problem of outcome.problems) print(problem);
      return 1;
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    print(
      paint(
        'bold',
        `All ${outcome.steps} steps and ${outcome.checks} checks came out right, in ${seconds} s.`,
      ),
    );
    return 0;
  } finally {
    stopListening();
    await stage.close();
  }
}

/** An interrupted demo leaves no process behind. */
function closeOnSignals(opening: ReturnType<typeof openStage>): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    const exit = () => process.exit(128 + constants.signals[signal]);
    opening.then((stage) => stage.close()).then(exit, exit);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
