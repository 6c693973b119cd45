import { EXIT, type ExitCode, type Invocation } from './command.ts';

/** Asks whether to go on; null where that is agreed to, and otherwise the exit code. */
export async function askConsent(
  ask: NonNullable<Invocation['ask']>,
  { err }: Pick<Invocation, 'err'>,
  question: string,
): Promise<ExitCode | null> {
  const answer = await ask(question);
  if (answer !== null && /^y(es)?$/i.test(answer.trim())) return null;
  // Whoever broke off did not end the line.
  err.print(answer === null ? '\nNothing was changed.' : 'Nothing was changed.');
  return answer === null ? EXIT.interrupted : EXIT.error;
}
