import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { Random } from '../testing/random.ts';
import { parseDeployment, readOwnMirrors } from './deployment.ts';
import { PLAIN_DEPLOYMENT } from './plain-deployment.ts';

const faultsOf = (config: unknown) =>
  parseDeployment(JSON.stringify(config)).faults.map((it) => `${it.pointer} ${it.expected} ${it.found}`);

describe('config.json', () => {
  it('says what it says', () => {
    const text = JSON.stringify({
      $comment: 'of ours',
      defaultRegistry: 'registry.example.org',
      mirrors: { 'docker.io': 'https://hub.example.org/', 'ghcr.io': 'http://localhost:5001' },
      sample: null,
      front: { title: ' Images ', lead: '', note: 'Ask Ann.' },
    });
    expect(parseDeployment(text)).toEqual({
      deployment: {
        defaultRegistry: 'registry.example.org',
        mirrors: new Map([
          ['docker.io', 'https://hub.example.org'],
          ['ghcr.io', 'http://localhost:5001'],
        ]),
        sample: null,
        front: { title: 'Images', note: 'Ask Ann.' },
      },
      faults: [],
    });
  });

  it('that is shipped changes nothing, and is right', () => {
    const text = readFileSync(new URL('../../public/config.json', import.meta.url), 'utf8');
    expect(parseDeployment(text)).toEqual({ deployment: PLAIN_DEPLOYMENT, faults: [] });
  });

  it.each([
    [[], [' object []']],
    [null, [' object null']],
    [{ mirrors: [] }, ['/mirrors object []']],
    [{ mirrors: { 'docker.io': 5 } }, ['/mirrors/docker.io mirror 5']],
    [{ mirrors: { 'docker.io': 'hub.example.org' } }, ['/mirrors/docker.io mirror "hub.example.org"']],
    [{ mirrors: { 'a/b~': 'https://x.org' } }, ['/mirrors/a~1b~0 registry "a/b~"']],
    [{ defaultRegistry: 'https://x.org' }, ['/defaultRegistry registry "https://x.org"']],
    [{ defaultRegistry: {} }, ['/defaultRegistry registry {}']],
    [{ sample: '' }, ['/sample layout ""']],
    [{ front: 'Hello' }, ['/front object "Hello"']],
    [{ front: { title: 1, footer: 'x' } }, ['/front/title text 1', '/front/footer nothing "x"']],
    [{ front: { lead: 'x'.repeat(601) } }, ['/front/lead less 601']],
    [{ mirror: {} }, ['/mirror nothing {}']],
  ])('%j is told what is wrong', (config, faults) => expect(faultsOf(config)).toEqual(faults));

  it('is right where it is right', () => {
    const { deployment, faults } = parseDeployment(
      '{"mirrors":{"docker.io":"no","ghcr.io":"https://m.org"},"front":7}',
    );
    expect(deployment.mirrors).toEqual(new Map([['ghcr.io', 'https://m.org']]));
    expect(faults).toHaveLength(2);
  });

  it('of the names of JavaScript is plain data', () => {
    const { deployment, faults } = parseDeployment(
      '{"__proto__":{"sample":null},"constructor":1,"mirrors":{"__proto__":"https://x.org"}}',
    );
    expect(deployment).toEqual(PLAIN_DEPLOYMENT);
    expect(faults.map(({ pointer }) => pointer)).toEqual([
      '/__proto__',
      '/constructor',
      '/mirrors/__proto__',
    ]);
  });

  it('of any bytes breaks nothing', () => {
    const random = new Random(5);
    const parts = [
      '{',
      '}',
      '[',
      ']',
      '"mirrors"',
      ':',
      ',',
      '"docker.io"',
      'null',
      '1e999',
      '"\\ud800"',
      ' ',
    ];
    for (let i = 0; i < 3000; i++) {
      const text = Array.from({ length: 12 }, () => parts[random.below(parts.length)]).join('');
      expect(Array.isArray(parseDeployment(text).faults)).toBe(true);
    }
    expect(parseDeployment('x'.repeat(100_000)).faults).toHaveLength(1);
    expect(parseDeployment('<!doctype html>').faults).toEqual([
      { pointer: '', expected: 'json', found: '<!doctype html>' },
    ]);
  });
});

describe('a person’s own mirrors', () => {
  const read = (text: string | null) =>
    Object.fromEntries(readOwnMirrors({ getItem: () => text, setItem: () => {}, removeItem: () => {} }));

  it.each([
    [null, {}],
    ['', {}],
    ['[]', {}],
    [
      '{"docker.io":"direct","ghcr.io":"https://m.org/"}',
      { 'docker.io': 'direct', 'ghcr.io': 'https://m.org' },
    ],
    ['{"docker.io":"javascript:1","x/y":"https://m.org","ghcr.io":{}}', {}],
  ])('%s', (text, mirrors) => expect(read(text)).toEqual(mirrors));

  it('are none where the browser keeps nothing', () => {
    expect(readOwnMirrors(null)).toEqual(new Map());
    const getItem = () => {
      throw new Error('SecurityError');
    };
    expect(readOwnMirrors({ getItem, setItem: () => {}, removeItem: () => {} })).toEqual(new Map());
  });
});
