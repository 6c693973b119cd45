import { AWS } from './clouds/aws/cloud.ts';
import { AZURE } from './clouds/azure/cloud.ts';
import type { CliCloud } from './clouds/cloud.ts';

/** Every cloud that the command line knows, one row each. Where nothing says which one is meant, the first is. */
export const CLOUDS: readonly [CliCloud, ...CliCloud[]] = [AWS, AZURE];

export const CLOUD_CHOICES: readonly string[] = CLOUDS.map(({ name }) => name);

/** The cloud of that name. */
export function findCloud(name: string | undefined): CliCloud | undefined {
  return CLOUDS.find((cloud) => cloud.name === name);
}

/** Clouds in which `podroutes provision` has something to do, in words. */
export function nameProvisioned(): string {
  return CLOUDS.filter(({ provision }) => provision.kind === 'command')
    .map(({ title }) => title)
    .join(' and ');
}

/** What people call a cloud; a saved report may be of one that has no row. */
export function titleOf(name: string): string {
  return findCloud(name)?.title ?? name;
}
