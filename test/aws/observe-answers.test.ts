import { describe, expect, it } from '@jest/globals';
import { type Alter, withAlteredAnswers } from './altered-answers.ts';
import { withWorld } from './observed-world.ts';

it.each([
  ['nodes', 'reservationSet'],
  ['nodes', 'instancesSet'],
  ['table', 'routeTableSet'],
  ['table', 'routeSet'],
])('An answer that lacks its list is a read of %s that failed: %s', (what, set) =>
  withWorld({}, async (world, look, sandbox) => {
    await world.launch({ name: 'node', podCidr: '10.200.0.0/24' });
    const alter = (xml: string): string => xml.replace(new RegExp(`<${set}>.*</${set}>|<${set}/>`, 's'), '');
    await withAlteredAnswers(sandbox, alter, async (ec2) => {
      const { failures } = await look({}, {}, ec2);
      expect(failures).toMatchObject([
        {
          what,
          id: null,
          failure: { kind: 'transient', message: expect.stringContaining('lacks the list') },
        },
      ]);
    });
  }),
);

it.each([
  ['nodes', 'DescribeInstances'],
  ['table', 'DescribeRouteTables'],
])('An answer whose pages do not end is a read of %s that failed', (what, action) =>
  withWorld({}, async (world, look, sandbox) => {
    await world.launch({ name: 'node', podCidr: '10.200.0.0/24' });
    const token = Buffer.from('after:0').toString('base64url');
    const alter = (xml: string): string =>
      xml.replace(`</${action}Response>`, `<nextToken>${token}</nextToken></${action}Response>`);
    await withAlteredAnswers(sandbox, alter, async (ec2) => {
      const { failures, missing } = await look({}, {}, ec2);
      expect(failures).toMatchObject([
        { what, id: null, failure: { message: expect.stringContaining('pages of the answer do not end') } },
      ]);
      expect(missing).toEqual([]);
    });
  }),
);

const USER_DATA = /<userData>.*<\/userData>|<userData ?\/>/s;

describe('The answer about user data', () => {
  it.each([
    { what: 'lacks the element', alter: (xml: string) => xml.replace(USER_DATA, '') },
    { what: 'is empty', alter: () => '' },
    { what: 'is a page', alter: () => '<html><body><p>Please sign in.</p></body></html>' },
    { what: 'is a page that is no XML', alter: () => '<!doctype html><meta charset="utf-8"><p>Sign in.' },
  ])('is a read that failed where it $what', ({ alter }) =>
    withWorld({}, async (world, look, sandbox) => {
      await world.launch({ name: 'spoken', podCidr: '10.200.1.0/24', via: 'user-data' });
      const onUserData: Alter = (xml, question) =>
        question.get('Action') === 'DescribeInstanceAttribute' ? alter(xml) : xml;
      await withAlteredAnswers(sandbox, onUserData, async (ec2) => {
        const { nodes, failures } = await look({}, {}, ec2);
        expect(nodes).toMatchObject([{ claims: [], claimsKnown: false }]);
        expect(failures).toMatchObject([
          { what: 'claims', id: world.idOf('spoken'), failure: { kind: 'transient' } },
        ]);
      });
    }),
  );

  it.each(['<userData/>', '<userData></userData>', '<userData><value/></userData>'])(
    'says that there is none as %s',
    (element) =>
      withWorld({}, async (world, look, sandbox) => {
        await world.launch({ name: 'silent', podCidr: null });
        await withAlteredAnswers(
          sandbox,
          (xml) => xml.replace(USER_DATA, element),
          async (ec2) => {
            const { nodes, failures } = await look({}, {}, ec2);
            expect(nodes).toMatchObject([{ claims: [], claimsKnown: true }]);
            expect(failures).toEqual([]);
          },
        );
      }),
  );
});
