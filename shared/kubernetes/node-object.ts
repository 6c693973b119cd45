import * as z from 'zod/mini';
import { type ClaimReading, readElements, refuse, showPlain } from '../core/claims/elements.ts';
import type { NetworkCondition, RegisteredNode } from '../core/model.ts';

/** What is read of a Node object: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/ */
const NodeShape = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    creationTimestamp: z.string(),
    annotations: z.optional(z.record(z.string(), z.string())),
  }),
  spec: z.optional(
    z.object({
      providerID: z.optional(z.string()),
      podCIDR: z.optional(z.string()),
      podCIDRs: z.optional(z.array(z.string())),
    }),
  ),
  status: z.optional(
    z.object({
      conditions: z.optional(
        z.array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.optional(z.string()),
            lastTransitionTime: z.optional(z.nullable(z.string())),
          }),
        ),
      ),
    }),
  ),
});

type NodeJson = z.infer<typeof NodeShape>;

/** A page of a list. */
const PageShape = z.object({
  metadata: z.object({ continue: z.optional(z.string()) }),
  items: z.array(NodeShape),
});

/** Longest list of CIDRs that is read (R12): a kubelet may annotate its own Node with far more. */
const LONGEST_LIST = 1_024;

/** In kube-router's own order: https://github.com/cloudnativelabs/kube-router/blob/master/docs/pod-toolbox.md */
const ANNOTATIONS = ['kube-router.io/pod-cidr', 'kube-router.io/pod-cidrs'];

/** A Node object, and the machine that it says it is. */
export interface NamedMachine {
  readonly providerId: string;
  readonly node: RegisteredNode;
}

/** Reads one page; null where the answer is none. */
export function readPage(json: unknown): { next: string; nodes: NamedMachine[] } | null {
  const page = PageShape.safeParse(json).data;
  if (page === undefined) return null;
  return { next: page.metadata.continue ?? '', nodes: page.items.map(toMachine) };
}

/** Reads one Node object; null where the answer is none. */
export function readNode(json: unknown): RegisteredNode | null {
  const node = NodeShape.safeParse(json).data;
  return node === undefined ? null : toMachine(node).node;
}

function toMachine(json: NodeJson): NamedMachine {
  const { name, uid, resourceVersion: version, creationTimestamp } = json.metadata;
  const { claims, defects } = readClaims(json);
  return {
    providerId: json.spec?.providerID ?? '',
    node: {
      ...{ name, uid, version, claims, defects },
      createdAt: Date.parse(creationTimestamp) || 0,
      networkUnavailable: readCondition(json),
    },
  };
}

/** An annotation for kube-router comes before what the controller manager has allocated. */
function readClaims({ metadata, spec }: NodeJson): ClaimReading {
  const annotated = ANNOTATIONS.map((key) => metadata.annotations?.[key]?.trim() ?? '').find(
    (text) => text !== '',
  );
  const list = annotated ?? (spec?.podCIDRs ?? [spec?.podCIDR ?? '']).join(',');
  if (list.length > LONGEST_LIST) return refuse('kubernetes', `is longer than ${LONGEST_LIST} characters`);
  return list === '' ? { claims: [], defects: [] } : readElements(list, 'kubernetes', showPlain);
}

function readCondition({ status }: NodeJson): NetworkCondition | null {
  const found = status?.conditions?.find(({ type }) => type === 'NetworkUnavailable');
  if (found === undefined) return null;
  return { status: found.status, reason: found.reason ?? '', since: found.lastTransitionTime ?? '' };
}
