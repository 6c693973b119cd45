import { listTopics, readTopic } from '../pages/topics.ts';
import type { Pages } from './findings-view.ts';
import type { ReadableReport } from './read-report.ts';

/** The pages of the codes that occur; a report of another version may have codes that are not known here. */
export async function readFindingPages({ findings }: Pick<ReadableReport, 'findings'>): Promise<Pages> {
  const topics = await listTopics();
  const codes = [...new Set(findings.map(({ code }) => code))];
  const known = codes.filter((code) => topics.includes(`findings/${code}`));
  return new Map(
    await Promise.all(known.map(async (code) => [code, await readTopic(`findings/${code}`)] as const)),
  );
}
