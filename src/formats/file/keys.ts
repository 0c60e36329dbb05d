/** Certificates and keys in a file: PEM (RFC 7468), DER, and the key files of OpenSSH. They are read, and not checked. */
import { readable, type Bytes } from '../../base/bytes.ts';
import { Problem } from '../../base/problem.ts';
import { BIT_STRING, Der, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE } from '../asn1.ts';
import { digestOf } from '../hash.ts';
import { pemBlocks } from '../pem.ts';
import { algorithmName, CERTIFICATE_LIMIT, parseCertificate, type Certificate } from '../x509.ts';
import { Fields } from './fields.ts';
import { malformed, type RandomAccess } from './random-access.ts';

export type KeyItem =
  /** `fingerprint`: SHA-256 of its DER, hexadecimal. */
  | { readonly type: 'certificate'; readonly certificate: Certificate; readonly fingerprint: string }
  /** Whoever has the image has it. `algorithm` is null where it cannot be told, as of one that is encrypted whole. */
  | {
      readonly type: 'private-key';
      readonly algorithm: string | null;
      readonly bits: number | null;
      readonly isEncrypted: boolean;
    }
  /** `CERTIFICATE REQUEST`, `PUBLIC KEY`, `X509 CRL` … */
  | { readonly type: 'other'; readonly label: string }
  | { readonly type: 'damaged'; readonly label: string; readonly reason: string };

export interface Keys {
  readonly kind: 'keys';
  readonly items: readonly KeyItem[];
  /** There is more in the file than was read. */
  readonly isCut: boolean;
}

/** Bytes that are read of a file of many: the largest bundle of authorities in use has a quarter of a megabyte. */
const MOST = 4 * 1024 * 1024;

/** PKCS #12 (RFC 7292), whose first member after the version is of this type; signed data in PKCS #7 (RFC 5652). */
const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';

const OTHER_LABELS: ReadonlySet<string> = new Set([
  'CERTIFICATE REQUEST',
  'NEW CERTIFICATE REQUEST',
  'PUBLIC KEY',
  'RSA PUBLIC KEY',
  'SSH2 PUBLIC KEY',
  'X509 CRL',
  'PKCS7',
  'CMS',
  'DH PARAMETERS',
  'EC PARAMETERS',
]);

/** Fails with `malformed` where nothing of the kind is in it. */
export async function readKeys(file: RandomAccess): Promise<Keys> {
  const bytes = await file.read(0, MOST);
  const isCut = file.size > bytes.length;
  if (bytes[0] === 0x30) return { kind: 'keys', items: [await readDer(bytes)], isCut };
  const items: KeyItem[] = [];
  for (const block of pemBlocks(readable(bytes))) items.push(await itemOf(block));
  if (items.length === 0) malformed('no certificate and no key');
  return { kind: 'keys', items, isCut };
}

