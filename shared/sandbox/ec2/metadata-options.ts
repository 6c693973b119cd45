import { ApiError, type Params, readInteger, type WireObject } from '../query.ts';
import type { MetadataOptions, Tags } from './model.ts';

/** As EC2 has them for images that support nothing but version 2, which all recent ones do. */
export const DEFAULT_METADATA_OPTIONS: MetadataOptions = {
  httpEndpoint: 'enabled',
  httpTokens: 'required',
  httpPutResponseHopLimit: 2,
  instanceMetadataTags: 'disabled',
};

/** The parameters that `readMetadataOptions` reads. */
export const METADATA_OPTION_PARAMS = [
  'HttpEndpoint',
  'HttpTokens',
  'HttpPutResponseHopLimit',
  'InstanceMetadataTags',
];

/** The options in force once those of a request are set; `prefix` is '' or 'MetadataOptions.'. */
export function readMetadataOptions(
  params: Params,
  prefix: string,
  before: MetadataOptions = DEFAULT_METADATA_OPTIONS,
): MetadataOptions {
  const read = <T extends string>(name: string, values: readonly T[], present: T): T => {
    const text = params.get(`${prefix}${name}`);
    if (text === undefined) return present;
    const value = values.find((each) => each === text);
    if (value !== undefined) return value;
    throw new ApiError('InvalidParameterValue', `Value (${text}) for parameter ${name} is invalid.`);
  };
  const hops = readInteger(params, `${prefix}HttpPutResponseHopLimit`);
  return {
    httpEndpoint: read('HttpEndpoint', ['enabled', 'disabled'], before.httpEndpoint),
    httpTokens: read('HttpTokens', ['optional', 'required'], before.httpTokens),
    httpPutResponseHopLimit: hops ?? before.httpPutResponseHopLimit,
    instanceMetadataTags: read('InstanceMetadataTags', ['enabled', 'disabled'], before.instanceMetadataTags),
  };
}

const TELLABLE = /^[0-9a-zA-Z\-_+=,.@:]{1,255}$/;
const RESERVED: ReadonlySet<string> = new Set(['.', '..', '_index']);

/**
 * Refuses keys that the metadata service cannot serve, of an instance whose tags it serves: those with a slash or a space,
 * such as `kubernetes.io/cluster/…`. For launches and ModifyInstanceMetadataOptions the message is as others have
 * reported it (https://github.com/kubernetes/cloud-provider-aws/issues/762); that CreateTags is refused too is
 * documented, but not with which message:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html
 */
export function checkTellable({ instanceMetadataTags }: MetadataOptions, tags: Tags): void {
  if (instanceMetadataTags === 'disabled') return;
  const untellable = [...tags.keys()].find((key) => !TELLABLE.test(key) || RESERVED.has(key));
  if (untellable === undefined) return;
  const message = `'${untellable}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')`;
  throw new ApiError('InvalidParameterValue', message);
}

/** The options as answers carry them. */
export function viewMetadataOptions(options: MetadataOptions): WireObject {
  return { state: 'applied', httpProtocolIpv6: 'disabled', ...options };
}
