import { describe, expect, it } from 'vitest';
import { Problem } from '../../base/problem.ts';
import { apiOrigin } from './api-host.ts';

describe('where a registry answers', () => {
  it.each([
    ['docker.io', 'https://registry-1.docker.io'],
    ['ghcr.io', 'https://ghcr.io'],
    ['Foo', 'https://foo'],
    ['example.com:443', 'https://example.com'],
    ['example.com:80', 'https://example.com:80'],
    ['192.168.1.1:5000', 'https://192.168.1.1:5000'],
    ['localhost', 'http://localhost'],
    ['localhost:5000', 'http://localhost:5000'],
    ['LOCALHOST:5000', 'http://localhost:5000'],
    ['localhost:443', 'http://localhost:443'],
    ['hub.localhost:8443', 'https://hub.localhost:8443'],
    ['127.0.0.1:5000', 'http://127.0.0.1:5000'],
    ['127.1.2.3', 'http://127.1.2.3'],
    ['127.example.com', 'https://127.example.com'],
    ['[::1]:5000', 'http://[::1]:5000'],
    ['[0:0:0:0:0:0:0:1]:5000', 'http://[::1]:5000'],
    ['[2001:db8::1]', 'https://[2001:db8::1]'],
  ])('%s: %s', (registry, origin) => expect(apiOrigin(registry)).toBe(origin));

  it.each(['1.2.3.4.5', '256.1.1.1', '[1]', '[fd00123123123]:5000', 'a:99999', 'a@b', 'a/b', 'a?b', ''])(
    '"%s" has no address',
    (registry) => {
      expect(() => apiOrigin(registry)).toThrow(Problem);
    },
  );
});
