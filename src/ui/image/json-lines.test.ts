import { describe, expect, it } from 'vitest';
import { jsonLines } from './json-lines.ts';

const draw = (text: string) =>
  jsonLines(text)
    .map(({ depth, parts }) => '  '.repeat(depth) + parts.map((part) => part.text).join(''))
    .join('\n');

describe('JSON laid out', () => {
  it.each([
    { schemaVersion: 2, layers: [{ size: 1, digest: 'sha256:00' }, {}], annotations: {}, list: [], x: null },
    [1, [2, [3, [], {}]], 'a,b:{}[]"\\\n'],
    'text',
    {},
    [],
    -1.5e10,
    true,
  ])('%j equals what JSON.stringify prints', (value) => {
    const pretty = JSON.stringify(value, null, 2);
    expect(draw(JSON.stringify(value))).toBe(pretty);
    expect(draw(pretty)).toBe(pretty);
    expect(draw(JSON.stringify(value, null, '\t\r\n'.slice(0, 1)))).toBe(pretty);
  });

  it('keeps digits and doubled names as they are', () => {
    expect(draw('{"a":1.0e+2,"a":12345678901234567890}')).toBe(
      '{\n  "a": 1.0e+2,\n  "a": 12345678901234567890\n}',
    );
  });

  it('tells the parts apart', () => {
    const parts = jsonLines('{"a":["b",1,null]}').flatMap((line) =>
      line.parts.map(({ kind, text }) => `${kind} ${text}`),
    );
    expect(parts).toEqual([
      'mark {',
      'name "a"',
      'mark : ',
      'mark [',
      'string "b"',
      'mark ,',
      'number 1',
      'mark ,',
      'word null',
      'mark ]',
      'mark }',
    ]);
  });

  it('bears what is no JSON, and documents of megabytes', () => {
    expect(draw('}]"open')).toBe('}\n]"open');
    const long = JSON.stringify(Array.from({ length: 30_000 }, (_, i) => ({ [`k${i}`]: 'v' })));
    expect(jsonLines(long).length).toBe(90_002);
    expect(jsonLines(`"${'\\"'.repeat(200_000)}"`).length).toBe(1);
  });
});
