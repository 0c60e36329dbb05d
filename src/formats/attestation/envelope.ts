/** DSSE envelopes (secure-systems-lab/dsse, envelope.md) and the in-toto statements in them (in-toto/attestation, v0.1 and v1). */
import { fromBase64, type Bytes } from '../../base/bytes.ts';
import { Lenient } from '../lenient-json.ts';

export interface Envelope {
  readonly payloadType: string;
  readonly payload: Bytes;
  readonly signatures: readonly { readonly keyId: string | null }[];
}

/** What a statement is about. */
export interface StatementSubject {
  readonly name: string | null;
  /** `[algorithm, value]` */
  readonly digests: readonly (readonly [string, string])[];
}

export interface InTotoStatement {
  readonly subjects: readonly StatementSubject[];
  readonly predicateType: string;
  readonly predicate: Lenient;
}

/** Null for a document that is none, or whose payload is no base64. */
export function readEnvelope(json: Lenient): Envelope | null {
  const payload = json.get('payload').value;
  const signatures = json.get('signatures');
  if (typeof payload !== 'string' || !Array.isArray(signatures.value)) return null;
  const bytes = fromAnyBase64(payload);
  if (bytes === null) return null;
  return {
    payloadType: json.get('payloadType').text ?? '',
    payload: bytes,
    signatures: signatures.list().map((it) => ({ keyId: it.get('keyid').text })),
  };
}

/** Null for a document that is none. */
export function readStatement(json: Lenient): InTotoStatement | null {
  const type = json.get('_type').text ?? '';
  const predicateType = json.get('predicateType').text;
  if (!type.startsWith('https://in-toto.io/Statement/') || predicateType === null) return null;
  const subjects = json
    .get('subject')
    .list()
    .map((it) => ({ name: it.get('name').text ?? it.get('uri').text, digests: it.get('digest').pairs }));
  return { subjects, predicateType, predicate: json.get('predicate') };
}

/** RFC 4648, sections 4 and 5: envelopes are written with either alphabet. */
export function fromAnyBase64(text: string): Bytes | null {
  const plain = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/[\s=]+/g, '');
  return /^[A-Za-z0-9+/]*$/.test(plain) ? fromBase64(plain + '='.repeat((4 - (plain.length % 4)) % 4)) : null;
}
