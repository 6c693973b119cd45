import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { template } from './template.ts';

/** Refreshes the copy that is kept in the repository, which needs neither an account nor a network. */
const copy = new URL('main.json', import.meta.url);
await writeFile(copy, `${JSON.stringify(template, null, 2)}\n`);
console.log(`${fileURLToPath(copy)}: ${template.resources.length} resources`);
