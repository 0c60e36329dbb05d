/** Certificates made of bytes and signed by Node: X.690 and RFC 5280, written rather than read. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { utf8, type Bytes } from '../base/bytes.ts';

/** One DER value. */
export function der(tag: number, ...content: readonly (Uint8Array | string)[]): Bytes {
  const body = Buffer.concat(content.map((it) => (typeof it === 'string' ? utf8(it) : it)));
  const length: number[] = [];
  for (let left = body.length; left > 0; left = Math.floor(left / 256)) length.unshift(left % 256);
  const head = body.length < 128 ? [tag, body.length] : [tag, 0x80 + length.length, ...length];
  return new Uint8Array([...head, ...body]);
}

export function oidOf(text: string): Bytes {
  const [a = 0, b = 0, ...rest] = text.split('.').map(Number);
  const bytes = [a * 40 + b, ...rest].flatMap((arc) => {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift(128 + (left % 128));
    return groups;
  });
  return der(0x06, new Uint8Array(bytes));
}

export const nameOf = (...parts: readonly (readonly [oid: string, value: string])[]): Bytes =>
  der(0x30, ...parts.map(([oid, value]) => der(0x31, der(0x30, oidOf(oid), der(0x0c, value)))));

export interface CertificateOptions {
  readonly subject?: Bytes;
  readonly issuer?: Bytes;
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** `[oid, DER of its value, critical]` */
  readonly extensions?: readonly (readonly [string, Uint8Array, boolean?])[];
  readonly key?: 'ec' | 'rsa' | 'ed25519';
}

export interface TestCertificate {
  readonly der: Bytes;
  readonly pem: string;
  readonly key: KeyObject;
}

export function certificateOf(options: CertificateOptions = {}): TestCertificate {
  const { key = 'ec', subject = nameOf(['2.5.4.3', 'test']), issuer = subject } = options;
  const { notBefore = '250101000000Z', notAfter = '350101000000Z', extensions = [] } = options;
  const pair =
    key === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : key === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ed25519');
  const algorithm =
    key === 'ec'
      ? der(0x30, oidOf('1.2.840.10045.4.3.2'))
      : key === 'rsa'
        ? der(0x30, oidOf('1.2.840.113549.1.1.11'), der(0x05))
        : der(0x30, oidOf('1.3.101.112'));
  const time = (text: string) => der(text.length === 13 ? 0x17 : 0x18, text);
  const written = extensions.map(([oid, value, critical = false]) =>
    der(0x30, oidOf(oid), ...(critical ? [der(0x01, new Uint8Array([0xff]))] : []), der(0x04, value)),
  );
  const signed = der(
    0x30,
    der(0xa0, der(0x02, new Uint8Array([2]))),
    der(0x02, new Uint8Array([0, 0xb1, 2, 3])),
    algorithm,
    issuer,
    der(0x30, time(notBefore), time(notAfter)),
    subject,
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    ...(written.length > 0 ? [der(0xa3, der(0x30, ...written))] : []),
  );
  const signature = sign(key === 'ed25519' ? null : 'sha256', signed, pair.privateKey);
  const whole = der(0x30, signed, algorithm, der(0x03, new Uint8Array([0]), signature));
  const base64 = Buffer.from(whole).toString('base64').replaceAll(/.{64}/g, '$&\n');
  const pem = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
  return { der: whole, pem, key: pair.privateKey };
}
