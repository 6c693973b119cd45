import type { MetadataAnswer, MetadataRequest } from '../instance-metadata.ts';
import type { VirtualMachine } from './model.ts';
import { findResource } from './resources.ts';
import type { Arm } from './state.ts';

/** The first version with `tagsList`. */
const OLDEST_VERSION = '2019-06-04';

/**
 * What its metadata service answers to a virtual machine, of which the sandbox has its id and its tags:
 * https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service
 */
export function answerInstanceMetadata(arm: Arm, request: MetadataRequest): MetadataAnswer {
  const { method, machine, path, query, headers } = request;
  const resource = findResource(arm, 'Microsoft.Compute/virtualMachines', `/${machine}`);
  if (resource?.power !== 'running') {
    return refuse(404, `The sandbox has no running virtual machine /${machine}`);
  }
  if (headers['metadata']?.toString().toLowerCase() !== 'true') {
    return refuse(400, 'Bad request. Required metadata header not specified');
  }
  if (method !== 'GET') return refuse(405, 'Method not allowed');
  const version = query.get('api-version') ?? '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(version) || version < OLDEST_VERSION) {
    return refuse(400, 'Bad request. api-version was invalid or was not specified in the request');
  }
  const element = Object.hasOwn(ELEMENTS, path) ? ELEMENTS[path] : undefined;
  if (element === undefined) return refuse(404, 'Not found');
  const value = element(resource);
  if (typeof value !== 'string') return json(200, value);
  // What is no structure comes as text alone.
  if (query.get('format') !== 'text') return refuse(400, 'Bad request. Leaf nodes need format=text');
  return { status: 200, body: value };
}

const ELEMENTS: Readonly<Record<string, (machine: VirtualMachine) => unknown>> = {
  '/metadata/instance/compute/vmId': ({ uuid }) => uuid,
  '/metadata/instance/compute/tagsList': ({ tags }) =>
    Object.entries(tags).map(([name, value]) => ({ name, value })),
};

function json(status: number, body: unknown): MetadataAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

function refuse(status: number, error: string): MetadataAnswer {
  return json(status, { error });
}
