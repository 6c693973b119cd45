import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { acceptedPatterns } from '../../shared/aws/events.ts';
import { readRequest } from '../../shared/core/run/request.ts';
import { codeSpans, jsonBlocks, ROOT, readText, tableBelow, tableHeaded } from './markdown.ts';

const PAGE = await readText('docs/aws.md');

/** What `podroutes doctor` reads besides is for a person, and on its own page. */
const NOT_FOR_FUNCTIONS = ['doctor.ts'];

/** The sources of everything that calls AWS, but for some files. */
async function readAdapter(without: readonly string[] = []): Promise<string> {
  const files = await readdir(new URL('shared/aws/', ROOT), { recursive: true });
  const sources = files
    .filter((file) => file.endsWith('.ts') && !without.includes(file))
    .map((file) => readText(`shared/aws/${file}`));
  return (await Promise.all(sources)).join('\n');
}

function unique(matches: Iterable<RegExpMatchArray>): string[] {
  return [...new Set([...matches].map(([, name = '']) => name))].sort();
}

describe('The permissions', () => {
  it('that failures name are those of the calls that are made', async () => {
    const source = await readAdapter();
    const commands = source.matchAll(/\b([A-Z]\w+)Command\b/g);
    const called = unique([...commands, ...source.matchAll(/\bpaginate([A-Z]\w+)/g)]);
    const named = unique(
      source.matchAll(/'(?:ec2|autoscaling|dynamodb|events|secretsmanager|sqs|sts):([A-Z][a-z]\w+)'/g),
    );
    // There is no right to a transaction or a batch, but to what is in it.
    const rights = called.flatMap((call) =>
      call === 'TransactWriteItems' ? ['PutItem', 'DeleteItem'] : call.replace(/Batch$/, ''),
    );
    expect(rights.sort()).toEqual(named);
  });

  it.each(['docs/permissions.md', 'docs/aws.md'])('are all in %s, and no others', async (page) => {
    const text = await readText(page);
    const source = await readAdapter(NOT_FOR_FUNCTIONS);
    const inUse = unique(
      source.matchAll(/'((?:ec2|autoscaling|dynamodb|events|secretsmanager|sqs|sts):[A-Z][a-z]\w+)'/g),
    );
    const inPolicy = unique(
      text.matchAll(
        /"((?:ec2|autoscaling|dynamodb|events|secretsmanager|sqs|sts):(?!IdentityTokenAudience)\w+)"/g,
      ),
    );
    const inTable =
      page === 'docs/permissions.md'
        ? tableHeaded(text, 'action').flatMap(([cell = '']) => codeSpans(cell))
        : [];
    expect([...inPolicy, ...inTable].sort()).toEqual(inUse);
  });
});

describe('The patterns', () => {
  it('are those of the code', () => {
    expect(jsonBlocks(PAGE).at(-1)).toEqual(
      acceptedPatterns({ podCidrTag: 'pod-cidr', selectionTagKeys: ['kubernetes.io/cluster/kthw'] }),
    );
  });

  it('are all in docs/permissions.md', async () => {
    const patterns = acceptedPatterns({ podCidrTag: 'pod-cidr', selectionTagKeys: [] });
    const rows = tableHeaded(await readText('docs/permissions.md'), 'source').map(([source = '', type]) => [
      codeSpans(source)[0],
      type,
    ]);
    expect(rows.map(String).sort()).toEqual(
      patterns.map(({ source, 'detail-type': type }) => String([...source, ...type])).sort(),
    );
  });
});

describe('The fields of a manual invocation', () => {
  it('are those that are known', () => {
    const refusal = readRequest({ unheardOf: true });
    const known = tableBelow(PAGE, 'By hand').flatMap(([cell = '']) => codeSpans(cell));
    expect(refusal).toMatchObject({
      ok: false,
      problem: expect.stringContaining(`Known fields: ${known.join(', ')}.`),
    });
  });
});
