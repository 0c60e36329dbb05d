/**
 * What signatures of images claim: cosign's (sigstore/cosign, SIGNATURE_SPEC.md), Sigstore bundles
 * (sigstore/protobuf-specs, sigstore_bundle.proto as JSON) and Notary's in JWS (notaryproject/specifications,
 * signature-envelope-jws.md). Read, not believed: no signature is checked here.
 */
import { decodeUtf8, toHex, type Bytes } from '../../base/bytes.ts';
import { Problem } from '../../base/problem.ts';
import { Lenient } from '../lenient-json.ts';
import { pemBlocks } from '../pem.ts';
import { CERTIFICATE_LIMIT, nameText, parseCertificate, type Certificate } from '../x509.ts';
import { fromAnyBase64, readEnvelope, type Envelope } from './envelope.ts';
import { fulcioFacts, type FulcioFacts } from './fulcio.ts';

export interface Signer {
  /** Whom the certificate is for: its alternative names, else its subject. */
  readonly identity: readonly string[];
  /** Who vouched for that: the OpenID issuer that Fulcio notes; null where it notes none. */
  readonly identityIssuer: string | null;
  readonly subject: string;
  /** Who made the certificate. */
  readonly issuer: string;
  readonly serialNumber: string;
  /** ms since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly keyType: string;
  readonly fulcio: FulcioFacts;
}

export interface LogEntry {
  /** In the transparency log; null where it is not said. */
  readonly index: string | null;
  /** Seconds since 1970. */
  readonly time: number | null;
}

export interface Signature {
  readonly scheme: 'cosign' | 'sigstore-bundle' | 'notation';
  /** Null where there is no certificate, but a key that somebody has to know; or one that cannot be read. */
  readonly signer: Signer | null;
  /** Of a key without a certificate, where it has one. */
  readonly keyHint: string | null;
  /** How many certificates stand above the signer's. */
  readonly chain: number;
  /** What is signed: a digest, as the payload has it. */
  readonly signedDigest: string | null;
  /** The reference that the payload names (cosign). */
  readonly reference: string | null;
  readonly log: LogEntry | null;
  /** When it was made, as it says itself: RFC 3339. */
  readonly signed: string | null;
  /** What else it says. */
  readonly claims: readonly (readonly [name: string, value: string])[];
  /** The signature itself, base64. */
  readonly signature: string | null;
}

/** Of annotations, cosign's names. */
const COSIGN = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  chain: 'dev.sigstore.cosign/chain',
  bundle: 'dev.sigstore.cosign/bundle',
} as const;

/** The "simple signing" payload of containers/image and cosign; null for what is none. */
export function readCosign(json: Lenient, annotations: ReadonlyMap<string, string>): Signature | null {
  const critical = json.get('critical');
  const signedDigest = critical.get('image', 'docker-manifest-digest').text;
  if (signedDigest === null) return null;
  return {
    scheme: 'cosign',
    ...cosignSigner(annotations),
    keyHint: null,
    signedDigest,
    reference: critical.get('identity', 'docker-reference').text,
    signed: null,
    claims: json.get('optional').pairs,
  };
}

/** What cosign puts beside a payload, in the annotations of the layer: of a signature, and of an attestation. */
export function cosignSigner(
  annotations: ReadonlyMap<string, string>,
): Pick<Signature, 'signer' | 'chain' | 'log' | 'signature'> {
  const certificates = pemBlocks(annotations.get(COSIGN.certificate) ?? '').filter(
    ({ label }) => label === 'CERTIFICATE',
  );
  const first = certificates[0];
  return {
    signer: first === undefined ? null : signerOf(first.bytes),
    chain: pemBlocks(annotations.get(COSIGN.chain) ?? '').length,
    log: logOfCosign(annotations.get(COSIGN.bundle)),
    signature: annotations.get(COSIGN.signature) ?? null,
  };
}

function logOfCosign(text: string | undefined): LogEntry | null {
  if (text === undefined) return null;
  let payload: Lenient;
  try {
    payload = new Lenient(JSON.parse(text)).get('Payload');
  } catch {
    return null;
  }
  return { index: payload.get('logIndex').text, time: secondsOf(payload.get('integratedTime')) };
}

export interface Bundle {
  readonly signature: Signature;
  /** The attestation that it carries, where it does. */
  readonly envelope: Envelope | null;
}

