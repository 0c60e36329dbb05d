import { expect, it } from 'vitest';
import { capabilityWords } from './capability-words.ts';

/** 32-bit numbers, little-endian. */
const value = (...words: number[]) => new Uint8Array(Uint32Array.from(words).buffer);

it.each([
  [value(0x0200_0001, 1 << 13, 0, 0, 0), 'Whoever runs it gets cap_net_raw, at once.'],
  [
    value(0x0200_0000, (1 << 12) | (1 << 13) | 1, 0, 0, 0),
    'Whoever runs it gets cap_chown, cap_net_admin and cap_net_raw, when it asks for it.',
  ],
  [
    value(0x0300_0001, 0, 1 << 7, 0, 0, 1000),
    'It keeps cap_setuid where its caller passes it on. Only in a user namespace whose root is user 1000.',
  ],
  [value(0x0200_0000, 0, 0, 0, 0), 'It grants nothing.'],
  [value(0x0900_0000, 0, 0, 0, 0), null],
  [new Uint8Array(3), null],
])('%j', (bytes, words) => expect(capabilityWords(bytes)).toBe(words));
