import type { TreeCopy } from './tree-copy.ts';

const ADAPTER = `import type { Cloud } from '../core/cloud.ts';

/** A cloud without machines. */
export function createAcmeCloud(): Cloud {
  return {
    name: 'acme',
    isAtomic: true,
    observe: async (scope) => ({ scope, nodes: [], tables: [], missing: scope.ids, failures: [] }),
    apply: async () => [],
    enableForwarding: async () => [],
    tagNodes: async () => [],
  };
}
`;

const ROW = `import type { CliCloud } from '../cloud.ts';

export const ACME: CliCloud = {
  name: 'acme',
  title: 'ACME',
  program: 'acme',
  forwarding: 'Forwarding (must be on)',
  forms: { routeTable: 'a name', ledger: 'file:acme' },
  settingOptions: [],
  clientOptions: [],
  variables: [],
  needed: [],
  connect: async () => (await import('./connect.ts')).connectAcme,
  readEventsOffline: async () => (await import('./connect.ts')).readAcmeEvents,
  readProfiles: null,
  startSandbox: async () => (await import('./sandbox.ts')).startAcme,
  openDemo: async () => (await import('./sandbox.ts')).ACME_DEMO,
  provision: { kind: 'by-hand', how: 'nothing is to be done' },
};
`;

const CONNECT = `import { createAcmeCloud } from '../../../../shared/acme/cloud.ts';
import type { Config } from '../../../../shared/core/config/config.ts';
import { type NodeEvent, unreadable } from '../../../../shared/core/events/node-event.ts';
import type { Connection } from '../../session.ts';

export async function connectAcme(config: Config): Promise<Connection> {
  const none = async () => Promise.reject(new Error('there is none'));
  return {
    ok: true,
    session: {
      config,
      cloud: createAcmeCloud(),
      openLedger: null,
      openDirectory: null,
      place: 'ACME',
      isNodeId: () => false,
      remedyOf: () => '',
      readEvents: readAcmeEvents,
      openAlerts: none,
      openDoctor: none,
      openVerifier: null,
    },
  };
}

export function readAcmeEvents(): NodeEvent[] {
  return [unreadable('unknown-envelope')];
}
`;

const SANDBOX = `import type { Production } from '../../demo/runner.ts';
import type { RunningSandbox } from '../../sandbox/cluster.ts';

export async function startAcme(): Promise<RunningSandbox> {
  return { cloud: 'acme', variables: {}, takeEvents: () => [], close: async () => {} };
}

const NOTHING: Production = {
  introduction: 'ACME: nothing happens.',
  open: async () => ({ play: async () => ({ ok: true, steps: 0, checks: 0 }), close: async () => {} }),
};

export const ACME_DEMO = [NOTHING];
`;

const TEST = `import { expect, it } from '@jest/globals';
import { createAcmeCloud } from '../../shared/acme/cloud.ts';

it('A cloud without machines has no nodes', async () => {
  const scope = { kind: 'all', ids: [] } as const;
  expect(await createAcmeCloud().observe(scope, AbortSignal.timeout(1000))).toMatchObject({ nodes: [] });
});
`;

const TRAITS = `  acme: {
    routeLimit: 50,
    routeTable: /^\\S+$/,
    ledger: null,
    forwarding: IP_FORWARDING,
    kubernetesTokens: [],
    place: 'the site',
  },
};`;

/** Adds a cloud as CONTRIBUTING says, and nothing else. */
export function addCloud(copy: TreeCopy): void {
  copy.replace('shared/core/model.ts', "'openstack' | 'gcp'", "'openstack' | 'gcp' | 'acme'");
  copy.replace('shared/core/clouds.ts', '\n};\n', `\n${TRAITS}\n`);
  copy.replace('docs/schemas/report.schema.json', '"openstack", "gcp"', '"openstack", "gcp", "acme"');
  copy.write('shared/acme/cloud.ts', ADAPTER);
  copy.write('functions/cli/clouds/acme/cloud.ts', ROW);
  copy.write('functions/cli/clouds/acme/connect.ts', CONNECT);
  copy.write('functions/cli/clouds/acme/sandbox.ts', SANDBOX);
  const table = 'functions/cli/clouds.ts';
  copy.replace(table, '[AWS, AZURE]', '[AWS, AZURE, ACME]');
  copy.write(table, `import { ACME } from './clouds/acme/cloud.ts';\n${copy.read(table)}`);
  copy.write('test/acme/cloud.test.ts', TEST);
  copy.write('docs/acme.md', '# Running it on ACME\n\nNothing runs there.\n');
  copy.replace('docs/README.md', '[on Azure](azure.md)', '[on Azure](azure.md), [on ACME](acme.md)');
  copy.print('test/docs/cli-page.ts', 'docs/cli.md');
  copy.replace('CHANGELOG.md', '\n- ', '\n- ACME is a cloud.\n- ');
}
