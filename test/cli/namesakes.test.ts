import { describe, expect, it } from '@jest/globals';
import { commandNow } from '../../functions/cli/waiting.ts';
import { podroutes } from './built-command.ts';
import { type ClusterWorld, withWorld } from './cluster-world.ts';

async function read({ env }: ClusterWorld, ...args: readonly string[]) {
  const { stdout, stderr } = await podroutes([...args, '-o', 'json'], env);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** Calls a new node by the id of worker-0. Gives that id, and its own. */
function launchImpostor(world: ClusterWorld, podCidr: string): { called: string; impostor: string } {
  const called = world.idOf('worker-0');
  world.launchNamed(called, podCidr, '10.240.0.60');
  return { called, impostor: world.idOf(called) };
}

describe('A node whose name is the id of another', () => {
  it('is not meant by that id', () =>
    withWorld('aws', async (world) => {
      const { called, impostor } = launchImpostor(world, '10.200.60.0/24');
      const isWorker = { id: called, name: 'worker-0' };
      expect(await read(world, 'explain', called)).toMatchObject({ node: isWorker });
      expect(await read(world, 'doctor', called)).toMatchObject({ nodes: [isWorker] });
      expect(await read(world, 'plan', called)).toMatchObject({ scope: 'nodes', nodes: [isWorker] });
      expect(await read(world, 'explain', impostor)).toMatchObject({ node: { id: impostor, name: called } });
    }));

  it('is not blamed on the other, nor the other for it', () =>
    withWorld('aws', async (world) => {
      const { called, impostor } = launchImpostor(world, '10.99.0.0/24');
      const code = 'claim-outside-cluster';
      const { findings } = await read(world, 'plan');
      expect(findings).toContainEqual(expect.objectContaining({ code, node: called, nodeId: impostor }));
      const codesOf = async (id: string) =>
        (await read(world, 'explain', id)).checks.map((check: { code: string | null }) => check.code);
      expect(await codesOf(impostor)).toContain(code);
      expect(await codesOf(called)).not.toContain(code);
      const { problems } = await read(world, 'doctor');
      expect(problems).toContainEqual(
        expect.objectContaining({ code, nodes: [called], nodeIds: [impostor], evidence: expect.anything() }),
      );
    }));

  it('is shown with its own id, and commands for it have that', () =>
    withWorld('aws', async (world) => {
      const { called, impostor } = launchImpostor(world, '10.200.60.0/24');
      const { stdout } = await podroutes(['plan'], { ...world.env, COLUMNS: '300' });
      expect(stdout).toContain(`${called} (${impostor})`);
      const { problems } = await read(world, 'doctor', impostor);
      const commands = problems.flatMap((problem: { commands: string[] }) => problem.commands);
      expect(commands).toContain(`podroutes reconcile worker-1 ${impostor}`);
    }));

  it('is not meant either where that id is no node', () =>
    withWorld('aws', async (world) => {
      const appliance = world.idOf('vpn-appliance');
      world.launchNamed(appliance, '10.200.60.0/24', '10.240.0.60');
      expect(await read(world, 'explain', appliance)).toMatchObject({
        node: null,
        checks: [{ check: 'selection', result: 'problem' }],
      });
      for (const command of ['plan', 'doctor']) {
        const { code, stderr } = await podroutes([command, appliance], world.env);
        expect({ code, stderr }).toEqual({
          code: 1,
          stderr: expect.stringContaining('but it is not a node'),
        });
      }
    }));
});

describe('The command that makes what waits now', () => {
  it.each([
    ['the only one of its name', [], 'w'],
    ['one that another shares its name with', [{ id: 'i-2', name: 'w' }], 'i-1'],
    ['one whose name is the id of another', [{ id: 'w', name: 'x' }], 'i-1'],
  ])('names %s by what is its alone', (_, others, called) => {
    const nodes = [{ id: 'i-1', name: 'w' }, ...others];
    expect(commandNow({ nodeId: 'i-1' }, nodes)).toBe(`podroutes reconcile ${called} --force`);
  });
});

describe('A node that shares its name with another', () => {
  it('is told apart by its id in findings of doctor', () =>
    withWorld('aws', async (world) => {
      world.launchNamed('twin', '10.99.0.0/24', '10.240.0.60');
      const guilty = world.idOf('twin');
      world.launchNamed('twin', '10.200.60.0/24', '10.240.0.61');
      const innocent = world.idOf('twin');
      const codesOf = async (id: string) =>
        (await read(world, 'doctor', id)).problems.map(({ code }: { code: string }) => code);
      expect(await codesOf(guilty)).toContain('claim-outside-cluster');
      expect(await codesOf(innocent)).not.toContain('claim-outside-cluster');
    }));
});
