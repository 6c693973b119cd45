import { CLOUD_TRAITS } from '../../shared/core/clouds.ts';
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
    .map(titleOf)
    .join(' and ');
}

/** What people call a cloud. */
export function titleOf({ name }: Pick<CliCloud, 'name'>): string {
  return CLOUD_TRAITS[name].title;
}
