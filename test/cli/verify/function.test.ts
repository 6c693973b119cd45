import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClients } from '../../../functions/cli/clouds/aws/verify/clients.ts';
import { lambdaFunction } from '../../../functions/cli/clouds/aws/verify/kinds/functions.ts';
import { lookAt } from '../../../functions/cli/clouds/aws/verify/look.ts';
import { stackOf } from './made-stack.ts';

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl';
const WANTED = { PODROUTES_CLUSTER: 'kthw', PODROUTES_KUBERNETES_TOKEN: 'secret:kthw/podroutes' };

let server: Server;
let variables: Readonly<Record<string, string>> = {};

/** Answers GetFunction as Lambda does: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
beforeAll(async () => {
  server = createServer((_, response) => {
    const Configuration = { State: 'Active', Environment: { Variables: variables } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ Configuration }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  process.env['AWS_ENDPOINT_URL_LAMBDA'] = `http://127.0.0.1:${port}`;
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIATEST';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

async function look(found: Readonly<Record<string, string>>): Promise<string> {
  variables = found;
  const wanted = {
    ...{ logicalId: 'Reconcile', type: 'AWS::Lambda::Function', id: 'reconcile', unknown: new Map() },
    properties: { Environment: { Variables: WANTED } },
  };
  const clients = createClients({ region: 'us-east-1' });
  const stack = stackOf('{"Resources":{}}');
  return JSON.stringify(await lookAt(lambdaFunction, wanted, { clients, stack, options: [] }));
}

describe('A function', () => {
  it('with variables of an extension beside its settings is whole', async () => {
    expect(await look({ ...WANTED, DD_API_KEY: 'a-key' })).toContain('"state":"whole"');
  });

  it('in which somebody has put a token is broken, and the token is not shown', async () => {
    const seen = await look({ ...WANTED, PODROUTES_KUBERNETES_TOKEN: TOKEN });
    expect(seen).toContain(
      'PODROUTES_KUBERNETES_TOKEN: expected secret:kthw/podroutes; found a text that is not',
    );
    expect(seen).not.toContain(TOKEN);
    expect(seen).toContain('aws lambda update-function-configuration');
  });

  it('with a wrong setting beside variables of an extension has no command that would lose these', async () => {
    const seen = await look({ ...WANTED, PODROUTES_CLUSTER: 'other', DD_API_KEY: 'a-key' });
    expect(seen).toContain('PODROUTES_CLUSTER: expected kthw; found other');
    expect(seen).not.toContain('update-function-configuration');
    expect(seen).toContain('REVERT_DRIFT');
    expect(seen).not.toContain('a-key');
  });
});
