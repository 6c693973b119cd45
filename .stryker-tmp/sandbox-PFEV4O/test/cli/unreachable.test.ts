// @ts-nocheck
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { podroutes } from './built-command.ts';

const SERVER = `const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;

/** Runs `use` with a port that takes no connection and refuses none: its owner sleeps, and its queue is full. */
async function withSilentPort(use: (port: number) => Promise<void>): Promise<void> {
  const owner = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(owner.stdout, 'data');
  const port = Number(String(line));
  owner.kill('SIGSTOP');
  const queued: Socket[] = [];
  try {
    for (let isTaken = true; isTaken; ) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      queued.push(socket);
      isTaken = await Promise.race([
        once(socket, 'connect').then(() => true),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500)),
      ]);
    }
    await use(port);
  } finally {
    for (const socket of queued) socket.destroy();
    owner.kill('SIGKILL');
  }
}

const CLUSTER = ['--cluster', 'kthw', '--cluster-cidrs', '10.200.0.0/16'];
const CASES = [
  {
    cloud: 'AWS',
    args: ['--region', 'eu-west-1'],
    env: (port: number) => ({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'person',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
    }),
    problem:
      /^podroutes: could not read the nodes in AWS eu-west-1: TimeoutError: .* Check the network of this machine, and AWS_ENDPOINT_URL where it is set\.\n$/,
  },
  {
    cloud: 'Azure',
    args: ['--subscription', '11111111-2222-3333-4444-555555555555', '--resource-groups', 'kubernetes'],
    env: (port: number) => ({ PODROUTES_ARM_ENDPOINT: `http://127.0.0.1:${port}` }),
    problem:
      /^podroutes: could not read the nodes in Azure subscription 1.*: no answer came in time\. Check the network of this machine, and PODROUTES_ARM_ENDPOINT where it is set\.\n$/,
  },
];

describe('An endpoint that takes no connection', () => {
  it.each(CASES)('is given up after a while on $cloud, with one line', ({ args, env, problem }) =>
    withSilentPort(async (port) => {
      const { code, stdout, stderr } = await podroutes(['plan', ...CLUSTER, ...args], env(port));
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(problem);
    }),
  );
});
