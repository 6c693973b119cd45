// @ts-nocheck
import { EC2Client } from '@aws-sdk/client-ec2';
import type { AwsSandbox } from '../../shared/sandbox/aws-server.ts';
import { readText, startServer } from '../../shared/sandbox/loopback.ts';
import { clientConfig } from '../sandbox/setup.ts';

/** Gives the answer that arrives; `question` is the body of the call, as EC2's Query protocol has it. */
export type Alter = (xml: string, question: URLSearchParams) => string;

/** Runs `use` with a client whose answers were altered on their way from the sandbox. */
export async function withAlteredAnswers(
  sandbox: AwsSandbox,
  alter: Alter,
  use: (ec2: EC2Client) => Promise<void>,
): Promise<void> {
  const { port, close } = await startServer(0, async (request, response) => {
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const headers = { authorization, 'content-type': type };
    const body = await readText(request);
    const answer = await fetch(sandbox.endpoint, { method: 'POST', headers, body });
    const altered = alter(await answer.text(), new URLSearchParams(body));
    response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(altered);
  });
  const ec2 = new EC2Client({ ...clientConfig(sandbox), endpoint: `http://127.0.0.1:${port}` });
  try {
    await use(ec2);
  } finally {
    ec2.destroy();
    await close();
  }
}
