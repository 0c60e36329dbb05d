import { describe, expect, it } from 'vitest';
import { parseServeOptions } from './serve-options.ts';

const NONE = { target: '', named: new Map(), opens: true, builds: true, port: null };

describe('npm start --', () => {
  it.each([
    [[], {}],
    [['nginx:1.27'], { target: '#image=nginx:1.27' }],
    [['[::1]:5000/app'], { target: '#image=%5B::1%5D:5000/app' }],
    [['--no-open', '--no-build', 'nginx'], { target: '#image=nginx', opens: false, builds: false }],
    [['--port', '80'], { port: 80 }],
    [
      ['--allow', 'localhost:5000', '--allow=registry.lan,http://10.0.0.2:5000'],
      {
        named: new Map([
          ['localhost:5000', 'http://localhost:5000'],
          ['registry.lan', 'https://registry.lan'],
          ['10.0.0.2:5000', 'http://10.0.0.2:5000'],
        ]),
      },
    ],
  ] as const)('%j', (args, options) => expect(parseServeOptions(args)).toEqual({ ...NONE, ...options }));

  it.each([
    [['nginx:'], /not an image reference[^]*nginx:\n {8}\^/],
    [['a', 'b'], /one image/],
    [['--port', '0'], /port/],
    [['--port', '1e3'], /port/],
    [['--allow', 'ftp://x'], /not a registry: ftp/],
    [['--allow', 'http://a/b/c'], /not a registry/],
    [['--frobnicate'], /frobnicate/],
  ] as const)('%j is refused', (args, says) => expect(() => parseServeOptions(args)).toThrow(says));

  it('-h', () => expect(parseServeOptions(['-h'])).toBe('help'));
});
