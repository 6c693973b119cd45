import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describeBill } from '../../release/bill-of-materials.ts';
import { readBundledPackages } from '../../release/bundled-packages.ts';
import { describeLicences } from '../../release/licences.ts';

const ROOT = new URL('../../', import.meta.url);
const PACKAGES = await readBundledPackages(ROOT.pathname);

async function readJson(path: URL) {
  return JSON.parse(await readFile(path, 'utf8'));
}

/** Names of the packages in a bundle. */
function namesIn(bundle: string): string[] {
  return PACKAGES.filter(({ bundles }) => bundles.includes(bundle)).map(({ name }) => name);
}

describe('The packages that the build says it has bundled', () => {
  it.each([
    ['dist/aws/node-events', '@aws-sdk/client-ec2', '@azure/arm-network'],
    ['dist/aws/node-events', '@aws-sdk/client-sqs', '@azure/identity'],
    ['dist/aws/reconcile', '@middy/core', '@aws-sdk/client-sqs'],
    ['dist/azure', '@azure/data-tables', '@aws-sdk/client-ec2'],
    ['dist/cli', '@azure/identity', '@middy/core'],
    ['dist/infra/aws', 'zod', 'aws-cdk-lib'],
  ])('of %s are those of its modules: %s, and not %s', (bundle, there, absent) => {
    expect(namesIn(bundle)).toContain(there);
    expect(namesIn(bundle)).not.toContain(absent);
  });

  it('are no tools of ours', () => {
    const names = new Set(PACKAGES.map(({ name }) => name));
    for (const tool of ['jest', 'rolldown', 'typescript', 'fflate', 'aws-cdk-lib']) {
      expect(names).not.toContain(tool);
    }
  });
});

describe('The licences', () => {
  const text = describeLicences(PACKAGES);

  it('name every package with its version, and bring each text once', () => {
    for (const { name, version, texts } of PACKAGES) {
      expect(text).toContain(`\n${name} ${version} (`);
      for (const each of texts) expect(text).toContain(each);
    }
    const [apache = ''] = PACKAGES.find(({ name }) => name === '@aws-sdk/client-ec2')?.texts ?? [];
    expect(text.split(apache)).toHaveLength(2);
  });

  it('that a package only names have its author and their own text', () => {
    const [middy] = PACKAGES.filter(({ name }) => name === '@middy/core');
    if (middy === undefined) throw new Error('expected @middy/core');
    const shown = describeLicences([middy]);
    expect(shown).toContain(`Copyright (c) ${middy.author}\n\nPermission is hereby granted`);
    expect(() => describeLicences([{ ...middy, licence: 'Strange-1.0' }])).toThrow(
      '@middy/core: expected the text of Strange-1.0',
    );
  });

  it('let whoever gets the package pass it on', () => {
    const free = ['Apache-2.0', 'MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause'];
    expect(free).toEqual(expect.arrayContaining(PACKAGES.map(({ licence }) => licence)));
  });
});

/** Finds what is not as the published schema has it. */
async function loadSchema(): Promise<(value: unknown) => readonly unknown[]> {
  const folder = new URL('node_modules/@cyclonedx/cyclonedx-library/res/schema/', ROOT);
  const read = async (name: string) => {
    const file = `${name}.SNAPSHOT.schema.json`;
    // As they name each other.
    return [new URL(file, 'http://cyclonedx.org/schema/').href, await readJson(new URL(file, folder))];
  };
  const schemas = await Promise.all(['spdx', 'jsf-0.82', 'cryptography-defs'].map(read));
  const [, schema] = await read('bom-1.6');
  // Of internationalised addresses, of which there are none.
  const formats = { 'iri-reference': true, 'idn-email': true } as const;
  const ajv = new Ajv({ strict: false, formats, schemas: Object.fromEntries(schemas) });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}

describe('The bill of materials', () => {
  const bill = describeBill('1.2.3', PACKAGES);

  it('is valid by the schema of CycloneDX 1.6, and the check would say if not', async () => {
    const findFaults = await loadSchema();
    expect(findFaults(JSON.parse(bill))).toEqual([]);
    expect(findFaults(JSON.parse(bill.replace('"type": "library"', '"type": "libary"')))).not.toEqual([]);
    expect(findFaults(JSON.parse(bill.replace('"Apache-2.0"', '"Apache-3.0"')))).not.toEqual([]);
  });

  it('has every package, what it is under, its checksum and where it is', () => {
    const { components, metadata, dependencies } = JSON.parse(bill);
    expect(components).toHaveLength(PACKAGES.length);
    expect(components).toContainEqual({
      type: 'library',
      name: 'client-sqs',
      group: '@aws-sdk',
      version: expect.stringMatching(/^3\./),
      'bom-ref': expect.stringMatching(/^pkg:npm\/%40aws-sdk\/client-sqs@3\./),
      purl: expect.stringMatching(/^pkg:npm\/%40aws-sdk\/client-sqs@3\./),
      hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[\da-f]{128}$/) }],
      licenses: [{ license: { id: 'Apache-2.0' } }],
      properties: ['dist/aws/node-events', 'dist/cli'].map((value) => ({ name: 'podroutes:bundle', value })),
    });
    expect(metadata.component).toMatchObject({ name: 'podroutes', version: '1.2.3' });
    const ours = dependencies.find(({ ref }: { ref: string }) => ref === 'pkg:npm/podroutes@1.2.3');
    expect(ours.dependsOn).toHaveLength(PACKAGES.length);
  });

  it('says neither when nor where it was made', () => {
    expect(bill).not.toMatch(/"timestamp"|"serialNumber"/);
    expect(bill).not.toContain(ROOT.pathname);
    expect(describeBill('1.2.3', PACKAGES)).toBe(bill);
  });
});
