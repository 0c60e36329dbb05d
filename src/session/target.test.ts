import { describe, expect, it } from 'vitest';
import { Problem } from '../base/problem.ts';
import { originOf } from './target.ts';

const BASE = 'https://app.test/some/path/index.html';

const failure = (url: string) => {
  try {
    return originOf({ kind: 'layout', url }, BASE);
  } catch (error) {
    if (error instanceof Problem) return error.failure;
    throw error;
  }
};

describe('where a target lives', () => {
  it('is a registry for a reference', () => {
    expect(originOf({ kind: 'image', reference: 'alpine' }, BASE)).toEqual({
      kind: 'registry',
      registry: 'docker.io',
      repository: 'library/alpine',
      tag: 'latest',
    });
  });

  it.each([
    ['sample/', 'https://app.test/some/path/sample/'],
    ['sample', 'https://app.test/some/path/sample/'],
    ['/l', 'https://app.test/l/'],
    ['http://localhost:8080/x/#f', 'http://localhost:8080/x/'],
  ])('is a folder for the layout %s', (text, url) => {
    expect(originOf({ kind: 'layout', url: text }, BASE)).toEqual({ kind: 'layout', url });
  });

  it('keeps the name of one image of a layout', () => {
    expect(originOf({ kind: 'layout', url: 'l/', name: 'v1' }, BASE)).toMatchObject({ name: 'v1' });
  });

  it.each([
    ['https://', 'not-a-url'],
    ['javascript:alert(1)', 'not-http'],
    ['data:text/plain,x', 'not-http'],
    ['https://user:secret@x.test/', 'has-credentials'],
    ['https://x.test/l/?token=1', 'has-query'],
  ])('is refused for %s', (text, reason) => {
    expect(failure(text)).toEqual({ code: 'bad-address', input: text, reason });
  });
});
