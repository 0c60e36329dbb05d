import { describe, expect, it } from 'vitest';
import type { Failure, FailureCode, GatewayFault, ReferenceFault } from '../../base/problem.ts';
import { NOT_AN_IMAGE } from './failure-terms.ts';
import { failureWords } from './failure-words.ts';

const URL = 'https://registry.example.org/v2/team/app/manifests/1.4';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const errors = [{ code: 'DENIED', message: '<b>no</b>' }];

/** At least one of every code: the type makes a forgotten one an error. */
const SAMPLES: { readonly [Code in FailureCode]: readonly Extract<Failure, { code: Code }>[] } = {
  'bad-reference': (
    [
      'empty',
      'scheme',
      'uppercase',
      'bad-domain',
      'bad-port',
      'bad-path',
      'bad-tag',
      'bad-digest',
      'unknown-algorithm',
      'digest-length',
      'name-too-long',
      'tag-too-long',
      'hex-only',
      'trailing',
    ] satisfies ReferenceFault[]
  ).map((fault) => ({ code: 'bad-reference', input: 'App', at: 0, fault })),
  'bad-address': [
    { code: 'bad-address', input: 'ftp://x', reason: 'not-http' },
    { code: 'bad-address', input: 'linux', reason: 'a platform is os/architecture[/variant]' },
  ],
  unreachable: [
    { code: 'unreachable', url: URL },
    { code: 'unreachable', url: URL, alive: true },
    { code: 'unreachable', url: URL, alive: false },
    ...(
      [
        'private-address',
        'no-such-host',
        'no-answer',
        'timeout',
        'certificate',
        'malformed-answer',
        'redirect-loop',
        'too-many-redirects',
        'bad-redirect',
        'unknown-realm',
        'refused',
      ] satisfies GatewayFault[]
    ).map((fault) => ({ code: 'unreachable', url: URL, gateway: { fault, message: '<b>no</b>' } }) as const),
  ],
  unauthorized: [
    { hadCredentials: false, offers: ['bearer'] },
    { hadCredentials: true, offers: ['bearer'] },
    { hadCredentials: false, offers: ['negotiate'] },
    { hadCredentials: false, offers: ['bearer'], barred: 'http://auth.example.org/token' },
    { hadCredentials: false, offers: ['bearer'], barred: '' },
  ].map((more) => ({
    code: 'unauthorized',
    registry: 'registry.example.org',
    url: URL,
    ...more,
    errors,
  })),
  forbidden: [
    { code: 'forbidden', registry: 'registry.example.org', url: URL, hadCredentials: false, errors },
  ],
  'not-found': (
    ['repository', 'tag', 'manifest', 'blob', 'layout', 'platform', 'image', 'file'] as const
  ).map((what) => ({
    code: 'not-found',
    what,
    name: 'team/app',
    url: URL,
    errors,
  })),
  'rate-limited': [
    { code: 'rate-limited', registry: 'registry.example.org', url: URL, retryAfter: 90, errors },
    { code: 'rate-limited', registry: 'registry.example.org', url: URL, errors: [] },
  ],
  'bad-status': [
    { code: 'bad-status', url: URL, status: 503, errors },
    { code: 'bad-status', url: URL, status: 418, errors: [] },
  ],
  interrupted: [{ code: 'interrupted', url: URL, received: 10, expected: 4096 }],
  'digest-mismatch': (['index', 'manifest', 'config', 'layer', 'diff-id', 'blob'] as const).map(
    (subject) => ({
      code: 'digest-mismatch',
      subject,
      expected: DIGEST,
      actual: DIGEST.replaceAll('a', 'b'),
    }),
  ),
  'size-mismatch': [
    { code: 'size-mismatch', subject: 'layer', digest: DIGEST, expected: 10, actual: 11 },
    { code: 'size-mismatch', subject: 'layer', digest: DIGEST, expected: 10, actual: 9 },
  ],
  malformed: [
    { code: 'malformed', format: 'tar', reason: 'the checksum of a header is wrong', offset: 1536 },
    { code: 'malformed', format: 'manifest', reason: 'expected an array', pointer: '/layers' },
  ],
  'not-an-image': [...NOT_AN_IMAGE.keys(), 'unknown'].map((looksLike) => ({
    code: 'not-an-image',
    name: 'app.tar',
    looksLike,
  })),
  unsupported: (
    ['compression', 'encryption', 'schema1', 'artifact', 'media-type', 'digest-algorithm', 'feature'] as const
  ).map((what) => ({ code: 'unsupported', what, name: 'xz' })),
  'too-large': [{ code: 'too-large', what: 'manifest', limit: 4194304, actual: 4194305 }],
  'foreign-layer': [{ code: 'foreign-layer', digest: DIGEST, urls: ['https://mcr.example/x'] }],
  'missing-feature': [{ code: 'missing-feature', feature: 'crypto.subtle' }],
  quota: [{ code: 'quota' }, { code: 'quota', needed: 5000 }],
  bug: [{ code: 'bug', message: 'x is not a function' }],
};

