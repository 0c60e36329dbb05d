/**
 * What keys and tokens look like, by the marks that their makers gave them: few things else do. A password has no mark, and
 * is not found.
 */

export interface SecretKind {
  readonly name: string;
  /** A regular expression that stays in its line, and cannot run away: all that repeats is bounded. */
  readonly source: string;
}

export const SECRETS: readonly SecretKind[] = [
  // RFC 7468, and what OpenSSH and PGP made of it.
  { name: 'private key', source: '-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----' },
  { name: 'AWS access key', source: '\\b(?:AKIA|ASIA)[A-Z2-7]{16}\\b' },
  {
    name: 'GitHub token',
    source: '\\bgh[pousr]_[0-9A-Za-z]{36,255}\\b|\\bgithub_pat_[0-9A-Za-z_]{50,255}',
  },
  { name: 'GitLab token', source: '\\bglpat-[0-9A-Za-z_-]{20,255}' },
  { name: 'Slack token', source: '\\bxox[abeprs]-[0-9A-Za-z-]{20,255}' },
  { name: 'Google API key', source: '\\bAIza[0-9A-Za-z_-]{35}' },
  { name: 'Stripe key', source: '\\b[rs]k_live_[0-9A-Za-z]{20,255}' },
  {
    name: 'npm token',
    source: '\\bnpm_[0-9A-Za-z]{36}\\b|:_authToken[ \\t]{0,8}=[ \\t]{0,8}[^\\s$"\']{8,255}',
  },
  { name: 'PyPI token', source: '\\bpypi-AgE[0-9A-Za-z_-]{50,255}' },
  { name: 'AI service key', source: '\\bsk-(?:ant-|proj-)[0-9A-Za-z_-]{32,255}' },
  // `docker login`, without a credential helper.
  { name: 'registry login', source: '"auth"[ \\t]{0,8}:[ \\t]{0,8}"[A-Za-z0-9+/]{8,255}={0,2}"' },
  {
    name: 'login in an address',
    source:
      '\\b(?:postgres(?:ql)?|mysql|mongodb(?:\\+srv)?|rediss?|amqps?)://[^\\s:/@"\']{0,64}:[^\\s:/@$<{*"\']{3,128}@',
  },
  { name: 'JSON Web Token', source: '\\beyJ[0-9A-Za-z_-]{10,255}\\.eyJ[0-9A-Za-z_-]{10,255}\\.' },
];

const EXPRESSIONS = SECRETS.map(({ name, source }) => ({ name, regexp: new RegExp(source) }));

/** Any of them. */
export const SECRET_SOURCE = SECRETS.map(({ source }) => source).join('|');

/** What a text that was found is; null where it is none. */
export function secretIn(text: string): string | null {
  return EXPRESSIONS.find(({ regexp }) => regexp.test(text))?.name ?? null;
}
