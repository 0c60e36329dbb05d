import { describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { LinePattern, LineSearch, type LineMatch } from './line-search.ts';
import { parseQuery } from './query.ts';
import { secretIn, SECRETS } from './secrets.ts';

const a = (count: number) => 'a1B2'.repeat(64).slice(0, count);

/** One of each kind, put together here: written out, it would be found in this file by whoever looks. */
const EXAMPLES: readonly (readonly [kind: string, text: string])[] = [
  ['private key', `-----BEGIN ${'PRIVATE'} KEY-----`],
  ['private key', `-----BEGIN RSA ${'PRIVATE'} KEY-----`],
  ['private key', `-----BEGIN OPENSSH ${'PRIVATE'} KEY-----`],
  ['private key', `-----BEGIN PGP ${'PRIVATE'} KEY BLOCK-----`],
  ['AWS access key', `id = ${'AKIA'}ABCDEFGHIJKLMNOP`],
  ['GitHub token', `${'ghp'}_${a(36)}`],
  ['GitHub token', `${'github'}_pat_${a(60)}`],
  ['GitLab token', `token: ${'glpat'}-${a(20)}`],
  ['Slack token', `${'xoxb'}-${a(30)}`],
  ['Google API key', `key=${'AIza'}${a(35)}&x`],
  ['Stripe key', `${'sk'}_live_${a(24)}`],
  ['npm token', `${'npm'}_${a(36)}`],
  ['npm token', `//registry.npmjs.org/:_authToken = ${a(20)}`],
  ['PyPI token', `${'pypi'}-AgEIcHlwaS5vcmc${a(60)}`],
  ['AI service key', `${'sk'}-ant-${a(40)}`],
  ['registry login', `{"auths":{"x":{"auth": "${a(16)}=="}}}`],
  ['login in an address', `DATABASE_URL=postgres://app:${a(8)}@db:5432/x`],
  ['login in an address', `redis://:${a(8)}@cache`],
  ['JSON Web Token', `${'eyJ'}${a(20)}.eyJ${a(40)}.${a(20)}`],
];

/** What is none, though it looks a little like one. */
const OTHERS = [
  '-----BEGIN CERTIFICATE-----',
  '-----BEGIN PUBLIC KEY-----',
  'AKIA',
  `X${'AKIA'}ABCDEFGHIJKLMNOPQ`,
  `${'ghp'}_short`,
  '//registry.npmjs.org/:_authToken=${NPM_TOKEN}',
  '"auth": ""',
  'postgres://user:<password>@host',
  'postgres://user:$PASSWORD@host',
  'postgres://host:5432/x',
  'https://example.org/a:b@c',
  'eyJ.eyJ.',
];

function linesOf(text: string): LineMatch[] {
  const { contents } = parseQuery('secrets:');
  const found: LineMatch[] = [];
  const search = new LineSearch(new LinePattern(contents!), (match) => found.push(match));
  search.push(utf8(text));
  search.end();
  return found;
}

describe('keys and tokens', () => {
  it.each(EXAMPLES)('are found: %s', (kind, text) => {
    const [match, ...more] = linesOf(`before\n  ${text}\r\nafter\n`);
    expect(more).toEqual([]);
    expect(match!.line).toBe(2);
    expect(secretIn(match!.text.slice(match!.marks[0], match!.marks[1]))).toBe(kind);
  });

  it('each kind has an example', () => {
    expect(new Set(EXAMPLES.map(([kind]) => kind))).toEqual(new Set(SECRETS.map(({ name }) => name)));
  });

  it.each(OTHERS)('are not all that looks like them: %s', (text) => {
    expect(linesOf(text)).toEqual([]);
    expect(secretIn(text)).toBeNull();
  });

  it('are told by line where lines are many, and do not reach over the end of one', () => {
    const text = EXAMPLES.map(([, text]) => `${text}\nnothing\n`).join('');
    expect(linesOf(text).map(({ line }) => line)).toEqual(EXAMPLES.map((_, i) => 1 + i * 2));
    for (const { source } of SECRETS) expect(new RegExp(source).test('\n')).toBe(false);
    expect(linesOf('"auth":\n"abcdefghijkl"\n-----BEGIN RSA\nPRIVATE KEY-----')).toEqual([]);
  });

  it('take no longer for texts that are made to take long', () => {
    const begun = performance.now();
    for (const piece of [
      '-----BEGIN ',
      'AKIA',
      'eyJ',
      'eyJaaaaaaaaaa.',
      'postgres://a:',
      '"auth"  :  ',
      'ghp_a',
      'A ',
    ]) {
      linesOf(piece.repeat(Math.ceil(2_000_000 / piece.length)));
    }
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});
