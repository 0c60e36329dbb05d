import { describe, expect, it } from 'vitest';
import { Problem, type Failure } from '../base/problem.ts';
import { parseReference } from '../formats/reference.ts';
import type { Origin } from '../sources/origin.ts';
import { nearOf } from './near.ts';

const near = (failure: Failure, origin: Origin | null = null) =>
  nearOf({ name: 'failed', asked: '', origin, failure, image: null })?.href ?? null;

describe('what is not a reference', () => {
  it.each([
    ['registry.example.org/', '#catalog=registry.example.org'],
    ['https://registry.example.org/', '#catalog=registry.example.org'],
    ['http://127.0.0.1:5000/v2/', '#catalog=127.0.0.1:5000'],
    ['localhost:5000/', '#catalog=localhost:5000'],
    ['localhost/', '#catalog=localhost'],
    ['[::1]:5000/', '#catalog=%5B::1%5D:5000'],
    ['nginx/', null],
    ['a b/', null],
    ['registry.example.org/App', null],
    ['/', null],
  ])('%s leads to %s', (input, href) => {
    let failure: Failure | undefined;
    try {
      parseReference(input);
    } catch (error) {
      failure = (error as Problem).failure;
    }
    expect(failure?.code).toBe('bad-reference');
    expect(near(failure!)).toBe(href);
  });
});

describe('what is not there', () => {
  const missing = (what: 'tag' | 'manifest' | 'repository' | 'blob') =>
    ({ code: 'not-found', what, name: 'x' }) as const;
  const origin: Origin = { kind: 'registry', registry: 'example.org', repository: 'a/b', tag: '1' };
  const hub: Origin = { kind: 'registry', registry: 'docker.io', repository: 'library/nginx', tag: '1' };

  it('leads to the tags of its repository, or to the repositories of its registry', () => {
    expect(near(missing('tag'), origin)).toBe('#tags=example.org/a/b');
    expect(near(missing('manifest'), hub)).toBe('#tags=nginx');
    expect(near(missing('repository'), origin)).toBe('#catalog=example.org');
  });

  it('leads nowhere where nothing is listed', () => {
    expect(near(missing('repository'), hub)).toBeNull();
    expect(near(missing('blob'), origin)).toBeNull();
    expect(near(missing('tag'), { kind: 'layout', url: 'https://example.org/' })).toBeNull();
    expect(near({ code: 'quota' }, origin)).toBeNull();
  });
});
