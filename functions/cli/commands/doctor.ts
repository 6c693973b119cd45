import { countOf } from '../../../shared/core/findings/finding.ts';
import { diagnose, type Examination } from '../../../shared/doctor/diagnose.ts';
import { podNodes } from '../../../shared/doctor/facts.ts';
import type { Certainty, Diagnosis } from '../../../shared/doctor/model.ts';
import { pageOf } from '../../../shared/doctor/pages.ts';
import { type ClusterView, findNodes, viewAllNodes } from '../cluster-view.ts';
import { EXIT, type ExitCode, type Invocation, refuse } from '../command.ts';
import { shortenIds } from '../describe.ts';
import { outputOf } from '../options.ts';
import { formatJson, type Style, showProgress, type Terminal, wrapText } from '../terminal.ts';

/** What `-o json` prints: docs/schemas/doctor.schema.json. */
interface DoctorReport {
  readonly cluster: string | null;
  readonly cloud: string;
  /** The nodes that were asked about; empty for all. */
  readonly nodes: readonly { readonly id: string; readonly name: string }[];
  readonly problems: readonly ListedDiagnosis[];
  readonly hints: readonly ListedDiagnosis[];
  /** What could not be checked, and why. */
  readonly unchecked: readonly {
    readonly what: string;
    readonly code: string;
    readonly message: string;
  }[];
}

interface ListedDiagnosis extends Diagnosis {
  /** Where docs/ says more. */
  readonly page: string;
}

/** Finds why pods on different nodes cannot talk. */
export async function doctor(invocation: Invocation): Promise<number> {
  const view = await viewAllNodes(invocation, invocation.operands);
  if (!view.ok) return refuse(invocation, view);
  const found = findNodes(view, invocation.operands);
  if (!found.ok) return refuse(invocation, found);
  const asked = [...new Set(found.nodes)];
  const examination = await examine(view, invocation, asked);
  const { cluster, cloud } = view.report;
  const report: DoctorReport = {
    cluster,
    cloud,
    nodes: asked.map(({ id, name }) => ({ id, name })),
    problems: examination.problems.map(list),
    hints: examination.hints.map(list),
    unchecked: examination.gaps.map(({ unchecked, failure }) => ({
      what: unchecked,
      code: failure.code,
      message: failure.message,
    })),
  };
  if (outputOf(invocation.values) === 'json') invocation.out.print(formatJson(report));
  else showDoctorReport(invocation.out, report);
  return exitOf(report);
}

async function examine(
  { session, run }: ClusterView,
  { values, err }: Invocation,
  asked: DoctorNodes,
): Promise<Examination> {
  const { config } = session;
  const stopProgress = showProgress(err, `Reading the network in ${session.place} …`);
  const { read, commands, looks } = await session.openDoctor();
  const options = [...values]
    .filter(([name]) => name !== 'output')
    .flatMap(([name, value]) => [`--${name}`, value]);
  const { nodes, tables } = run.observation;
  const network = await read(podNodes(nodes), tables, new AbortController().signal);
  stopProgress();
  return diagnose({ run, config, network, commands, looks, asked, options });
}

type DoctorNodes = ClusterView['run']['observation']['nodes'];

function list(diagnosis: Diagnosis): ListedDiagnosis {
  return { ...diagnosis, page: pageOf(diagnosis.code) };
}

/** What could not be read may be the very thing: without it nothing is said to be well. */
function exitOf({ problems, unchecked }: DoctorReport): ExitCode {
  if (unchecked.length > 0) return EXIT.error;
  return problems.length > 0 ? EXIT.changes : EXIT.ok;
}

const STYLES: Readonly<Record<Certainty, Style>> = { certain: 'red', likely: 'yellow', possible: 'cyan' };

function showDoctorReport(terminal: Terminal, report: DoctorReport): void {
  const { print, paint } = terminal;
  for (const problem of report.problems) showDiagnosis(terminal, problem);
  for (const { what, code, message } of report.unchecked) {
    print(`${paint('yellow', 'not checked')} ${what}`);
    showText(terminal, `${code}: ${message}`);
    print();
  }
  for (const hint of report.hints) showDiagnosis(terminal, hint, 'hint');
  print(paint('bold', summarize(report)));
}

function showDiagnosis(terminal: Terminal, diagnosis: ListedDiagnosis, word?: string): void {
  const { code, certainty, message, evidence, lookCommands, remedy, commands, page } = diagnosis;
  const { print, paint } = terminal;
  print(`${paint(word === undefined ? STYLES[certainty] : 'dim', word ?? certainty)} ${paint('bold', code)}`);
  showText(terminal, message);
  for (const text of evidence) showText(terminal, `- ${text}`);
  if (lookCommands.length > 0) showText(terminal, 'Look:');
  showCommands(terminal, lookCommands);
  showText(terminal, `Remedy: ${remedy}`);
  showCommands(terminal, commands);
  print(`    ${paint('dim', page)}`);
  print();
}

/** Whole, however long: they are there to be copied. */
function showCommands({ print, paint }: Terminal, commands: readonly string[]): void {
  for (const command of commands) print(`    $ ${paint('cyan', command)}`);
}

function showText({ print, width }: Terminal, text: string): void {
  for (const line of wrapText(shortenIds(text), width - 4)) print(`    ${line}`);
}

function summarize({ problems, unchecked }: DoctorReport): string {
  const rest = unchecked.length === 0 ? '' : ` ${countOf(unchecked.length, 'thing')} could not be checked.`;
  if (problems.length === 0) {
    return unchecked.length === 0
      ? 'Nothing was found that keeps pods from reaching each other.'
      : `Nothing was found in what could be read.${rest}`;
  }
  const counts = (['certain', 'likely', 'possible'] as const).flatMap((each) => {
    const count = problems.filter(({ certainty }) => certainty === each).length;
    return count === 0 ? [] : `${count} ${each}`;
  });
  return `${countOf(problems.length, 'problem')}: ${counts.join(', ')}.${rest}`;
}
