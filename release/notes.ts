/**
 * What CHANGELOG.md says of a version, without its heading. Throws where the version is not the newest there: a
 * release without notes tells nobody what to do.
 */
export function notesOf(changelog: string, version: string): string {
  const [, ...sections] = changelog.split(/^## \[/m);
  const [newest = ''] = sections;
  const found = newest.slice(0, newest.indexOf(']'));
  if (found !== version) {
    throw new Error(
      `CHANGELOG.md: expected ${version}, the version of package.json, as the first section; found ${found}`,
    );
  }
  return `${newest.slice(newest.indexOf('\n')).trim()}\n`;
}
