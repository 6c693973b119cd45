// @ts-nocheck
import type { RouteTable as Ec2RouteTable, Filter, Instance } from '@aws-sdk/client-ec2';
import { describeNearMiss, selectingTag } from '../core/claims/near-tags.ts';
import type { Config } from '../core/config/config.ts';
import { tagsOf } from './instances.ts';

/** Values of the tag that marks what belongs to a cluster; shared resources belong to several. */
export const CLUSTER_VALUES = ['owned', 'shared'];

type Selector = Pick<Config, 'cluster' | 'nodeTag' | 'routeTables'>;

/** The tag key that clusters of this name have on what is theirs. */
export function clusterTag(cluster: string): string {
  return `kubernetes.io/cluster/${cluster}`;
}

/** Keys of the tags that select nodes: what is done to them on an instance is of interest. */
export function selectionTagKeys({ cluster, nodeTag }: Pick<Config, 'cluster' | 'nodeTag'>): string[] {
  return [...(nodeTag === null ? [] : [nodeTag.key]), ...(cluster === null ? [] : [clusterTag(cluster)])];
}

/** Which route tables are managed: the named ones or, without names, those with the cluster's tag. */
export function tableFilters({ cluster, routeTables }: Selector): Filter[] {
  if (routeTables.length > 0 || cluster === null) {
    return [{ Name: 'route-table-id', Values: [...routeTables] }];
  }
  return [{ Name: `tag:${clusterTag(cluster)}`, Values: CLUSTER_VALUES }];
}

/** Whether nodes are known by their claim alone, there being no tag to know them by. */
export function selectsByClaim({ cluster, nodeTag }: Selector): boolean {
  return cluster === null && nodeTag === null;
}

/** The VPCs that the tables belong to. */
export function networksOf(tables: readonly Ec2RouteTable[]): string[] {
  return [...new Set(tables.flatMap(({ VpcId }) => VpcId ?? []))];
}

/** Which instances may be nodes; empty where no tag selects them and there is no table to be near. */
export function nodeFilters({ cluster, nodeTag }: Selector, networks: readonly string[]): Filter[] {
  if (nodeTag !== null) {
    const { key, value } = nodeTag;
    return [value === null ? { Name: 'tag-key', Values: [key] } : { Name: `tag:${key}`, Values: [value] }];
  }
  if (cluster !== null) return [{ Name: `tag:${clusterTag(cluster)}`, Values: CLUSTER_VALUES }];
  return networks.length === 0 ? [] : [{ Name: 'vpc-id', Values: [...networks] }];
}

/** The same selection as `nodeFilters`, for instances that were read by id. */
export function maySelect(
  { cluster, nodeTag }: Selector,
  networks: readonly string[],
  instance: Instance,
): boolean {
  const tags = tagsOf(instance);
  if (nodeTag !== null) {
    return nodeTag.value === null ? tags.has(nodeTag.key) : tags.get(nodeTag.key) === nodeTag.value;
  }
  if (cluster !== null) return CLUSTER_VALUES.includes(tags.get(clusterTag(cluster)) ?? '');
  return networks.includes(instance.VpcId ?? '');
}

/** How close the tags of an instance that is no node come to those of one; null where they do not. */
export function explainUnselected(
  config: Selector & Pick<Config, 'podCidrTag'>,
  instance: Instance,
): string | null {
  const { cluster } = config;
  const ofCluster = cluster === null ? null : { key: clusterTag(cluster), values: CLUSTER_VALUES };
  return describeNearMiss(tagsOf(instance), selectingTag(config, ofCluster));
}
