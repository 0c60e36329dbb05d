import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseDigest } from '../formats/digest.ts';
import { parseReference } from '../formats/reference.ts';
import { Random } from '../testing/random.ts';
import type { Origin, RegistryOrigin } from '../sources/origin.ts';
import { commandLine, commandsFor, referenceText, saveCommandFor, type Kept } from './commands.ts';

const DIGEST = parseDigest(`sha256:${'0123456789abcdef'.repeat(4)}`);
const AMD64 = { os: 'linux', architecture: 'amd64' };
const origin = (text: string): RegistryOrigin => ({ kind: 'registry', ...parseReference(text) });
const LAYOUT: Origin = { kind: 'layout', url: "https://example.org/it's/" };

const drawn = (from: Origin, platform: Parameters<typeof commandsFor>[1]['platform'] = AMD64) =>
  commandsFor(from, { digest: DIGEST, platform }).map(({ text }) => text.replaceAll(DIGEST, '<digest>'));

describe('equivalent commands', () => {
  it('are pinned to what is on the screen', () => {
    expect(drawn(origin('alpine:3.19'))).toEqual([
      'crane manifest docker.io/library/alpine@<digest>',
      'crane export docker.io/library/alpine@<digest> - | tar -tv',
      'skopeo inspect --override-os=linux --override-arch=amd64 docker://docker.io/library/alpine@<digest>',
      'skopeo copy --override-os=linux --override-arch=amd64 docker://docker.io/library/alpine@<digest> docker-archive:alpine.tar:library/alpine:3.19',
      'docker pull --platform linux/amd64 docker.io/library/alpine@<digest>',
    ]);
  });

  it('tell skopeo that a loopback registry has no TLS, and quote what a shell would take for a pattern', () => {
    const variant = { os: 'linux', architecture: 'arm', variant: 'v7' };
    expect(drawn(origin('[::1]:5000/team/app@' + DIGEST), variant)).toEqual([
      "crane manifest '[::1]:5000/team/app@<digest>'",
      "crane export '[::1]:5000/team/app@<digest>' - | tar -tv",
      "skopeo inspect --tls-verify=false --override-os=linux --override-arch=arm --override-variant=v7 'docker://[::1]:5000/team/app@<digest>'",
      "skopeo copy --src-tls-verify=false --override-os=linux --override-arch=arm --override-variant=v7 'docker://[::1]:5000/team/app@<digest>' docker-archive:app.tar:team/app:latest",
      "docker pull --platform linux/arm/v7 '[::1]:5000/team/app@<digest>'",
    ]);
  });

  it('of a layout fetch its document', () => {
    const url = `https://example.org/it's/blobs/${DIGEST.replace(':', '/')}`;
    expect(referenceText(LAYOUT, DIGEST)).toBe(url);
    expect(commandsFor(LAYOUT, { digest: DIGEST, platform: null })).toEqual([
      { tool: 'curl', does: 'manifest', text: `curl -fsSL '${url.replace("'", `'\\''`)}'` },
    ]);
  });

  it('of a file read that file, where they can', () => {
    const local = (kept: Kept, name?: string) =>
      commandsFor(
        { kind: 'local', file: 'irrelevant', ...(name !== undefined && { name }) },
        { digest: DIGEST, platform: AMD64, kept },
      ).map(({ text }) => text);
    expect(local({ path: 'my app.tar', isFolder: false, form: 'docker-archive' }, 'app:1')).toEqual([
      "skopeo inspect 'docker-archive:my app.tar:app:1'",
      "tar tvf './my app.tar'",
    ]);
    expect(local({ path: 'a.tar', isFolder: false, form: 'oci-layout' }, DIGEST)).toEqual([
      'skopeo inspect oci-archive:a.tar',
      'tar tvf ./a.tar',
    ]);
    expect(local({ path: 'layout', isFolder: true, form: 'oci-layout' }, 'v1')).toEqual([
      'skopeo inspect oci:layout:v1',
    ]);
    expect(local({ path: 'rootfs.tar', isFolder: false, form: 'root-filesystem' })).toEqual([
      'tar tvf ./rootfs.tar',
    ]);
    expect(local({ path: 'a.tar.gz', isFolder: false, form: 'docker-archive' })).toEqual([
      'tar tvf ./a.tar.gz',
    ]);
    expect(local({ path: 'host:x.tar', isFolder: false, form: 'docker-archive' })).toEqual([
      'tar tvf ./host:x.tar',
    ]);
  });

  it('bring an image that could not be reached into a file', () => {
    expect(saveCommandFor(origin('ghcr.io/a/b:1')).text).toBe(
      'skopeo copy docker://ghcr.io/a/b:1 docker-archive:b.tar:a/b:1',
    );
    expect(saveCommandFor(origin(`ghcr.io/a/b:1@${DIGEST}`)).text).toBe(
      `skopeo copy docker://ghcr.io/a/b@${DIGEST} docker-archive:b.tar:a/b:1`,
    );
  });
});

describe('a command line', () => {
  it('gives a real shell the words that went in', () => {
    const random = new Random(3);
    for (let i = 0; i < 12; i++) {
      const words = Array.from({ length: random.between(1, 8) }, () =>
        Array.from({ length: random.below(9) }, () =>
          random.pick([
            'a',
            ' ',
            "'",
            '"',
            '$HOME',
            '`id`',
            '\\',
            '*',
            '[x]',
            '~',
            '#',
            '&&',
            ';',
            '|',
            '>',
            '!',
            'é',
            '-',
          ] as const),
        ).join(''),
      );
      const out = execFileSync('/bin/sh', ['-c', commandLine('printf', '%s\\0', ...words)], {
        encoding: 'utf8',
      });
      expect(out.split('\0').slice(0, -1)).toEqual(words);
    }
  });

  it('has nothing in it that a terminal would act on or hide', () => {
    expect(commandLine('echo', 'a\nb\r\u001b[2Jc\u202ed\u200be\u0085')).toBe("echo 'ab[2Jcde'");
  });
});
