/** What the API answers where it does not do what it was asked. */
export class StatusError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    reason: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.headers = headers;
  }
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export function toStatus({ status, reason, message }: StatusError): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status };
}

export function notFound(name: string): StatusError {
  return new StatusError(404, 'NotFound', `nodes "${name}" not found`);
}

export function conflict(name: string): StatusError {
  const message = `Operation cannot be fulfilled on nodes "${name}": the object has been modified; please apply your changes to the latest version and try again`;
  return new StatusError(409, 'Conflict', message);
}

export function invalid(name: string, why: string): StatusError {
  return new StatusError(422, 'Invalid', `Node "${name}" is invalid: ${why}`);
}
