import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeFiles } from '../terraform/module.ts';
import { template } from './template.ts';
import { writeTerraform } from './terraform.ts';

/** Refreshes the copies that are kept in the repository, which needs neither an account nor a network. */
const copy = new URL('main.json', import.meta.url);
await writeFile(copy, `${JSON.stringify(template, null, 2)}\n`);
await writeFiles(new URL('../terraform/azure/', import.meta.url), writeTerraform());
console.log(`${fileURLToPath(copy)}: ${template.resources.length} resources`);
