import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PACKAGE_FILE } from '../infra/azure/parameters.ts';
import packageJson from '../package.json' with { type: 'json' };
import { VERSION } from '../shared/core/version.ts';
import { zipFolder } from './archive.ts';
import { describeBill } from './bill-of-materials.ts';
import { readBundledPackages } from './bundled-packages.ts';
import { describeLicences } from './licences.ts';
import { notesOf } from './notes.ts';

/** Where the files of the release go, all into one folder, as places to download from have none. */
const FOLDER = 'dist/release';

/** Functions that are released as archives: their folder, and the archive. */
const ARCHIVES = [
  ['dist/aws/node-events', 'aws-node-events.zip'],
  ['dist/aws/reconcile', 'aws-reconcile.zip'],
  ['dist/azure', PACKAGE_FILE],
] as const;

/** Files that are released as the build has written them. */
const TEMPLATES = [
  ['dist/podroutes.template.json', 'podroutes.template.json'],
  ['dist/infra/azure/main.json', 'main.json'],
] as const;

/** Terraform modules that are released as archives: their name, and the template that each brings. */
const MODULES = [
  ['aws', TEMPLATES[0]],
  ['azure', TEMPLATES[1]],
] as const;

/** Folders and Terraform's own files, and nothing that `terraform init` and `apply` have left behind. */
const OF_A_MODULE = /(^|\/)[^./]+(\.tf)?$/;

/** Whoever passes a package on has to pass on its licence. */
const LICENCES = 'THIRD-PARTY-LICENSES.txt';

/**
 * Gives files the modes that they have with the most usual mask: npm packs them with what they got from the mask of
 * whoever checked them out.
 */
async function levelModes(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const found = await stat(path);
    const isOpen = found.isDirectory() || (found.mode & 0o100) !== 0;
    await chmod(path, isOpen ? 0o755 : 0o644);
    if (found.isDirectory()) await levelModes((await readdir(path)).map((name) => `${path}/${name}`));
  }
}

/** Makes everything from the sources, and from nothing that was there before. */
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await rm('dist', { recursive: true, force: true });
for (const script of ['build.ts', 'infra/aws/one-file/write.ts']) {
  execFileSync(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
}
await mkdir(FOLDER, { recursive: true });

const packages = await readBundledPackages('.');
await writeFile(`dist/${LICENCES}`, describeLicences(packages));
await writeFile(`${FOLDER}/${LICENCES}`, describeLicences(packages));
await levelModes(['package.json', ...packageJson.files.filter((path) => !path.startsWith('!'))]);
execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', FOLDER], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
for (const [folder, name] of ARCHIVES) {
  const inside = packages.filter(({ bundles }) => bundles.includes(folder));
  const further = { LICENSE: await readFile('LICENSE', 'utf8'), [LICENCES]: describeLicences(inside) };
  await writeFile(`${FOLDER}/${name}`, await zipFolder(folder, further));
}
for (const [name, [template, templateName]] of MODULES) {
  const folder = `dist/terraform/${name}`;
  await cp(`infra/terraform/${name}`, folder, { recursive: true, filter: (path) => OF_A_MODULE.test(path) });
  await copyFile(template, `${folder}/${templateName}`);
  const further = { LICENSE: await readFile('LICENSE', 'utf8'), [LICENCES]: describeLicences(packages) };
  await writeFile(`${FOLDER}/terraform-${name}.zip`, await zipFolder(folder, further));
}
for (const [from, name] of TEMPLATES) await copyFile(from, `${FOLDER}/${name}`);
await writeFile(`${FOLDER}/podroutes.cdx.json`, describeBill(VERSION, packages));
await writeFile(`${FOLDER}/NOTES.md`, notesOf(await readFile('CHANGELOG.md', 'utf8'), VERSION));

/** As `sha256sum --check SHA256SUMS` reads it. */
const names = (await readdir(FOLDER)).sort();
const sums = await Promise.all(
  names.map(async (name) => {
    const sum = createHash('sha256')
      .update(await readFile(`${FOLDER}/${name}`))
      .digest('hex');
    return `${sum}  ${name}\n`;
  }),
);
await writeFile(`${FOLDER}/SHA256SUMS`, sums.join(''));
console.log(`${FOLDER}: podroutes ${VERSION}, ${names.length + 1} files`);
