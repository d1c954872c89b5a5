// X.509 certificates, which node:crypto reads but does not make: as much DER as a server's certificate needs.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate that is its own CA, and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const HOUR_MS = 3_600_000;

/** Returns a certificate for 127.0.0.1 and localhost; it ends in an hour unless told otherwise. */
export function makeCertificate(name = 'test', until = Date.now() + HOUR_MS): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    nameOf(name),
    sequence(time(until - 2 * HOUR_MS), time(until)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(ALTERNATIVE_NAMES)),
  );
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, ECDSA_WITH_SHA256, tlv(0x03, Buffer.from([0]), signature));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines(der)}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function lines(der: Buffer): string {
  return der.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
}

function tlv(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function sequence(...items: Buffer[]): Buffer {
  return tlv(0x30, ...items);
}

function integer(value: Buffer): Buffer {
  return tlv(0x02, value);
}

function nameOf(name: string): Buffer {
  const commonName = tlv(0x06, Buffer.from('550403', 'hex'));
  return sequence(tlv(0x31, sequence(commonName, tlv(0x0c, Buffer.from(name)))));
}

/** UTCTime: yymmddhhmmssZ. */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-T:]|\.\d+/g, '');
  return tlv(0x17, Buffer.from(text.slice(2)));
}

const ECDSA_WITH_SHA256 = sequence(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
const ALTERNATIVE_NAMES = sequence(
  tlv(0x06, Buffer.from('551d11', 'hex')),
  tlv(0x04, sequence(tlv(0x87, Buffer.from([127, 0, 0, 1])), tlv(0x82, Buffer.from('localhost')))),
);
