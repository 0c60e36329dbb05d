/** Certificates and keys, as a person reads them. */
import type { KeyItem } from '../../formats/file/keys.ts';
import { nameText, type Certificate, type NamePart } from '../../formats/x509.ts';
import type { Fact } from './facts.ts';

const DAY = 24 * 60 * 60 * 1000;
/** What ends so soon is said to. */
const SOON = 30 * DAY;

/** What a certificate is called: its common name, or all of its name. */
export function shortName(name: readonly NamePart[]): string {
  const common =
    name.findLast(({ type }) => type === 'CN')?.value ?? name.findLast(({ type }) => type === 'OU')?.value;
  return common ?? (nameText(name) || 'no name');
}

export interface Validity {
  readonly text: string;
  readonly tone: 'good' | 'odd' | 'bad';
}

/** By the clock of whoever looks. */
export function validityOf({ notBefore, notAfter }: Certificate, now: number): Validity {
  const days = (ms: number) => {
    const count = Math.floor(ms / DAY);
    return count === 1 ? '1 day' : count < 730 ? `${count} days` : `${Math.floor(count / 365.25)} years`;
  };
  if (now > notAfter) return { text: `Expired ${days(now - notAfter)} ago`, tone: 'bad' };
  if (now < notBefore) return { text: `Not valid for ${days(notBefore - now)} yet`, tone: 'odd' };
  if (notAfter - now < SOON) return { text: `Expires in ${days(notAfter - now)}`, tone: 'odd' };
  return { text: `Valid for ${days(notAfter - now)} more`, tone: 'good' };
}

/** `2024-02-29 12:00:00 UTC` */
export function dateText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `aa:bb:…`, as openssl prints it. */
export function colons(hex: string): string {
  return hex.toUpperCase().replace(/..(?=.)/g, '$&:');
}

/** Names that are shown of a certificate with many. */
const MOST_NAMES = 100;

export function certificateFacts(certificate: Certificate, fingerprint: string): Fact[] {
  const { alternativeNames: names, keyBits } = certificate;
  const isOwn = nameText(certificate.subject) === nameText(certificate.issuer);
  const shown = names
    .slice(0, MOST_NAMES)
    .map(({ kind, value }) => (kind === 'dns' ? value : `${kind}: ${value}`));
  if (names.length > MOST_NAMES) shown.push(`and ${names.length - MOST_NAMES} more`);
  const list = (name: string, texts: readonly string[]): Fact[] =>
    texts.length === 0 ? [] : [{ name, text: texts.join(', ') }];
  return [
    { name: 'Subject', text: nameText(certificate.subject) || 'none' },
    { name: 'Issuer', text: isOwn ? 'itself' : nameText(certificate.issuer) },
    { name: 'Valid from', text: dateText(certificate.notBefore) },
    { name: 'Valid until', text: dateText(certificate.notAfter) },
    ...list('Names', shown),
    { name: 'Key', text: certificate.keyType, ...(keyBits === null ? {} : { note: `${keyBits} bits` }) },
    { name: 'Signed with', text: certificate.signatureAlgorithm, note: 'not verified' },
    ...list('For', [
      ...(certificate.isAuthority ? ['an authority, which signs others'] : []),
      ...certificate.keyUsage,
      ...certificate.extendedKeyUsage,
    ]),
    { name: 'Serial number', text: colons(certificate.serialNumber), tone: 'code' },
    { name: 'SHA-256', text: colons(fingerprint), tone: 'code' },
  ];
}

const LABELS: ReadonlyMap<string, string> = new Map([
  ['CERTIFICATE REQUEST', 'A request for a certificate'],
  ['NEW CERTIFICATE REQUEST', 'A request for a certificate'],
  ['PUBLIC KEY', 'A public key'],
  ['RSA PUBLIC KEY', 'A public key (RSA)'],
  ['SSH2 PUBLIC KEY', 'A public key (SSH)'],
  ['X509 CRL', 'A list of revoked certificates'],
  ['PKCS7', 'Certificates or signed data (PKCS #7)'],
  ['CMS', 'Signed or encrypted data (CMS)'],
  ['PKCS12', 'Keys and certificates under a password (PKCS #12)'],
  ['DH PARAMETERS', 'Parameters of a key exchange'],
  ['EC PARAMETERS', 'Parameters of an elliptic curve'],
]);

/** What it is, in one line. */
export function itemTitle(item: KeyItem): string {
  switch (item.type) {
    case 'certificate':
      return shortName(item.certificate.subject);
    case 'private-key': {
      const { algorithm, bits, isEncrypted } = item;
      const what = [algorithm, bits === null ? null : `${bits} bits`].filter((it) => it !== null).join(', ');
      return `Private key${what === '' ? '' : ` (${what})`}${isEncrypted ? ', under a password' : ''}`;
    }
    case 'other':
      return LABELS.get(item.label) ?? item.label;
    case 'damaged':
      return `Damaged: ${item.label}`;
  }
}
