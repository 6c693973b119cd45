/** Stands in for kubectl, and for Karpenter, which acts on what it is told. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import type { Site } from './site.ts';

const COMMANDS: Readonly<Record<string, (site: Site, args: readonly string[]) => Promise<string>>> = {
  apply: async ({ folder }, [, file = '']) => {
    const objects = loadAll(await readFile(join(folder, file), 'utf8')).map((each) => Object(each));
    return objects
      .map(({ apiVersion, kind, metadata }) => `${resourceOf(apiVersion, kind)}/${metadata.name} created\n`)
      .join('');
  },
  create: async ({ kubernetes }, [, account]) => {
    const token = `token-of-${account}`;
    kubernetes.tokens.add(token);
    return `${token}\n`;
  },
  config: async ({ variables }, args) => {
    const config = Object(load(await readFile(variables.get('KUBECONFIG') ?? '', 'utf8')));
    const [, field = ''] = /cluster\.([\w-]+)\}$/.exec(args.at(-1) ?? '') ?? [];
    return config.clusters[0].cluster[field];
  },
  get: async ({ kubernetes }, args) => {
    const [, columns = ''] =
      /^custom-columns=(.*)$/.exec(args.find((arg) => arg.startsWith('custom-')) ?? '') ?? [];
    const parts = columns.split(',').map((column) => column.split(/:(.*)/s));
    const rows = kubernetes.nodes.all().map((node) => parts.map(([, path = '']) => read(node, path)));
    return pad(args.includes('--no-headers') ? rows : [parts.map(([name = '']) => name), ...rows]);
  },
  patch: async ({ kubernetes }, [, name = '', , patch = '']) => {
    kubernetes.nodes.patch(name, JSON.parse(patch));
    return `node/${name} patched\n`;
  },
  scale: async (site, [, name, , replicas]) => {
    await site.place.scaleTo(Number(replicas), site);
    return `deployment.apps/${name} scaled\n`;
  },
};

/** @example resourceOf('karpenter.sh/v1', 'NodePool') //=> 'nodepool.karpenter.sh' */
function resourceOf(apiVersion: string, kind: string): string {
  const [group] = apiVersion.split('/');
  return [kind.toLowerCase(), ...(apiVersion.includes('/') ? [group] : [])].join('.');
}

/** What a path of `custom-columns` leads to: `.a.b`, or `.a[?(@.type=="b")].c`. */
function read(node: object, path: string): string {
  const found = path
    .split(/\.(?![^[]*\])/)
    .filter(Boolean)
    .reduce<unknown>((value, step) => {
      const [, field = '', type] = /^(\w+)(?:\[\?\(@\.type=="(\w+)"\)\])?$/.exec(step) ?? [];
      const next = Object(value)[field];
      return type === undefined ? next : next?.find((each: { type: string }) => each.type === type);
    }, node);
  if (found === undefined) return '<none>';
  return Array.isArray(found) ? `[${found.join(' ')}]` : String(found);
}

/** Columns as kubectl lines them up. */
function pad(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('   ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** Runs a command. */
export async function runKubectl(site: Site, args: readonly string[]): Promise<string> {
  const [verb = '', ...rest] = args;
  const command = COMMANDS[verb];
  if (command === undefined) throw new Error(`kubectl ${args.join(' ')}: no stand-in`);
  return command(site, rest);
}
