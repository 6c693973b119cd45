import { constants } from 'node:os';
import { CLOUDS, findCloud } from './clouds.ts';
import type { Opened, Production } from './demo/runner.ts';
import { type Terminal, wrapText } from './terminal.ts';

/** Beside the built command line, or from its source in dist. */
const BUILT = new URL(import.meta.url.endsWith('.ts') ? '../../dist/' : '../', import.meta.url);

const INTRODUCTION =
  'podroutes keeps the route tables of a cloud in step with the nodes of a Kubernetes cluster. This demo runs the built functions against loopback clouds on this machine. After each step, the demo reads the routes back from the cloud and compares them with what the step says (+ new, ~ changed, - gone).';

/** Plays the demo, or the part of one cloud; its exit code is 0 only if every step came out as it says. */
export async function demo([name]: readonly string[], terminal: Terminal): Promise<number> {
  const named = findCloud(name);
  const parts = (named === undefined ? CLOUDS : [named]).map(({ openDemo }) => openDemo());
  return playDemo((await Promise.all(parts)).flat(), terminal);
}

/** Plays parts one after another, each on a stage of its own, and sums up; gives the exit code. */
export async function playDemo(parts: readonly Production[], terminal: Terminal): Promise<number> {
  const { print, paint } = terminal;
  const startedAt = performance.now();
  let [steps, checks] = [0, 0];
  for (const part of parts) {
    const opening = part.open(BUILT);
    const stopListening = closeOnSignals(opening);
    if (part === parts[0]) printParagraph(terminal, INTRODUCTION);
    printParagraph(terminal, part.introduction);
    const opened = await opening;
    try {
      const outcome = await opened.play(terminal);
      if (!outcome.ok) {
        print(paint('red', `Not as described: ${outcome.failed}`));
        for (const problem of outcome.problems) print(problem);
        return 1;
      }
      steps += outcome.steps;
      checks += outcome.checks;
    } finally {
      stopListening();
      await opened.close();
    }
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  print(paint('bold', `All ${steps} steps and ${checks} checks passed, in ${seconds} s.`));
  return 0;
}

function printParagraph({ print, width }: Terminal, text: string): void {
  for (const line of wrapText(text, width)) print(line);
  print();
}

/** An interrupted demo leaves no process behind. */
function closeOnSignals(opening: Promise<Opened>): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    const exit = () => process.exit(128 + constants.signals[signal]);
    opening.then((opened) => opened.close()).then(exit, exit);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
