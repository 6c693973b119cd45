import type { CliCloud } from '../cloud.ts';

export const AWS: CliCloud = {
  name: 'aws',
  title: 'AWS',
  program: 'aws',
  forwarding: 'Source/destination check (must be off)',
  forms: { routeTable: 'rtb-…', ledger: 'dynamodb:TABLE' },
  settingOptions: [],
  clientOptions: [
    {
      name: 'profile',
      value: 'NAME',
      names: 'profiles',
      summary: 'AWS: the profile of the shared configuration',
    },
    { name: 'region', value: 'REGION', summary: 'AWS: the region' },
  ],
  variables: [],
  needed: [],
  connect: async () => (await import('./connect.ts')).connectAws,
  readEventsOffline: async () => (await import('./events.ts')).readAwsEventsOffline,
  readProfiles: async () => (await import('./profiles.ts')).readAwsProfiles,
  startSandbox: async () => (await import('./sandbox.ts')).startAws,
  openDemo: async () => (await import('./demo/part.ts')).AWS_DEMO,
  provision: {
    kind: 'by-hand',
    how: 'tag a table with "aws ec2 create-tags" and associate it with "aws ec2 associate-route-table"',
  },
};
