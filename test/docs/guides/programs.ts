import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeServer, listen, readText } from '../../../shared/sandbox/loopback.ts';
import { BUILT } from '../../cli/built-command.ts';
import { runKubectl } from './kubectl.ts';
import type { StandIn } from './place.ts';
import { type Site, settle } from './site.ts';
import { runSsh } from './ssh.ts';

function standIns(site: Site): Readonly<Record<string, StandIn>> {
  return {
    ...site.place.programs,
    kubectl: (args) => runKubectl(site, args),
    ssh: (args) => runSsh(site, args),
  };
}

/** The programs of a person who follows a guide. */
interface Programs {
  /** The folder that they are in. */
  readonly bin: string;
  readonly close: () => Promise<void>;
}

/**
 * Installs podroutes as it is built, and stand-ins of other programs. Before a stand-in ends, machines have started and
 * events have arrived, so that the next command finds what a person finds a minute later.
 *
 * @param aws path of the aws program, for what the sandbox knows of it; null for its stand-in
 */
export async function installPrograms(site: Site, aws: string | null): Promise<Programs> {
  const programs = standIns(site);
  const server = createServer(async (request, response) => {
    const [name = '', ...args] = (await readText(request)).split('\0').slice(0, -1);
    try {
      const isReal = aws !== null && name === 'aws' && args[0] === 'ec2';
      const shown = await (isReal ? runProgram(aws, args, site) : programs[name]?.(args, site));
      await settle(site);
      response.end(shown);
    } catch (thrown) {
      response.writeHead(500).end(thrown instanceof Error ? thrown.message : String(thrown));
    }
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  const bin = join(site.folder, '.bin');
  await mkdir(bin);
  const scripts = {
    podroutes: `exec "${process.execPath}" "${BUILT}" "$@"`,
    ...askAll(Object.keys(programs), url),
  };
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return { bin, close: () => closeServer(server) };
}

/** Scripts that let the stand-ins answer; refusals go where programs tell them. */
function askAll(names: readonly string[], url: string): Record<string, string> {
  const ask = `curl --silent --fail-with-body --data-binary @- ${url}`;
  const refuse = `{ printf '%s\\n' "$shown" >&2; exit 1; }`;
  const show = `[ -z "$shown" ] || printf '%s\\n' "$shown"`;
  return Object.fromEntries(
    names.map((name) => [name, `shown=$(printf '%s\\0' ${name} "$@" | ${ask}) || ${refuse}\n${show}`]),
  );
}

/** Runs a program of others in the place of the person. */
async function runProgram(
  program: string,
  args: readonly string[],
  { folder, variables }: Site,
): Promise<string> {
  const env = { ...Object.fromEntries(variables), PATH: process.env['PATH'], AWS_CONFIG_FILE: '/dev/null' };
  const run = promisify(execFile)(program, [...args], { cwd: folder, env });
  return run.then(
    ({ stdout }) => stdout,
    ({ stderr }: { readonly stderr: string }) => Promise.reject(new Error(stderr.trimEnd())),
  );
}
