import { EC2Client } from '@aws-sdk/client-ec2';
import type { AwsSandbox } from '../../shared/sandbox/aws-server.ts';
import { readText, startServer } from '../../shared/sandbox/loopback.ts';
import { clientConfig } from '../sandbox/setup.ts';

/** Runs `use` with a client whose answers were altered on their way from the sandbox. */
export async function withAlteredAnswers(
  sandbox: AwsSandbox,
  alter: (xml: string) => string,
  use: (ec2: EC2Client) => Promise<void>,
): Promise<void> {
  const { port, close } = await startServer(0, async (request, response) => {
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const headers = { authorization, 'content-type': type };
    const answer = await fetch(sandbox.endpoint, { method: 'POST', headers, body: await readText(request) });
    response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(alter(await answer.text()));
  });
  const ec2 = new EC2Client({ ...clientConfig(sandbox), endpoint: `http://127.0.0.1:${port}` });
  try {
    await use(ec2);
  } finally {
    ec2.destroy();
    await close();
  }
}
