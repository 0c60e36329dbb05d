/**
 * What a certificate says (RFC 5280). It is read, not believed: no signature is checked here, no chain is built, and
 * nobody is asked whether it was revoked.
 */
import { readable, toHex, type Bytes } from '../base/bytes.ts';
import {
  BIT_STRING,
  BOOLEAN,
  contextTag,
  copyOf,
  Der,
  INTEGER,
  OCTET_STRING,
  OBJECT_IDENTIFIER,
  SEQUENCE,
  SET,
} from './asn1.ts';

/** One part of a name: `CN`, or the object identifier of what has no short name. */
export interface NamePart {
  readonly type: string;
  readonly value: string;
}

export interface AlternativeName {
  readonly kind: 'email' | 'dns' | 'uri' | 'ip' | 'directory' | 'id' | 'other';
  readonly value: string;
}

export interface Extension {
  readonly critical: boolean;
  /** DER, mostly. */
  readonly value: Bytes;
}

export interface Certificate {
  /** Hexadecimal. */
  readonly serialNumber: string;
  readonly subject: readonly NamePart[];
  readonly issuer: readonly NamePart[];
  /** ms since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** `RSA`, `EC P-256`, `Ed25519`, or an object identifier. */
  readonly keyType: string;
  /** Of an RSA key's modulus; null for others. */
  readonly keyBits: number | null;
  readonly signatureAlgorithm: string;
  readonly alternativeNames: readonly AlternativeName[];
  readonly isAuthority: boolean;
  readonly keyUsage: readonly string[];
  readonly extendedKeyUsage: readonly string[];
  /** By object identifier; those above are among them. */
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** Bytes. Real ones have one or two kilobytes; one with a thousand names some tens. */
export const CERTIFICATE_LIMIT = 256 * 1024;

/** RFC 4519, and what else stands in names. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.42', 'GN'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
]);

const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.1', 'RSA'],
  ['1.2.840.113549.1.1.5', 'RSA with SHA-1'],
  ['1.2.840.113549.1.1.10', 'RSA-PSS'],
  ['1.2.840.113549.1.1.11', 'RSA with SHA-256'],
  ['1.2.840.113549.1.1.12', 'RSA with SHA-384'],
  ['1.2.840.113549.1.1.13', 'RSA with SHA-512'],
  ['1.2.840.10045.2.1', 'EC'],
  ['1.2.840.10045.4.1', 'ECDSA with SHA-1'],
  ['1.2.840.10045.4.3.2', 'ECDSA with SHA-256'],
  ['1.2.840.10045.4.3.3', 'ECDSA with SHA-384'],
  ['1.2.840.10045.4.3.4', 'ECDSA with SHA-512'],
  ['1.3.101.110', 'X25519'],
  ['1.3.101.112', 'Ed25519'],
  ['1.3.101.113', 'Ed448'],
  ['1.2.840.10040.4.1', 'DSA'],
]);

const CURVES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10045.3.1.7', 'P-256'],
  ['1.3.132.0.34', 'P-384'],
  ['1.3.132.0.35', 'P-521'],
  ['1.3.132.0.10', 'secp256k1'],
]);

/** RFC 5280, section 4.2.1.3, bit by bit. */
const USAGES = [
  'digital signature',
  'content commitment',
  'key encipherment',
  'data encipherment',
  'key agreement',
  'certificate signing',
  'CRL signing',
  'encipher only',
  'decipher only',
];

/** RFC 5280, section 4.2.1.12. */
const PURPOSES: ReadonlyMap<string, string> = new Map([
  ['1.3.6.1.5.5.7.3.1', 'server authentication'],
  ['1.3.6.1.5.5.7.3.2', 'client authentication'],
  ['1.3.6.1.5.5.7.3.3', 'code signing'],
  ['1.3.6.1.5.5.7.3.4', 'email protection'],
  ['1.3.6.1.5.5.7.3.8', 'time stamping'],
  ['1.3.6.1.5.5.7.3.9', 'OCSP signing'],
]);

const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const ALTERNATIVE_NAMES = '2.5.29.17';

/** Reads DER. Fails with `malformed` of `x509`. */
export function parseCertificate(der: Uint8Array): Certificate {
  const whole = Der.read(der, 'x509').expect(SEQUENCE, 'a certificate');
  const [signed, algorithm, signature] = whole.children();
  if (signed === undefined || algorithm === undefined || signature?.tag !== BIT_STRING) {
    return whole.fail('no certificate');
  }
  const fields = signed.expect(SEQUENCE, 'what is signed').children();
  // [0] EXPLICIT, the version: left out for the first one.
  if (fields[0]?.tag === contextTag(0, true)) fields.shift();
  const [serial, , issuer, validity, subject, key, ...optional] = fields;
  if (!serial || !issuer || !validity || !subject || !key) return signed.fail('it ends too early');
  const [from, to] = validity.expect(SEQUENCE, 'the validity').children();
  if (!from || !to) return validity.fail('it ends too early');
  const extensions = readExtensions(optional.find(({ tag }) => tag === contextTag(3, true)));
  const inner = (oid: string) => {
    const value = extensions.get(oid)?.value;
    return value === undefined ? null : Der.read(value, 'x509');
  };
  const constraints = inner(BASIC_CONSTRAINTS)?.expect(SEQUENCE, 'the constraints').children() ?? [];
  return {
    serialNumber: toHex(withoutSign(serial.expect(INTEGER, 'the serial number').content)),
    subject: readName(subject),
    issuer: readName(issuer),
    notBefore: from.time(),
    notAfter: to.time(),
    ...readKey(key),
    signatureAlgorithm: algorithmOf(algorithm),
    alternativeNames: inner(ALTERNATIVE_NAMES)?.children().map(readAlternative) ?? [],
    isAuthority: constraints[0]?.tag === BOOLEAN && constraints[0].content[0] !== 0,
    keyUsage: readUsage(inner(KEY_USAGE)),
    extendedKeyUsage:
      inner(EXTENDED_KEY_USAGE)
        ?.children()
        .map((it) => PURPOSES.get(it.oid()) ?? it.oid()) ?? [],
    extensions,
  };
}

/** `CN=sigstore, O=sigstore.dev`; empty for a name without parts. */
export function nameText(name: readonly NamePart[]): string {
  return name.map(({ type, value }) => `${type}=${value}`).join(', ');
}

/** The text of an extension: of a DER string, else of the bytes themselves (Fulcio's first ones are so). */
export function extensionText({ value }: Extension): string {
  try {
    return Der.read(value, 'x509').text() ?? readable(value);
  } catch {
    return readable(value);
  }
}

function readName(name: Der): readonly NamePart[] {
  return name
    .expect(SEQUENCE, 'a name')
    .children()
    .flatMap((set) => set.expect(SET, 'a part of a name').children())
    .map((part) => {
      const [type, value] = part.expect(SEQUENCE, 'a part of a name').children();
      if (!type || !value) return part.fail('a part of a name is missing');
      const oid = type.oid();
      return { type: NAMES.get(oid) ?? oid, value: value.text() ?? `#${toHex(value.whole)}` };
    });
}

function readKey(key: Der): { readonly keyType: string; readonly keyBits: number | null } {
  const [algorithm, bits] = key.expect(SEQUENCE, 'the public key').children();
  if (!algorithm || !bits) return key.fail('the public key is missing');
  const keyType = algorithmName(algorithm);
  if (keyType !== 'RSA') return { keyType, keyBits: null };
  const [modulus] = Der.read(bits.bits().bytes, 'x509').expect(SEQUENCE, 'the public key').children();
  const number = withoutSign(modulus?.expect(INTEGER, 'the modulus').content ?? new Uint8Array(0));
  const first = number[0] ?? 0;
  return { keyType, keyBits: number.length === 0 ? 0 : number.length * 8 - Math.clz32(first) + 24 };
}

/** Of an AlgorithmIdentifier: `RSA`, `EC P-256`, or an object identifier. */
export function algorithmName(algorithm: Der): string {
  const name = algorithmOf(algorithm);
  if (name !== 'EC') return name;
  const curve = algorithm.children()[1];
  return `EC ${curve?.tag === OBJECT_IDENTIFIER ? (CURVES.get(curve.oid()) ?? curve.oid()) : 'of its own curve'}`;
}

function algorithmOf(value: Der): string {
  const [type] = value.expect(SEQUENCE, 'an algorithm').children();
  const oid = type?.oid() ?? value.fail('an algorithm is missing');
  return ALGORITHMS.get(oid) ?? oid;
}

function readExtensions(holder: Der | undefined): ReadonlyMap<string, Extension> {
  const found = new Map<string, Extension>();
  for (const one of holder?.children()[0]?.expect(SEQUENCE, 'the extensions').children() ?? []) {
    const [type, ...rest] = one.expect(SEQUENCE, 'an extension').children();
    const critical = rest[0]?.tag === BOOLEAN && rest[0].content[0] !== 0;
    const value = rest.at(-1);
    if (type === undefined || value?.tag !== OCTET_STRING) return one.fail('an extension is missing');
    found.set(type.oid(), { critical, value: copyOf(value.content) });
  }
  return found;
}

/** RFC 5280, section 4.2.1.6, GeneralName. */
function readAlternative(name: Der): AlternativeName {
  const text = () => new TextDecoder('latin1').decode(name.content);
  switch (name.tag) {
    case contextTag(0, true): {
      const [type, value] = name.children();
      const inner = value?.children()[0]?.text();
      return { kind: 'other', value: inner ?? type?.oid() ?? '' };
    }
    case contextTag(1, false):
      return { kind: 'email', value: text() };
    case contextTag(2, false):
      return { kind: 'dns', value: text() };
    case contextTag(4, true): {
      const [inner] = name.children();
      return { kind: 'directory', value: inner === undefined ? '' : nameText(readName(inner)) };
    }
    case contextTag(6, false):
      return { kind: 'uri', value: text() };
    case contextTag(7, false):
      return { kind: 'ip', value: addressText(name.content) };
    default:
      return { kind: 'id', value: toHex(name.content) };
  }
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return toHex(bytes);
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2) groups.push((bytes[at]! * 256 + bytes[at + 1]!).toString(16));
  return groups.join(':');
}

function readUsage(value: Der | null): string[] {
  const bytes = value?.bits().bytes ?? new Uint8Array(0);
  return USAGES.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

/** X.690, 8.3: a zero goes first where the number would look negative. */
function withoutSign(bytes: Uint8Array): Uint8Array {
  return bytes.length > 1 && bytes[0] === 0 ? bytes.subarray(1) : bytes;
}
