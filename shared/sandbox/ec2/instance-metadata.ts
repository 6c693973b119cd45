import type { MetadataAnswer, MetadataRequest } from '../instance-metadata.ts';
import type { Instance } from './model.ts';
import type { Ec2 } from './state.ts';
import { tagsOf } from './tags.ts';

const LONGEST_TOKEN_SECONDS = 21_600;
const TAGS = '/latest/meta-data/tags/instance';

/**
 * What its metadata service answers to an instance, of which the sandbox has the tokens of version 2, the instance's id
 * and its tags: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export function answerInstanceMetadata(ec2: Ec2, request: MetadataRequest): MetadataAnswer {
  const instance = ec2.state.instances.get(request.machine);
  if (instance?.state !== 'running') {
    return answer(404, `The sandbox has no running instance ${request.machine}\n`);
  }
  if (instance.metadataOptions.httpEndpoint === 'disabled') return answer(403, '');
  if (request.path === '/latest/api/token') return answerToken(ec2, request);
  if (request.method !== 'GET') return answer(405, '');
  if (!isAllowed(ec2, instance, request)) return answer(401, '');
  const text = describe(ec2, instance, request.path);
  return text === undefined ? answer(404, '<html>404 - Not Found</html>', 'text/html') : answer(200, text);
}

function answer(status: number, body: string, contentType = 'text/plain'): MetadataAnswer {
  return { status, body, contentType };
}

function answerToken(ec2: Ec2, { method, machine, headers }: MetadataRequest): MetadataAnswer {
  if (method !== 'PUT') return answer(405, '');
  // Behind a proxy that can be talked into requests, tokens would be anybody's.
  if (headers['x-forwarded-for'] !== undefined) return answer(403, '');
  const seconds = Number(headers['x-aws-ec2-metadata-token-ttl-seconds']);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_TOKEN_SECONDS) return answer(400, '');
  return answer(200, btoa(JSON.stringify([machine, ec2.now() + seconds * 1000])));
}

function isAllowed(ec2: Ec2, { id, metadataOptions }: Instance, { headers }: MetadataRequest): boolean {
  const token = headers['x-aws-ec2-metadata-token'];
  if (token === undefined) return metadataOptions.httpTokens === 'optional';
  try {
    const [machine, until] = JSON.parse(atob(String(token)));
    return machine === id && until > ec2.now();
  } catch {
    return false;
  }
}

/** Undefined where it answers nothing. */
function describe(ec2: Ec2, { id, metadataOptions }: Instance, path: string): string | undefined {
  if (path === '/latest/meta-data/instance-id') return id;
  if (metadataOptions.instanceMetadataTags === 'disabled') return undefined;
  const tags = tagsOf(ec2.state, id);
  if (path === TAGS || path === `${TAGS}/`) return tags.size === 0 ? undefined : [...tags.keys()].join('\n');
  return path.startsWith(`${TAGS}/`) ? tags.get(path.slice(TAGS.length + 1)) : undefined;
}
