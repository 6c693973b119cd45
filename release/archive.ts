import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/**
 * The earliest that an archive can say, by the clock of wherever it is made, as archives have no time zones: the time
 * of the build would make each archive another.
 */
const MODIFIED = new Date(1980, 0, 1);

/** Unix, whose modes the archive has. */
const UNIX = 3;
/** A file that everybody may read: functions run as a user of their own. */
const MODE = 0o100644 << 16;

/** A folder's files as an archive, the same bytes for the same files, with further files by their names. */
export async function zipFolder(
  folder: string,
  further: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const own = await Promise.all(
    paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path)] as const),
  );
  const added = Object.entries(further).map(([name, text]) => [name, Buffer.from(text)] as const);
  const files: Zippable = Object.fromEntries([...own, ...added].sort(([a], [b]) => (a < b ? -1 : 1)));
  return zipSync(files, { level: 9, mtime: MODIFIED, os: UNIX, attrs: MODE });
}
