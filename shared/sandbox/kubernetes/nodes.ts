import { randomUUID } from 'node:crypto';
import { conflict, invalid, notFound, StatusError } from './status.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastHeartbeatTime?: string;
  readonly lastTransitionTime?: string;
}

/** A Node object, as far as the sandbox knows one. */
export interface NodeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Node';
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly providerID?: string;
    readonly podCIDR?: string;
    readonly podCIDRs?: readonly string[];
  };
  readonly status: { readonly conditions?: readonly Condition[] };
}

/** What a client sends of one. */
export interface SentNode {
  readonly metadata?: Partial<NodeObject['metadata']>;
  readonly spec?: NodeObject['spec'];
  readonly status?: NodeObject['status'];
}

interface Page {
  readonly items: readonly NodeObject[];
  readonly next: string;
  readonly version: string;
}

/** The Node objects of a cluster, with versions and pages as the API server has them. */
export class Nodes {
  readonly #objects = new Map<string, NodeObject>();
  readonly #lists = new Map<string, readonly NodeObject[]>();
  #version = 100;

  create({ metadata = {}, spec = {}, status = {} }: SentNode): NodeObject {
    const { name = '' } = metadata;
    if (name === '') throw invalid(name, 'metadata.name: Required value');
    if (this.#objects.has(name))
      throw new StatusError(409, 'AlreadyExists', `nodes "${name}" already exists`);
    const creationTimestamp = new Date().toISOString().replace(/\.\d+/, '');
    return this.#store({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { ...metadata, name, uid: randomUUID(), creationTimestamp, resourceVersion: '' },
      spec,
      status,
    });
  }

  get(name: string): NodeObject {
    const node = this.#objects.get(name);
    if (node === undefined) throw notFound(name);
    return node;
  }

  all(): readonly NodeObject[] {
    return [...this.#objects.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  delete(name: string): NodeObject {
    const node = this.get(name);
    this.#objects.delete(name);
    return node;
  }

  /** A part of the list as it was when its first page was read. */
  list(limit: number, place: string): Page {
    const [version = '', start = '0'] = place === '' ? [String(this.#version)] : place.split(':');
    const list = place === '' ? this.all() : this.#lists.get(version);
    if (list === undefined) {
      const message = 'The provided continue parameter is too old to display a consistent list result.';
      throw new StatusError(410, 'Expired', message);
    }
    this.#lists.set(version, list);
    const end = limit === 0 ? list.length : Number(start) + limit;
    return {
      items: list.slice(Number(start), end),
      next: end < list.length ? `${version}:${end}` : '',
      version,
    };
  }

  /** Makes the API server forget where lists were, as it does after minutes. */
  expireLists(): void {
    this.#lists.clear();
  }

  replaceStatus(name: string, { metadata, status = {} }: SentNode): NodeObject {
    const node = this.get(name);
    if ((metadata?.resourceVersion ?? '') !== node.metadata.resourceVersion) throw conflict(name);
    return this.#store({ ...node, status });
  }

  patchStatus(name: string, patch: SentNode): NodeObject {
    const node = this.#checked(name, patch);
    const conditions = new Map(
      (node.status.conditions ?? []).map((condition) => [condition.type, condition]),
    );
    for (const sent of patch.status?.conditions ?? []) {
      conditions.set(sent.type, { ...conditions.get(sent.type), ...sent });
    }
    return this.#store({ ...node, status: { ...node.status, conditions: [...conditions.values()] } });
  }

  /** A block may be set once: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go */
  patch(name: string, patch: SentNode): NodeObject {
    const node = this.#checked(name, patch);
    const { podCIDRs: before } = node.spec;
    const spec = { ...node.spec, ...patch.spec };
    if (before !== undefined && String(before) !== String(spec.podCIDRs)) {
      throw invalid(
        name,
        '[spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid]',
      );
    }
    const annotations = { ...node.metadata.annotations, ...patch.metadata?.annotations };
    return this.#store({ ...node, metadata: { ...node.metadata, annotations }, spec });
  }

  #checked(name: string, { metadata }: SentNode): NodeObject {
    const node = this.get(name);
    const { uid = node.metadata.uid, resourceVersion = node.metadata.resourceVersion } = metadata ?? {};
    if (uid !== node.metadata.uid) throw invalid(name, 'metadata.uid: Invalid value: field is immutable');
    if (resourceVersion !== node.metadata.resourceVersion) throw conflict(name);
    return node;
  }

  #store(node: NodeObject): NodeObject {
    this.#version += 1;
    const stored = { ...node, metadata: { ...node.metadata, resourceVersion: String(this.#version) } };
    this.#objects.set(node.metadata.name, stored);
    return stored;
  }
}