async function itemOf({
  label,
  bytes,
  headers,
}: {
  label: string;
  bytes: Bytes;
  headers: string;
}): Promise<KeyItem> {
  try {
    switch (label) {
      case 'CERTIFICATE':
      case 'X509 CERTIFICATE':
        return await certificateItem(bytes);
      case 'TRUSTED CERTIFICATE':
        // OpenSSL's own: a certificate, and what it is trusted for behind it.
        return await certificateItem(firstOf(bytes));
      case 'PRIVATE KEY':
        return keyItem(bytes);
      case 'ENCRYPTED PRIVATE KEY':
        return { type: 'private-key', algorithm: null, bits: null, isEncrypted: true };
      case 'RSA PRIVATE KEY':
      case 'DSA PRIVATE KEY':
      case 'EC PRIVATE KEY': {
        const algorithm = label.split(' ')[0]!;
        const isEncrypted = /^Proc-Type:\s*4,\s*ENCRYPTED/m.test(headers);
        const bits = algorithm === 'RSA' && !isEncrypted ? rsaBits(bytes) : null;
        return { type: 'private-key', algorithm, bits, isEncrypted };
      }
      case 'OPENSSH PRIVATE KEY':
        return sshItem(bytes);
      case 'PGP PRIVATE KEY BLOCK':
        return { type: 'private-key', algorithm: 'OpenPGP', bits: null, isEncrypted: false };
      default:
        // What a file calls it goes to the screen: only what is known, or plain.
        return { type: 'other', label: OTHER_LABELS.has(label) ? label : label.slice(0, 64) };
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { failure } = error;
    return { type: 'damaged', label, reason: failure.code === 'malformed' ? failure.reason : failure.code };
  }
}

/** The first DER value of several. */
function firstOf(bytes: Bytes): Bytes {
  const [first, length = 0] = bytes;
  if (first !== SEQUENCE || length < 0x80) return bytes;
  let size = 0;
  for (let i = 0; i < (length & 0x7f) && i < 4; i++) size = size * 256 + (bytes[2 + i] ?? 0);
  return bytes.subarray(0, 2 + (length & 0x7f) + size);
}

async function certificateItem(der: Bytes): Promise<KeyItem> {
  if (der.length > CERTIFICATE_LIMIT) malformed('too large for a certificate');
  const certificate = parseCertificate(der);
  const digest = await digestOf(der.slice(), 'sha256');
  return { type: 'certificate', certificate, fingerprint: digest.slice('sha256:'.length) };
}

/** RFC 5958, OneAsymmetricKey: version, algorithm, the key. */
function keyItem(der: Bytes): KeyItem {
  const [, algorithm, key] = Der.read(der, 'file').expect(SEQUENCE, 'a key').children();
  if (algorithm === undefined || key?.tag !== OCTET_STRING) return malformed('no private key');
  const name = algorithmName(algorithm);
  return {
    type: 'private-key',
    algorithm: name,
    bits: name === 'RSA' ? rsaBits(key.content) : null,
    isEncrypted: false,
  };
}

/** RFC 8017, A.1.2: version, modulus, … */
function rsaBits(der: Uint8Array): number {
  const modulus = Der.read(der, 'file').expect(SEQUENCE, 'a key').children()[1];
  const number = modulus?.expect(INTEGER, 'the modulus').content ?? new Uint8Array(0);
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first) * 8 - (Math.clz32(number[first]!) - 24);
}

/**
 * PROTOCOL.key of OpenSSH: "openssh-key-v1", 0, then texts with a length before them: cipher, kdf, its options; the number
 * of keys; the public key, which begins with its type.
 */
function sshItem(bytes: Bytes): KeyItem {
  const fields = new Fields(bytes, false);
  if (fields.text(0, 32) !== 'openssh-key-v1') malformed('no OpenSSH key');
  let at = 15;
  const next = () => {
    const length = fields.u32(at);
    const part = fields.part(at + 4, length);
    at += 4 + length;
    return part;
  };
  const cipher = readable(next().bytes);
  next();
  next();
  at += 4;
  const key = next();
  const type = readable(key.part(4, key.u32(0)).bytes).slice(0, 64);
  return { type: 'private-key', algorithm: type, bits: null, isEncrypted: cipher !== 'none' };
}

/** One DER value: what its first members are tells it. */
async function readDer(bytes: Bytes): Promise<KeyItem> {
  const [first, second, third] = Der.read(bytes, 'file').expect(SEQUENCE, 'a certificate').children();
  if (first?.tag === OBJECT_IDENTIFIER && first.oid() === SIGNED_DATA)
    return { type: 'other', label: 'PKCS7' };
  if (first?.tag === INTEGER && second?.tag === SEQUENCE) {
    const inner = second.children()[0];
    if (inner?.tag === OBJECT_IDENTIFIER && inner.oid() === DATA) {
      // Keys and certificates, under a password.
      return { type: 'other', label: 'PKCS12' };
    }
    if (third?.tag === OCTET_STRING) return keyItem(bytes);
  }
  if (first?.tag === INTEGER && second?.tag === INTEGER && bytes.length > 200) {
    return { type: 'private-key', algorithm: 'RSA', bits: rsaBits(bytes), isEncrypted: false };
  }
  if (first?.tag === SEQUENCE && second?.tag === BIT_STRING) return { type: 'other', label: 'PUBLIC KEY' };
  return certificateItem(bytes);
}
