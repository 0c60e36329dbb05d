/**
 * What Sigstore's authority notes of whoever asked it for a certificate (sigstore/fulcio, docs/oid-info.md,
 * 1.3.6.1.4.1.57264.1). The names are the document's, in kebab case.
 */
import { extensionText, type Certificate } from '../x509.ts';

/** `[name, value]`, in the order of the numbers. */
export type FulcioFacts = readonly (readonly [name: string, value: string])[];

const ARC = '1.3.6.1.4.1.57264.1.';
/** The first seven are texts as they are, and newer certificates say the same again as DER, further below. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'issuer'],
  [2, 'github-workflow-trigger'],
  [3, 'github-workflow-sha'],
  [4, 'github-workflow-name'],
  [5, 'github-workflow-repository'],
  [6, 'github-workflow-ref'],
  [8, 'issuer'],
  [9, 'build-signer-uri'],
  [10, 'build-signer-digest'],
  [11, 'runner-environment'],
  [12, 'source-repository-uri'],
  [13, 'source-repository-digest'],
  [14, 'source-repository-ref'],
  [15, 'source-repository-identifier'],
  [16, 'source-repository-owner-uri'],
  [17, 'source-repository-owner-identifier'],
  [18, 'build-config-uri'],
  [19, 'build-config-digest'],
  [20, 'build-trigger'],
  [21, 'run-invocation-uri'],
  [22, 'source-repository-visibility'],
]);

/** Empty for a certificate of anybody else. */
export function fulcioFacts({ extensions }: Certificate): FulcioFacts {
  const facts = new Map<string, string>();
  for (const [number, name] of NAMES) {
    const extension = extensions.get(`${ARC}${number}`);
    // Of an issuer that is there twice the newer one counts.
    if (extension !== undefined) facts.set(name, extensionText(extension));
  }
  return [...facts];
}
