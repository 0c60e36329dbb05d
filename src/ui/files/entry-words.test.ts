import { describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { instantText, minuteText, ownerText, valueText } from './entry-words.ts';

describe('an entry in words', () => {
  it.each([
    [0, 0, '1970-01-01 00:00', '1970-01-01 00:00:00 UTC'],
    [1675591200, 250_000_000, '2023-02-05 10:00', '2023-02-05 10:00:00.25 UTC'],
    [-1, 999_999_999, '1969-12-31 23:59', '1969-12-31 23:59:59.999999999 UTC'],
    [253402300800, 0, '+010000-01-01 00:00', '+010000-01-01 00:00:00 UTC'],
    [8.64e12 + 1, 0, '8640000000001 s', '8640000000001 s since 1970'],
    [-9007199254740991, 0, '-9007199254740991 s', '-9007199254740991 s since 1970'],
  ])('%d s and %d ns is %s', (seconds, nanos, minute, instant) => {
    expect([minuteText(seconds), instantText(seconds, nanos)]).toEqual([minute, instant]);
  });

  it('names the owner, by number where nothing else is known', () => {
    expect(ownerText({ uid: 0, gid: 42, uname: 'root', gname: 'shadow' })).toBe('root:shadow');
    expect(ownerText({ uid: 0, gid: 42, uname: '', gname: '' })).toBe('0:42');
  });

  it.each([
    [utf8('yes'), { how: 'text', text: 'yes' }],
    [utf8('system_u:object_r:etc_t:s0\0'), { how: 'text', text: 'system_u:object_r:etc_t:s0' }],
    [new Uint8Array(0), { how: 'text', text: '' }],
    [Uint8Array.of(1, 0, 0, 2), { how: 'hex', text: '01000002' }],
    [utf8('a\u202eb'), { how: 'hex', text: '61e280ae62' }],
    [new Uint8Array(33).fill(0xff), { how: 'base64', text: '/'.repeat(44) }],
  ])('%j is shown as %j', (bytes, shown) => expect(valueText(bytes)).toEqual(shown));
});
