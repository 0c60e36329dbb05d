import { expect, it } from 'vitest';
import { imageOfUrl, packageType } from './package-url.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

it.each([
  ['pkg:deb/debian/adduser@3.134', 'deb'],
  ['pkg:NPM/%40angular/core@1', 'npm'],
  ['pkg://golang/github.com/a/b@v1', 'golang'],
  ['pkg:/deb', ''],
  ['deb/debian', ''],
  ['', ''],
  [`pkg:${'a'.repeat(1000)}/b`, ''],
])('%s is of the type "%s"', (url, type) => {
  expect(packageType(url)).toBe(type);
});

it.each([
  ['pkg:docker/golang@1.23-alpine?platform=linux%2Famd64', 'golang:1.23-alpine'],
  ['pkg:docker/cassandra@latest', 'cassandra:latest'],
  [
    `pkg:docker/customer/dockerimage@${DIGEST.replace(':', '%3A')}?repository_url=gcr.io`,
    `gcr.io/customer/dockerimage@${DIGEST}`,
  ],
  [
    `pkg:oci/debian@${DIGEST}?repository_url=docker.io/library/debian&arch=amd64&tag=latest`,
    `debian:latest@${DIGEST}`,
  ],
  [`pkg:oci/static@${DIGEST}?repository_url=gcr.io/distroless/static`, `gcr.io/distroless/static@${DIGEST}`],
  ['docker://ghcr.io/org/app:1.4', 'ghcr.io/org/app:1.4'],
  ['pkg:deb/debian/adduser@3.134', null],
  ['pkg:docker/', null],
  ['pkg:docker/UPPER@1', null],
  ['pkg:docker/a%ZZ@1', null],
  ['https://example.org/app', null],
])('%s names the image %s', (url, reference) => {
  expect(imageOfUrl(url)).toBe(reference);
});

it('is pinned by a digest from elsewhere where it has none itself', () => {
  expect(imageOfUrl('pkg:docker/alpine@3.20', DIGEST)).toBe(`alpine:3.20@${DIGEST}`);
  expect(imageOfUrl(`docker://alpine@${DIGEST}`, `sha256:${'b'.repeat(64)}`)).toBe(`alpine@${DIGEST}`);
  expect(imageOfUrl('pkg:docker/alpine@3.20', 'sha256:no')).toBe('alpine:3.20');
});
