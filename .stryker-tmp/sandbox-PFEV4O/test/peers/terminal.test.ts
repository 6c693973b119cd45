// @ts-nocheck
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { BUILT } from '../cli/built-command.ts';
import { withWorld } from '../cli/cluster-world.ts';

/** Runs a program on a terminal of its own, so many columns wide, and types an answer once it is asked. */
const PYTHON = `
import fcntl, os, pty, struct, sys, termios
answer, columns, program = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    os.execv(program[0], program)
output, asked = b'', False
while True:
    try:
        read = os.read(terminal, 4096)
    except OSError:
        break
    if not read:
        break
    output += read
    if b'[y/N]' in output and not asked:
        asked = True
        os.write(terminal, answer.encode())
sys.stdout.buffer.write(output)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** What a person sees who types this, and the exit code. */
async function reconcileOnTerminal(
  answer: string,
  more: Readonly<Record<string, string>> = {},
  columns = 120,
) {
  let seen = { code: -1, output: '', writes: 0, worker: '' };
  await withWorld('aws', async ({ env, writes, idOf }) => {
    const args = ['-c', PYTHON, answer, String(columns), process.execPath, BUILT, 'reconcile'];
    const child = spawn('python3', args, { env: { PATH: process.env['PATH'], ...env, ...more } });
    const [output, code] = await Promise.all([
      text(child.stdout),
      new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1))),
    ]);
    seen = { code, output, writes: writes().length, worker: idOf('worker-2') };
  });
  return seen;
}

describe('reconcile on a terminal', () => {
  it.each([
    { what: 'a refusal', answer: 'n\n', code: 1 },
    { what: 'an empty line', answer: '\n', code: 1 },
    { what: 'Ctrl-C', answer: '\u0003', code: 130 },
    { what: 'Ctrl-D', answer: '\u0004', code: 130 },
  ])('changes nothing after $what', async ({ answer, code }) => {
    const seen = await reconcileOnTerminal(answer);
    expect(seen).toMatchObject({ code, writes: 0 });
    expect(seen.output).toContain('Delete 1 route and make the other changes? [y/N]');
    expect(seen.output).toContain('Nothing was changed.');
  });

  it('makes the changes once they are agreed to, in colour', async () => {
    const { code, output, writes } = await reconcileOnTerminal('y\n');
    expect({ code, writes }).toEqual({ code: 0, writes: 4 });
    expect(output).toContain('\u001b[32m+ create');
    expect(output).toContain('1 created, 1 replaced, 1 deleted');
  });

  it.each([60, 80])('keeps to a window of %d columns, and breaks no id', async (columns) => {
    const { output, worker } = await reconcileOnTerminal('n\n', { NO_COLOR: '1' }, columns);
    const lines = output.split('\r\n');
    expect(lines.filter((line) => line.length > columns && !line.includes('[y/N]'))).toEqual([]);
    expect(lines.some((line) => line.includes('~ replace') && line.includes('10.200.2.0/24'))).toBe(true);
    expect(output).toMatch(new RegExp(`(^|\\s)${worker}(\\s|$)`, 'm'));
  });

  it('has no colour with NO_COLOR', async () => {
    const { output } = await reconcileOnTerminal('n\n', { NO_COLOR: '1' });
    expect(output).toContain('  + create');
    expect(output).not.toContain('\u001b[32m');
  });
});
