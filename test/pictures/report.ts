import { createHash } from 'node:crypto';
import { startAws } from '../../functions/cli/clouds/aws/sandbox.ts';
import { CLUSTER, CLUSTER_CIDR } from '../../functions/cli/sandbox/cluster.ts';
import { podroutes } from '../cli/built-command.ts';
import { normalize } from '../docs/console.ts';
import { ROOT } from '../docs/markdown.ts';

export const PICTURE = new URL('docs/pictures/report.png', ROOT);
/** What the picture shows, in words, and which file that picture is. */
export const WORDS = new URL('docs/pictures/report.txt', ROOT);

/** The page that `podroutes report --html` makes of the cluster of `podroutes sandbox`. */
export async function makePage(): Promise<string> {
  const sandbox = await startAws(0, false);
  try {
    const { stdout } = await podroutes(['report', '--html', '-'], {
      ...sandbox.variables,
      PODROUTES_CLUSTER: CLUSTER,
      PODROUTES_CLUSTER_CIDRS: CLUSTER_CIDR,
    });
    return stdout;
  } finally {
    await sandbox.close();
  }
}

/** What a page says, line by line, without free blocks and with the same words for all ids and times. */
export function wordsOf(page: string): string {
  const lines = normalize(page)
    .replaceAll(/\d+ \w+ \d{4} at \d\d:\d\d UTC/g, 'some day')
    .replace(/Took [\d.]+ s/, 'Took some time')
    // What is folded is not in the picture.
    .replaceAll(/<details class="page"><summary>([\s\S]*?)<\/summary>[\s\S]*?<\/details>/g, '$1\n')
    .replaceAll(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<\/(?:td|th|title|p|h\d|li|dt|dd)>/g, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.endsWith(': free'));
  return `${lines.join('\n')}\n`;
}

/** The first line of the words: by it they belong to one picture alone. */
export function nameOf(picture: Uint8Array): string {
  return `report.png, SHA-256 ${createHash('sha256').update(picture).digest('hex')}\n`;
}
