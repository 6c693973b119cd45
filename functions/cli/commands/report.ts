import { readFile, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { viewCluster } from '../cluster-view.ts';
import { EXIT, errorRefusal, type Invocation, type Refusal, refuse, usageRefusal } from '../command.ts';
import { readFindingPages } from '../html/finding-pages.ts';
import { renderPage } from '../html/page.ts';
import { type ReadableReport, readReport } from '../html/read-report.ts';

type Read = { readonly ok: true; readonly report: ReadableReport } | Refusal;

/** Stands for standard input or output. */
const STANDARD = '-';

/** Writes the page of a saved report or of the cluster as it is now. Exits 1 where a read failed. */
export async function report(invocation: Invocation): Promise<number> {
  const [saved] = invocation.operands;
  const path = invocation.values.get('html');
  const earlier = invocation.values.get('previous');
  if (path === undefined)
    return refuse(invocation, usageRefusal('--html says where to write the page; it is missing.'));
  if (saved === STANDARD && earlier === STANDARD) {
    return refuse(invocation, usageRefusal('only one report can come from standard input.'));
  }
  const inputs = [saved, earlier]
    .filter((input) => input !== undefined)
    .filter((input) => input !== STANDARD);
  if (path !== STANDARD && (await isAnyOf(path, inputs))) {
    return refuse(invocation, usageRefusal(`--html ${path}: the page would overwrite a report.`));
  }
  const previous = earlier === undefined ? null : await readSaved(earlier);
  if (previous !== null && !previous.ok) return refuse(invocation, previous);
  const now = saved === undefined ? await readCluster(invocation) : await readSaved(saved);
  if (!now.ok) return refuse(invocation, now);
  const problem = previous === null ? null : findMismatch(previous.report, now.report);
  if (problem !== null) return refuse(invocation, errorRefusal(problem));
  const pages = await readFindingPages(now.report);
  const page = renderPage(now.report, previous?.report ?? null, pages);
  const failure = await writePage(path, page, invocation);
  if (failure !== null) return refuse(invocation, failure);
  const isRead = saved !== undefined || now.report.findings.every(({ code }) => code !== 'read-incomplete');
  return isRead ? EXIT.ok : EXIT.error;
}

/** Whether the path leads to one of the files, be it by another name or by a link. */
async function isAnyOf(path: string, files: readonly string[]): Promise<boolean> {
  const identities = await Promise.all(files.map(identify));
  return identities.includes(await identify(path));
}

/** The same text for the same file; of one that is not there yet, its path. */
async function identify(path: string): Promise<string> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return resolve(path);
  }
}

async function readCluster(invocation: Invocation): Promise<Read> {
  const view = await viewCluster(invocation);
  return view.ok ? { ok: true, report: view.report } : view;
}

async function readSaved(path: string): Promise<Read> {
  let json: string;
  try {
    json = path === STANDARD ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (error) {
    return errorRefusal(`${path}: could not be read: ${codeOf(error)}. Check the path.`);
  }
  const reading = readReport(json);
  const source = path === STANDARD ? 'standard input' : path;
  return reading.ok ? reading : errorRefusal(`${source}: ${reading.problem}.`);
}

/** Why two reports cannot be compared, or null. */
function findMismatch(previous: ReadableReport, now: ReadableReport): string | null {
  if (previous.cluster !== now.cluster || previous.cloud !== now.cloud) {
    const name = ({ cluster, cloud }: ReadableReport): string =>
      `${cluster ?? 'a cluster without a name'} on ${cloud}`;
    return `the earlier report is of ${name(previous)}, the later one of ${name(now)}: they cannot be compared.`;
  }
  if (Date.parse(previous.startedAt) <= Date.parse(now.startedAt)) return null;
  return `the report of --previous (${previous.startedAt}) is later than the other (${now.startedAt}): swap them.`;
}

async function writePage(path: string, page: string, { out, err }: Invocation): Promise<Refusal | null> {
  if (path === STANDARD) {
    out.print(page.trimEnd());
    return null;
  }
  try {
    await writeFile(path, page);
  } catch (error) {
    return errorRefusal(`${path}: could not be written: ${codeOf(error)}. Check the path.`);
  }
  err.print(`Wrote ${path}.`);
  return null;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
