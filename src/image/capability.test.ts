import { describe, expect, it } from 'vitest';
import { fromBase64 } from '../base/bytes.ts';
import { capabilityText, decodeCapabilities } from './capability.ts';

const bytes = (...words: number[]) => {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, i) => view.setUint32(i * 4, word, true));
  return new Uint8Array(view.buffer);
};

describe('file capabilities', () => {
  it.each([
    // ping of iputils, as Fedora and CentOS ship it in their base images.
    ['AQAAAgAgAAAAAAAAAAAAAAAAAAA=', 'cap_net_raw+ep'],
    // newuidmap of Debian's uidmap.
    ['AQAAAoAAAAAAAAAAAAAAAAAAAAA=', 'cap_setuid+ep'],
  ])('%s is %s', (value, text) => {
    expect(capabilityText(fromBase64(value)!)).toBe(text);
  });

  it('reads all three revisions', () => {
    expect(capabilityText(bytes(0x01000001, 1 << 13, 0))).toBe('cap_net_raw+ep');
    expect(capabilityText(bytes(0x02000000, (1 << 10) | (1 << 13), 1 << 10, 0, 0))).toBe(
      'cap_net_bind_service+ip cap_net_raw+p',
    );
    expect(capabilityText(bytes(0x02000001, 0, 0, 1 << 7, 0))).toBe('cap_bpf+ep');
    expect(capabilityText(bytes(0x03000001, 1 << 21, 0, 0, 0, 100000))).toBe(
      'cap_sys_admin+ep [rootid=100000]',
    );
    expect(capabilityText(bytes(0x02000000, 0, 0, 0, 0))).toBe('=');
  });

  it('gives a number to what has no name, and knows the highest bit', () => {
    expect(capabilityText(bytes(0x02000001, 0x80000000, 0, 0x80000000 | (1 << 9), 0))).toBe(
      'cap_setfcap,41,63+ep',
    );
    expect(decodeCapabilities(bytes(0x02000000, 0, 0, 0, 0x80000000))?.inheritable).toEqual([63]);
  });

  it('reads a value that stands inside other bytes', () => {
    const held = new Uint8Array(40);
    held.set(bytes(0x02000001, 1 << 13, 0, 0, 0), 7);
    expect(capabilityText(held.subarray(7, 27))).toBe('cap_net_raw+ep');
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['half a number', new Uint8Array(11)],
    ['no revision', bytes(1, 0, 0)],
    ['a revision to come', bytes(0x04000001, 0, 0, 0, 0, 0)],
    ['revision 1 too long', bytes(0x01000001, 0, 0, 0, 0)],
    ['revision 2 too short', bytes(0x02000001, 0, 0)],
    ['revision 3 without its user', bytes(0x03000001, 0, 0, 0, 0)],
    ['a byte too many', Uint8Array.of(...bytes(0x02000001, 0, 0, 0, 0), 0)],
  ])('does not read %s', (_, value) => {
    expect(capabilityText(value)).toBeNull();
  });
});
