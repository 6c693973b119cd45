// @ts-nocheck
import type { ApiError, Params } from '../query.ts';
import type { Ec2 } from './state.ts';

/** Who made a call, as far as the request tells. */
export interface Caller {
  readonly accessKeyId: string;
  readonly userAgent: string;
}

/** The calls that podroutes hears of; CloudTrail records every one. */
const RECORDED: ReadonlySet<string> = new Set([
  'CreateRoute',
  'ReplaceRoute',
  'DeleteRoute',
  'ModifyInstanceAttribute',
  'ModifyNetworkInterfaceAttribute',
]);

const REDACTED = '<sensitiveDataRemoved>';

/** Emits what CloudTrail records of a call, whether it succeeded (`error` null) or not. */
export function recordCall(
  ec2: Ec2,
  action: string,
  params: Params,
  caller: Caller,
  requestId: string,
  error: ApiError | null,
): void {
  if (!RECORDED.has(action)) return;
  ec2.emit({
    detailType: 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    resources: [],
    detail: {
      eventVersion: '1.10',
      userIdentity: {
        type: 'IAMUser',
        principalId: caller.accessKeyId,
        arn: `arn:aws:iam::${ec2.account}:user/${caller.accessKeyId}`,
        accountId: ec2.account,
        accessKeyId: caller.accessKeyId,
        userName: caller.accessKeyId,
      },
      eventTime: new Date(ec2.now()).toISOString().replace(/\.\d+/, ''),
      eventSource: 'ec2.amazonaws.com',
      eventName: action,
      awsRegion: ec2.region,
      sourceIPAddress: '127.0.0.1',
      userAgent: caller.userAgent,
      ...(error && { errorCode: errorCode(error), errorMessage: error.message }),
      requestParameters: requestParameters(params),
      responseElements: error ? null : { requestId, _return: true },
      requestID: requestId,
      eventID: ec2.ids.uuid(),
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: ec2.account,
      eventCategory: 'Management',
    },
  });
}

/** EC2's codes have the side at fault in front in CloudTrail, though not on the wire. */
function errorCode({ code, status }: ApiError): string {
  return `${status >= 500 && code !== 'RequestLimitExceeded' ? 'Server' : 'Client'}.${code}`;
}

/** Only user data is a secret among what these calls send: its own parameter, or the value of the other form. */
function requestParameters(params: Params): Readonly<Record<string, unknown>> {
  const entries: [string, unknown][] = [];
  for (const [name, value] of params) {
    if (name === 'Action' || name === 'Version') continue;
    const [first = '', second] = name.split('.');
    const key = `${first.charAt(0).toLowerCase()}${first.slice(1)}`;
    if (key === 'userData' || key === 'value') entries.push([key, REDACTED]);
    else entries.push([key, second === undefined ? readScalar(value) : { value: readScalar(value) }]);
  }
  return Object.fromEntries(entries);
}

function readScalar(text: string): string | boolean {
  return text === 'true' || text === 'false' ? text === 'true' : text;
}
