import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { Problem, type Failure } from '../base/problem.ts';
import { defined, parseJson, type Json } from './json.ts';

const parse = (text: string | Uint8Array, limit = 1_000_000): Json =>
  parseJson(typeof text === 'string' ? utf8(text) : text, 'manifest', limit);

function failureOf(run: () => unknown): Failure {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error.failure;
    throw error;
  }
  throw new Error('nothing failed');
}

const malformed = (reason: string, where: object = {}) => ({
  code: 'malformed',
  format: 'manifest',
  reason,
  ...where,
});

describe('a JSON document', () => {
  it.each([
    ['nothing', '', 'not JSON', 0],
    ['only space', ' \n', 'not JSON', 2],
    ['a word', 'invalid JSON', 'not JSON', 0],
    ['cut short', '{"a": [1, 2', 'not JSON', 11],
    ['more after it', '{} {}', 'not JSON', 3],
    ['a comma too many', '{"ä": [1,]}', 'not JSON', 10],
    ['a byte order mark', '\uFEFF{}', 'a byte order mark', 0],
  ])('%s is refused', (_, text, reason, offset) => {
    expect(failureOf(() => parse(text))).toEqual(malformed(reason, { offset }));
  });

  it('is strict UTF-8', () => {
    const latin1 = new Uint8Array([0x22, 0xe4, 0x22]);
    expect(failureOf(() => parse(latin1))).toEqual(malformed('not UTF-8'));
    const surrogate = new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]);
    expect(failureOf(() => parse(surrogate))).toEqual(malformed('not UTF-8'));
  });

  it('is bounded in bytes', () => {
    expect(parse('[]', 2).array()).toEqual([]);
    expect(failureOf(() => parse('[] ', 2))).toEqual({
      code: 'too-large',
      what: 'manifest',
      limit: 2,
      actual: 3,
    });
  });

  it('is bounded in depth, and brackets in strings do not count', () => {
    const nested = (depth: number, core = '0') => '['.repeat(depth) + core + ']'.repeat(depth);
    expect(parse(nested(128)).array()).toHaveLength(1);
    expect(failureOf(() => parse(nested(129)))).toEqual(
      malformed('nested more than 128 deep', { offset: 128 }),
    );
    expect(failureOf(() => parse('['.repeat(900_000))).code).toBe('malformed');
    expect(failureOf(() => parse('{"a":'.repeat(100_000))).code).toBe('malformed');
    const brackets = JSON.stringify('[{"\\'.repeat(1000));
    expect(parse(nested(128, brackets)).array()).toHaveLength(1);
    expect(parse(`[${'[],'.repeat(1000)}[]]`).array()).toHaveLength(1001);
  });

  it('keeps the last of two members of one name', () => {
    expect(parse('{"a": 1, "a": 2}').get('a').integer()).toBe(2);
  });
});

describe('a reader', () => {
  const json = parse(`{
    "text": "x", "none": null, "flag": true, "many": ["a", 1],
    "map": {"__proto__": "p", "constructor": "c", "a/b~c": "s"},
    "big": 9007199254740993, "half": 1.5, "minus": -1, "huge": 1e400
  }`);

  it.each<[what: string, read: () => unknown, reason: string, pointer: string]>([
    ['absent', () => json.get('gone').string(), 'missing, expected a string', '/gone'],
    ['null', () => json.get('none').string(), 'null, expected a string', '/none'],
    ['a boolean', () => json.get('flag').integer(), 'a boolean, expected a number', '/flag'],
    ['deep', () => json.get('many').strings(), 'a number, expected a string', '/many/1'],
    ['of a text', () => json.get('text').get('x'), 'a string, expected an object', '/text'],
    ['of an array', () => json.get('many').get('0'), 'an array, expected an object', '/many'],
    ['an object', () => json.get('map').array(), 'an object, expected an array', '/map'],
    ['escaped', () => json.get('map').get('a/b~c').array(), 'a string, expected an array', '/map/a~1b~0c'],
    ['below', () => json.get('minus').integer(0), '-1 is less than 0', '/minus'],
    ['above', () => json.get('minus').integer(-5, -2), '-1 is more than -2', '/minus'],
    [
      'inexact',
      () => json.get('big').integer(),
      '9007199254740992 is not a whole number that can be held exactly',
      '/big',
    ],
    [
      'broken',
      () => json.get('half').integer(),
      '1.5 is not a whole number that can be held exactly',
      '/half',
    ],
    [
      'infinite',
      () => json.get('huge').integer(),
      'Infinity is not a whole number that can be held exactly',
      '/huge',
    ],
  ])('says where it is wrong: %s', (_, read, reason, pointer) => {
    expect(failureOf(read)).toEqual(malformed(reason, { pointer }));
  });

  it('takes null for absent where a value is optional', () => {
    expect(json.get('none').optional((it) => it.string())).toBeUndefined();
    expect(json.get('gone').optional((it) => it.string())).toBeUndefined();
    expect(json.get('text').optional((it) => it.string())).toBe('x');
  });

  it('has no member that the document does not have, and no harm from names of JavaScript', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(json.get(name).value).toBeUndefined();
    }
    expect([...json.get('map').stringMap()]).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['a/b~c', 's'],
    ]);
    expect(({} as Record<string, unknown>)['p']).toBeUndefined();
  });
});

describe('defined', () => {
  it('leaves out what is undefined, and that only', () => {
    const made = defined<{ a: string; b?: number; c?: boolean }>({ a: '', b: 0, c: undefined });
    expect(Object.entries(made)).toEqual([
      ['a', ''],
      ['b', 0],
    ]);
  });
});

describe('a list or an object that a few bytes an item make huge', () => {
  const many = 70_000;

  it('is refused before there is an object for each', () => {
    const limit = { code: 'too-large', what: 'items of manifest', limit: 65536, actual: many };
    const list = parse(`[${'0,'.repeat(many - 1)}0]`);
    expect(failureOf(() => list.array())).toEqual(limit);
    const members = Array.from({ length: many }, (_, i) => `"${i}":0`).join();
    expect(failureOf(() => parse(`{${members}}`).entries())).toEqual(limit);
  });

  it('may be of strings, which are read as they stand', () => {
    const list = Array.from({ length: many }, (_, i) => `tag-${i}`);
    expect(parse(JSON.stringify(list), 10_000_000).strings()).toEqual(list);
    expect(failureOf(() => parse('["a", 1]').strings())).toEqual(
      malformed('a number, expected a string', { pointer: '/1' }),
    );
  });
});
