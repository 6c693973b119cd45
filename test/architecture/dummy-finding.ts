import type { TreeCopy } from './tree-copy.ts';

const WORDING = `export function claimUnlucky(node: Node, cidr: Cidr): Finding {
  return ofNode('claim-unlucky', 'error', node, cidr.text, {
    message: \`\${labelNode(node)} claims \${cidr.text}, which has a thirteen in it; it gets no route.\`,
    remedy: 'Give the node a pod CIDR without a thirteen.',
  });
}

/** A range that a configuration file`;

const CASE = `  'claim-unlucky': launched('10.200.13.0/24'),
  'claim-reserved': launched(`;

const TEST = `it('A claim with a thirteen in it gets no route', () => {
  const seen = observation([node('unlucky', ['10.200.13.0/24']), node('b')], [table()]);
  expect(judgeClaims(seen, settings())).toMatchObject({
    accepted: [],
    findings: expect.arrayContaining([expect.objectContaining({ code: 'claim-unlucky' })]),
  });
});
`;

const PAGE = `# claim-unlucky

Severity: error. Filled in: \`node\`, \`cidr\`.

## What it means

The claim has a thirteen in it.

## How to look

\`podroutes explain <node>\` fails at the check \`bounds\`, and names the claim.

## What to do

Give the node another block.

[All findings](README.md)
`;

/** Adds a finding as CONTRIBUTING says, and nothing else. */
export function addFinding(copy: TreeCopy): void {
  copy.replace('shared/core/model.ts', "  | 'claim-reserved'", "  | 'claim-reserved'\n  | 'claim-unlucky'");
  copy.replace('shared/core/findings/claims.ts', '/** A range that a configuration file', WORDING);
  const bounds = 'shared/core/claims/bounds.ts';
  copy.replace(bounds, '  claimReserved,', '  claimReserved,\n  claimUnlucky,');
  copy.replace(
    bounds,
    '  const reserved =',
    "  if (cidr.text === '10.200.13.0/24') return claimUnlucky(node, cidr);\n  const reserved =",
  );
  copy.write('test/core/claims.test.ts', `${copy.read('test/core/claims.test.ts')}\n${TEST}`);
  const check = 'functions/cli/explain/node-checks.ts';
  copy.replace(check, "    'claim-reserved',", "    'claim-reserved',\n    'claim-unlucky',");
  const schema = 'docs/schemas/report.schema.json';
  copy.replace(schema, '"claim-reserved",', '"claim-reserved",\n        "claim-unlucky",');
  copy.write('docs/findings/claim-unlucky.md', PAGE);
  const row = '| [`claim-unlucky`](claim-unlucky.md) | error | a claim with a thirteen in it |';
  copy.replace('docs/findings/README.md', '| [`too-many-claims`]', `${row}\n| [\`too-many-claims\`]`);
  copy.replace('test/docs/finding-commands.test.ts', "  'claim-reserved': launched(", CASE);
  copy.replace('CHANGELOG.md', '\n- ', '\n- The finding `claim-unlucky`.\n- ');
}
