import packageJson from '../../package.json' with { type: 'json' };

/** How our own calls are told from somebody else's in what CloudTrail says of them. */
export const PRODUCT = 'podroutes/';

/** Sent by every client of ours. */
export const USER_AGENT = `${PRODUCT}${packageJson.version}`;
