/**
 * The instance that a Node object names, or null where it names none: nodes on Fargate and outside EC2 are no
 * instances. Before the id there may be a zone, an empty one, or nothing.
 *
 * @example instanceOf('aws:///us-east-1a/i-0123456789abcdef0') //=> 'i-0123456789abcdef0'
 * @see https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/instances.go
 */
export function instanceOf(providerId: string): string | null {
  return /^(?:aws:\/\/.*\/)?(i-[\da-f]{8,17})$/.exec(providerId)?.[1] ?? null;
}
