/** A document that is attached to an image, read for a person: what it is, its bytes say. */
import { utf8, type Bytes } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import {
  readEnvelope,
  readStatement,
  type Envelope,
  type StatementSubject,
} from '../formats/attestation/envelope.ts';
import { readBillOfMaterials, type BillOfMaterials } from '../formats/attestation/packages.ts';
import { provenanceVersion, readProvenance, type Provenance } from '../formats/attestation/provenance.ts';
import {
  cosignSigner,
  readBundle,
  readCosign,
  readNotation,
  type Signature,
} from '../formats/attestation/signature.ts';
import { parseJson } from '../formats/json.ts';
import { Lenient } from '../formats/lenient-json.ts';

/**
 * Bytes of a document that is read. Bills of materials of large images have some ten megabytes; a thread that parses more
 * than this takes a gigabyte.
 */
export const STATEMENT_LIMIT = 96 * 1024 * 1024;

/** Plain data. */
export interface Statement {
  /** In-toto's predicate type, where it is such a statement. */
  readonly predicateType: string | null;
  readonly subjects: readonly StatementSubject[];
  readonly provenance: Provenance | null;
  readonly bill: BillOfMaterials | null;
  /** A signature, or who signed the statement: cosign's certificate beside it, or the bundle's it came in. */
  readonly signature: Signature | null;
  /** It came in a DSSE envelope, whose payload is what is shown. */
  readonly envelope: { readonly payloadType: string; readonly keyIds: readonly (string | null)[] } | null;
  /** What there is to say of a predicate that we do not know: its leaves. */
  readonly facts: readonly (readonly [path: string, value: string])[];
  /** The document's text for reading: of an envelope, its payload. Null where it is no JSON. */
  readonly json: Bytes | null;
}

/** Leaves of an unknown predicate. */
const MOST_FACTS = 300;

/** Never fails: what is not understood can be looked at as it is. */
export function readAttachedDocument(bytes: Bytes, annotations: ReadonlyMap<string, string>): Statement {
  const outer = jsonOf(bytes);
  if (outer === null) return { ...NOTHING, signature: besideIt(annotations) };
  const bundle = readBundle(outer);
  const envelope = bundle === null ? readEnvelope(outer) : bundle.envelope;
  if (envelope !== null) {
    const inner = jsonOf(envelope.payload);
    const told = inner === null ? NOTHING : tell(inner);
    return {
      ...told,
      json: inner === null ? bytes : envelope.payload,
      signature: bundle?.signature ?? besideIt(annotations) ?? told.signature,
      envelope: outlineOf(envelope),
    };
  }
  if (bundle !== null) return { ...NOTHING, signature: bundle.signature, json: bytes };
  const signature = readCosign(outer, annotations) ?? readNotation(outer);
  if (signature !== null) return { ...NOTHING, signature, json: bytes };
  return { ...tell(outer), json: bytes };
}

const NOTHING: Statement = {
  predicateType: null,
  subjects: [],
  provenance: null,
  bill: null,
  signature: null,
  envelope: null,
  facts: [],
  json: null,
};

function tell(json: Lenient): Statement {
  const statement = readStatement(json);
  const { predicateType = null, predicate = json, subjects = [] } = statement ?? {};
  const version = predicateType === null ? null : provenanceVersion(predicateType);
  const provenance = version === null ? null : readProvenance(version, predicate);
  // cosign wraps a predicate that it was given as a file into `Data`, as an object or as a text.
  const data = predicate.get('Data');
  const inner = typeof data.value === 'string' ? jsonOf(utf8(data.value)) : data.isObject ? data : null;
  const bill = readBillOfMaterials(predicate) ?? (inner === null ? null : readBillOfMaterials(inner));
  const isKnown = provenance !== null || bill !== null;
  const facts = isKnown ? [] : predicate.leaves(MOST_FACTS);
  return { ...NOTHING, predicateType, subjects, provenance, bill, facts };
}

/** cosign puts who signed an attestation into the annotations of its layer. */
function besideIt(annotations: ReadonlyMap<string, string>): Signature | null {
  const found = cosignSigner(annotations);
  if (found.signer === null && found.log === null) return null;
  return {
    ...found,
    scheme: 'cosign',
    keyHint: null,
    signedDigest: null,
    reference: null,
    signed: null,
    claims: [],
  };
}

const outlineOf = ({ payloadType, signatures }: Envelope) => ({
  payloadType,
  keyIds: signatures.map(({ keyId }) => keyId),
});

function jsonOf(bytes: Bytes): Lenient | null {
  const first = bytes.find((byte) => byte > 0x20);
  if (first !== 0x7b && first !== 0x5b) return null;
  try {
    return new Lenient(parseJson(bytes, 'document', STATEMENT_LIMIT).value);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
