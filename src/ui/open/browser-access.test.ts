import { describe, expect, it } from 'vitest';
import { parseDigest } from '../../formats/digest.ts';
import type { RegistryOrigin } from '../../sources/origin.ts';
import { corsHeaders, fileCommand, isLoopback, mirrorCommand, mirrorReference } from './browser-access.ts';

const DIGEST = parseDigest(`sha256:${'0'.repeat(64)}`);
const ALPINE: RegistryOrigin = {
  kind: 'registry',
  registry: 'docker.io',
  repository: 'library/alpine',
  tag: '3',
};

describe('letting a browser in', () => {
  it('allows one origin only', () => {
    expect(corsHeaders('https://page.example')).toContain(
      "Access-Control-Allow-Origin: ['https://page.example']\n",
    );
  });

  it('brings the image by file, by digest where there is one', () => {
    expect(fileCommand(ALPINE)).toBe(
      'skopeo copy docker://docker.io/library/alpine:3 docker-archive:image.tar',
    );
    expect(fileCommand({ ...ALPINE, digest: DIGEST })).toBe(
      `skopeo copy docker://docker.io/library/alpine@${DIGEST} docker-archive:image.tar`,
    );
  });

  it('mirrors the host that a name stands for', () => {
    expect(mirrorCommand(ALPINE, 'https://page.example')).toContain(
      'REMOTEURL=https://registry-1.docker.io ',
    );
    expect(mirrorReference(ALPINE)).toBe('localhost:5000/library/alpine:3');
  });

  it('knows what is on this machine', () => {
    expect(['localhost', 'localhost:5000', '127.0.0.1:80', '127.1.2.3', '[::1]:5000'].every(isLoopback)).toBe(
      true,
    );
    expect(
      ['localhost.example.org', '128.0.0.1', 'docker.io', '127.0.0.1.example:5000'].some(isLoopback),
    ).toBe(false);
  });
});
