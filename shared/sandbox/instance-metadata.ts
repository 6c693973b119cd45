import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Faults } from './faults.ts';

/** A request to the metadata service of one machine. */
export interface MetadataRequest {
  readonly method: string;
  /** As its cloud's API calls it, without a slash at its beginning. */
  readonly machine: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

export interface MetadataAnswer {
  readonly status: number;
  readonly contentType?: string;
  readonly body: string;
}

/** The address that stands for 169.254.169.254 on one machine, for as long as the sandbox runs. */
export function metadataEndpoint(endpoint: string, machine: string): string {
  return `${endpoint}/instance-metadata/${machine.replace(/^\//, '')}`;
}

const ADDRESS = /^\/instance-metadata\/(.+?)(\/(?:latest|metadata)(?:\/.*)?)$/;

/** Answers a request that is for the metadata service of a machine, and says whether it was one. */
export type MetadataService = (incoming: IncomingMessage, response: ServerResponse) => boolean;

/** The metadata services of all machines. `InstanceMetadata` is the action that faults name. */
export function createMetadataService(
  answer: (request: MetadataRequest) => MetadataAnswer,
  faults: Faults,
): MetadataService {
  return (incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const [, machine, path] = ADDRESS.exec(pathname) ?? [];
    if (machine === undefined || path === undefined) return false;
    const fault = faults.take('InstanceMetadata', new Map([['path', path]]));
    if (fault?.answer === 'reset') {
      incoming.socket.destroy();
      return true;
    }
    const { method = 'GET', headers } = incoming;
    const { status, contentType, body } =
      fault === null
        ? answer({ method, machine, path: decodeURIComponent(path), query: searchParams, headers })
        : { status: fault.status ?? 500, contentType: 'text/plain', body: fault.message ?? '' };
    response.writeHead(status, { 'content-type': contentType ?? 'text/plain' }).end(body);
    return true;
  };
}
