import { readFile } from 'node:fs/promises';
import type { BundledPackage } from './bundled-packages.ts';

const LINE = '-'.repeat(78);

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Our own licence's text is the one that every package under it has. */
const APACHE = (await readFile(new URL('../LICENSE', import.meta.url), 'utf8')).trim();

/** Texts of licences, for packages that name theirs and do not bring it. */
const STANDARD: Readonly<Record<string, (author: string) => string>> = {
  'Apache-2.0': () => APACHE,
  MIT: (author) => `Copyright (c) ${author}\n\n${MIT}`,
  'MIT-0': (author) => `Copyright ${author}. MIT-0 asks for no notice.`,
};

/** The licences of others that whoever passes podroutes on has to bring along, each text once. */
export function describeLicences(packages: readonly BundledPackage[]): string {
  const parts = [...Map.groupBy(packages, textOf)].map(([text, users]) => {
    const names = users.map(({ name, version, licence }) => `${name} ${version} (${licence})`);
    return `${LINE}\n${names.join('\n')}\n${LINE}\n\n${text}\n`;
  });
  return ['podroutes contains parts of these packages, under these licences.\n', ...parts].join('\n');
}

function textOf({ name, licence, author, texts }: BundledPackage): string {
  const text = texts.length > 0 ? texts.join('\n\n') : STANDARD[licence]?.(author);
  if (text === undefined) throw new Error(`${name}: expected the text of ${licence}; found none`);
  return text;
}