/** Null for a document that is no Sigstore bundle. */
export function readBundle(json: Lenient): Bundle | null {
  const mediaType = json.get('mediaType').text ?? '';
  if (!mediaType.startsWith('application/vnd.dev.sigstore.bundle')) return null;
  const material = json.get('verificationMaterial');
  const chain = material.get('x509CertificateChain', 'certificates').list(20);
  // v0.3 has only the first.
  const first = (material.get('certificate', 'rawBytes').value ?? chain[0]?.get('rawBytes').value) as unknown;
  const entry = material.get('tlogEntries').list(1)[0] ?? new Lenient(undefined);
  const message = json.get('messageSignature');
  const envelope = readEnvelope(json.get('dsseEnvelope'));
  const hashed = message.get('messageDigest', 'digest').text;
  const bytes = hashed === null ? null : fromAnyBase64(hashed);
  const algorithm = (message.get('messageDigest', 'algorithm').text ?? 'SHA2_256').replace('SHA2_', 'sha');
  return {
    envelope,
    signature: {
      scheme: 'sigstore-bundle',
      signer: typeof first === 'string' ? signerOf(fromAnyBase64(first)) : null,
      keyHint: material.get('publicKey', 'hint').text,
      chain: Math.max(0, chain.length - 1),
      signedDigest: bytes === null ? null : `${algorithm}:${toHex(bytes)}`,
      reference: null,
      log: entry.isObject
        ? { index: entry.get('logIndex').text, time: secondsOf(entry.get('integratedTime')) }
        : null,
      signed: null,
      claims: [],
      signature:
        message.get('signature').text ??
        json.get('dsseEnvelope', 'signatures').list(1)[0]?.get('sig').text ??
        null,
    },
  };
}

/** Notary's envelope in JWS; null for a document that is none. */
export function readNotation(json: Lenient): Signature | null {
  const [payload, guarded] = [jsonOf(json.get('payload')), jsonOf(json.get('protected'))];
  if (payload === null || guarded === null || !json.get('header').isObject) return null;
  const chain = json.get('header', 'x5c').list(20);
  const target = payload.get('targetArtifact');
  const first = chain[0]?.value;
  return {
    scheme: 'notation',
    signer: typeof first === 'string' ? signerOf(fromAnyBase64(first)) : null,
    keyHint: null,
    chain: Math.max(0, chain.length - 1),
    signedDigest: target.get('digest').text,
    reference: null,
    log: null,
    signed:
      guarded.get('io.cncf.notary.signingTime').text ??
      guarded.get('io.cncf.notary.authenticSigningTime').text,
    claims: [
      ...['alg', 'io.cncf.notary.signingScheme', 'io.cncf.notary.expiry'].flatMap((name) => {
        const { text } = guarded.get(name);
        return text === null ? [] : [[name, text] as const];
      }),
      ...json.get('header').pairs,
      ...target.get('annotations').pairs,
    ],
    signature: json.get('signature').text,
  };
}

function jsonOf({ value }: Lenient): Lenient | null {
  const bytes = typeof value === 'string' ? fromAnyBase64(value) : null;
  const text = bytes === null ? null : decodeUtf8(bytes);
  if (text === null) return null;
  try {
    const json = new Lenient(JSON.parse(text));
    return json.isObject ? json : null;
  } catch {
    return null;
  }
}

/** Null for what is no certificate; Sigstore also writes PEM in base64 into such places. */
function signerOf(bytes: Bytes | null): Signer | null {
  if (bytes === null || bytes.length > CERTIFICATE_LIMIT) return null;
  const text = bytes[0] === 0x2d ? (decodeUtf8(bytes) ?? '') : '';
  const der = text === '' ? bytes : (pemBlocks(text)[0]?.bytes ?? null);
  if (der === null) return null;
  let certificate: Certificate;
  try {
    certificate = parseCertificate(der);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
  const { alternativeNames, subject, issuer, serialNumber, notBefore, notAfter, keyType } = certificate;
  const named = alternativeNames.map(({ value }) => value);
  const fulcio = fulcioFacts(certificate);
  return {
    identity: named.length > 0 ? named : [nameText(subject)],
    identityIssuer: fulcio.find(([name]) => name === 'issuer')?.[1] ?? null,
    subject: nameText(subject),
    issuer: nameText(issuer),
    serialNumber,
    notBefore,
    notAfter,
    keyType,
    fulcio,
  };
}

/** protobuf's JSON writes 64-bit numbers as texts. */
function secondsOf({ text }: Lenient): number | null {
  const seconds = text === null ? NaN : Number(text);
  return Number.isSafeInteger(seconds) && seconds > 0 && seconds < 1e11 ? seconds : null;
}
