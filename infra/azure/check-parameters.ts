import { readFile } from 'node:fs/promises';
import { describeValues, readValues } from './parameter-values.ts';

/** Checks parameter files before Azure is asked for anything: `node infra/azure/check-parameters.ts <file…>`. */
const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('usage: node infra/azure/check-parameters.ts <parameter file…>');
  process.exitCode = 2;
}
for (const path of paths) {
  const problems = await readFile(path, 'utf8')
    .then((text) => describeValues(readValues(JSON.parse(text))))
    .catch(({ message }: Error) => `it could not be read: ${message}`);
  console.error(`${path}: ${problems ?? 'the functions accept these parameters.'}`);
  if (problems !== null) process.exitCode = 1;
}
