// @ts-nocheck
import { describeNearMiss, selectingTag } from '../core/claims/near-tags.ts';
import type { Config } from '../core/config/config.ts';
import type { ResourceId } from './events/resource-ids.ts';

/** The tag that marks what belongs to a cluster; shared resources belong to several. */
const CLUSTER_VALUES = ['owned', 'shared'];

type Selector = Pick<Config, 'cluster' | 'nodeTag'>;

/** Tags by name in lower case: Azure compares names without regard to case, and values with. */
export type Tags = ReadonlyMap<string, string>;

/**
 * The tag name that clusters of this name have on what is theirs. Names of tags may hold no slash, so it is
 * written as Cluster API and kOps write it.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
 */
export function clusterTag(cluster: string): string {
  return `kubernetes.io_cluster_${cluster}`;
}

/** Whether a resource is where is looked. */
export function isWithin(
  { subscription, group }: ResourceId,
  ours: string,
  groups: readonly string[],
): boolean {
  return subscription === ours.toLowerCase() && groups.some((name) => name.toLowerCase() === group);
}

/** Names and ids of Azure, each once; the first spelling stays. */
export function uniqueIgnoringCase(names: readonly string[]): string[] {
  return names.filter(
    (name, i) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === i,
  );
}

/** Reads tags as Azure compares them. */
export function readTags(tags: Readonly<Record<string, string>> | null | undefined): Tags {
  return new Map(Object.entries(tags ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Whether the tags mark what belongs to the cluster. */
export function isOfCluster(cluster: string | null, tags: Tags): boolean {
  if (cluster === null) return false;
  return CLUSTER_VALUES.includes(tags.get(clusterTag(cluster).toLowerCase()) ?? '');
}

/** Whether nodes are known by their claim alone, there being no tag to know them by. */
export function selectsByClaim({ cluster, nodeTag }: Selector): boolean {
  return cluster === null && nodeTag === null;
}

/** Whether the tags select a node, where tags do. */
export function maySelect({ cluster, nodeTag }: Selector, tags: Tags): boolean {
  if (nodeTag === null) return isOfCluster(cluster, tags);
  const value = tags.get(nodeTag.key.toLowerCase());
  return nodeTag.value === null ? value !== undefined : value === nodeTag.value;
}

/** How close the tags of a machine that is no node come to those of one; null where they do not. */
export function explainUnselected(config: Selector & Pick<Config, 'podCidrTag'>, tags: Tags): string | null {
  const { cluster } = config;
  const ofCluster = cluster === null ? null : { key: clusterTag(cluster), values: CLUSTER_VALUES };
  const { key, values } = selectingTag(config, ofCluster);
  return describeNearMiss(tags, { key: key.toLowerCase(), values });
}
