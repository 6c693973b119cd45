import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key, in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

interface Subject {
  readonly name: string;
  /** Who signs it; itself where nobody else does. */
  readonly issuer: { readonly name: string; readonly key: KeyObject } | null;
  readonly extensions: readonly Buffer[];
}

const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;

/** Object identifiers, as DER has them: https://www.rfc-editor.org/rfc/rfc5280 */
const OID = {
  commonName: oid(0x55, 0x04, 0x03),
  basicConstraints: oid(0x55, 0x1d, 0x13),
  subjectAltName: oid(0x55, 0x1d, 0x11),
  ecdsaWithSha256: oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02),
};

/** A certificate authority, and what it has signed. */
export interface Certificates {
  /** PEM. */
  readonly ca: string;
  /** Of a server on the loopback address. */
  readonly server: KeyPair;
  /** Of somebody who calls it. */
  readonly client: KeyPair;
}

/** Makes them anew, for a year. */
export function createCertificates(): Certificates {
  const name = 'podroutes sandbox';
  const isAuthority = extension(OID.basicConstraints, sequence(Buffer.from([0x01, 0x01, 0xff])));
  const authority = issue({ name, issuer: null, extensions: [isAuthority] });
  const issuer = { name, key: createPrivateKey(authority.key) };
  const names = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  const isNone = extension(OID.basicConstraints, sequence());
  return {
    ca: authority.cert,
    server: issue({ name: 'localhost', issuer, extensions: [extension(OID.subjectAltName, names)] }),
    client: issue({ name: 'administrator', issuer, extensions: [isNone] }),
  };
}

function issue({ name, issuer, extensions }: Subject): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(OID.ecdsaWithSha256);
  const now = Date.now();
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    // Positive: its first bit is not set.
    der(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    algorithm,
    distinguishedName(issuer?.name ?? name),
    sequence(time(now - DAY_MS), time(now + YEAR_MS)),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, issuer?.key ?? privateKey);
  const certificate = sequence(toBeSigned, algorithm, bits(signature));
  const base64 = certificate.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function distinguishedName(name: string): Buffer {
  return sequence(der(0x31, sequence(OID.commonName, der(0x0c, Buffer.from(name)))));
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, der(0x04, value));
}

function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), content]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function oid(...bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

/** A value with its tag and its length before it. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