describe.each(Object.entries(SAMPLES))('%s', (_, failures) => {
  it.each(failures.map((failure) => [JSON.stringify(failure), failure] as const))(
    '%s has words',
    (_, failure) => {
      const { title, detail, facts, advice } = failureWords(failure);
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      for (const text of [...detail, ...advice])
        expect(text).toMatch(/^([A-Z]|registry\.example\.org ).*[.?]$/);
      for (const [name, value] of facts) expect([name, value]).not.toContain('');
      expect(JSON.stringify([title, detail, facts, advice])).not.toMatch(/undefined|NaN|\[object/);
      // Something to learn beyond the title.
      expect(detail.length + facts.length).toBeGreaterThan(0);
    },
  );
});

describe('the words for a local file', () => {
  it('speak of no registry, and of no one who pushes', () => {
    for (const failure of Object.values(SAMPLES).flat()) {
      if (!['digest-mismatch', 'size-mismatch', 'malformed', 'quota'].includes(failure.code)) continue;
      const text = JSON.stringify(failureWords(failure, true));
      expect(text).not.toMatch(/registry|pushed|another tag/);
      expect(text).toMatch(/\. *"|\.”/);
    }
    const blob = { code: 'not-found', what: 'blob', name: DIGEST } as const;
    expect(failureWords(blob, true).title).toBe('The manifest names a blob that is not in the file');
  });
});

describe('the words', () => {
  const draw = (failure: Failure) => {
    const { title, detail, facts, advice } = failureWords(failure);
    return [
      `# ${title}`,
      ...detail,
      ...facts.map(([name, value]) => `${name}: ${value}`),
      ...advice.map((text) => `→ ${text}`),
    ].join('\n');
  };

  it('say what was asked, what came, and what to do next', () => {
    expect(draw(SAMPLES['rate-limited'][0]!)).toBe(`# The registry asks for patience
registry.example.org answered “too many requests”, also after waiting and asking again.
Asked: ${URL}
Answer: 429 Too Many Requests
Wait: 90 s
The registry says: DENIED: <b>no</b>
→ Try again in 90 seconds.
→ Signed-in accounts often have a higher limit.`);
  });

  it('do not ask for a name where none would be taken', () => {
    expect(draw(SAMPLES.unauthorized[2]!)).toMatch(/no web page can answer[^]*Offers: negotiate[^]*skopeo/);
    expect(draw(SAMPLES.unauthorized[3]!)).toMatch(/http:\/\/auth\.example\.org\/token[^]*by https/);
    for (const failure of SAMPLES.unauthorized.slice(2))
      expect(draw(failure)).not.toMatch(/sign in\.$|then sign in/);
  });

  it('name both reasons where the browser does not say which', () => {
    expect(draw(SAMPLES.unreachable[0]!)).toMatch(/host is down.*CORS/);
    expect(draw(SAMPLES.unreachable[1]!)).toMatch(/reached the host.*CORS/);
  });

  it('leave it to buttons which platforms there are', () => {
    const offered = ['linux/amd64', 'linux/arm64/v8'];
    const words = draw({ code: 'not-found', what: 'platform', name: 'windows/amd64', offered });
    expect(words).toContain('Name: windows/amd64\n→ Choose');
  });

  it('think of the storage behind a registry where a blob cannot be had', () => {
    const at = (url: string) => draw({ code: 'unreachable', url, alive: true });
    expect(at('https://r.test/v2/team/app/blobs/sha256:00')).toMatch(/storage host/);
    expect(at('https://r.test/v2/team/app/manifests/1')).not.toMatch(/storage host/);
  });

  it('leave no doubt about a wrong digest', () => {
    expect(draw(SAMPLES['digest-mismatch'][3]!)).toMatch(
      /not what it claims[^]*Nothing of it is shown\.[^]*Do not use/,
    );
  });
});
