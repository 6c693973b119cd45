import { deleteMachine } from '../../shared/sandbox/arm/machines.ts';
import { createScaleSet } from '../../shared/sandbox/arm/scale-sets.ts';
import { CLUSTER_TAG, GROUP, withAzure } from '../azure/azure-world.ts';
import { memoryLedger } from '../core/memory-ledger.ts';

/** One call to Azure Resource Manager: its name in Azure's specifications, and the action that allows it. */
interface Call {
  readonly operation: string;
  readonly path: string;
  /** In lower case: Azure writes actions in several cases. */
  readonly action: string;
}

type Environment = Readonly<Record<string, string>>;

/** Blocks are handed out; the ledger itself is in memory. */
export const ALLOCATING: Environment = {
  PODROUTES_ALLOCATE: '/24',
  PODROUTES_LEDGER: 'https://podroutes.table.core.windows.net/ledger',
};

/** Together, settings of every kind that changes what is called. */
const EVERY_KIND: readonly Environment[] = [
  { PODROUTES_FORWARDING: 'ensure' },
  { PODROUTES_ROUTE_TABLES: '' },
  ALLOCATING,
];

/** Every kind of call that the adapter makes with these settings: full and scoped runs, machines of every kind. */
export async function recordCalls(environments: readonly Environment[] = EVERY_KIND): Promise<Call[]> {
  const calls: Call[] = [];
  await withAzure({ operationMs: 5, retryAfterSeconds: 0 }, async ({ launch, run, sandbox, subnet }) => {
    const place = { group: GROUP, subnet, tags: CLUSTER_TAG, enableIPForwarding: true };
    createScaleSet(sandbox.arm, { ...place, name: 'uniform', mode: 'Uniform', instances: 1 });
    const instances = [...sandbox.arm.resources.keys()].filter((id) => id.endsWith('/virtualmachines/0'));
    const shut = launch(20, undefined, { forwarding: false });
    // A route to an address that no interface has.
    const gone = launch(22);
    await run({ kind: 'nodes', ids: [gone] });
    deleteMachine(sandbox.arm, gone);
    launch(23, null);
    const ledger = memoryLedger(Date.UTC(2026, 10, 21));
    sandbox.clearCalls();
    for (const env of environments) {
      await run({ kind: 'nodes', ids: [shut, ...instances] }, { env });
      await run(
        { kind: 'all' },
        { env, ledger: env['PODROUTES_LEDGER'] === undefined ? null : async () => ledger },
      );
    }
    calls.push(
      ...sandbox.calls.map(({ operation, method, path }) => ({
        operation,
        path,
        action: actionOf(method, path),
      })),
    );
  });
  return calls;
}

/** The types in a path are every other segment after the provider; a method reads or writes. */
function actionOf(method: string, path: string): string {
  const [own = ''] = (path.split('/providers/').at(-1) ?? '').split('?');
  const [provider = '', ...rest] = own.toLowerCase().split('/');
  const types = rest.filter((_, i) => i % 2 === 0);
  return [provider, ...types, method === 'GET' ? 'read' : 'write'].join('/');
}
