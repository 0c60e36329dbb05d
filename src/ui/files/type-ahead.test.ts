import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../../base/bytes.ts';
import { findTyped, TypeAhead } from './type-ahead.ts';

const NAMES = ['bin', 'boot', 'dev', 'etc', 'Ärger', 'etcetera', 'home'];
const pieces = NAMES.map(utf8);
const starts = pieces.map((_, i) => pieces.slice(0, i).reduce((sum, piece) => sum + piece.length, 0));
const tree = {
  names: concat(pieces),
  nameStart: Uint32Array.from(starts),
  nameLength: Uint32Array.from(pieces, (piece) => piece.length),
};
const rows = { count: NAMES.length, node: (row: number) => row };
const find = (from: string, typed: string) => NAMES[findTyped(tree, rows, NAMES.indexOf(from), typed)];

describe('typing ahead', () => {
  it.each([
    ['bin', 'b', 'boot'],
    ['boot', 'b', 'bin'],
    ['boot', 'bo', 'boot'],
    ['bin', 'BO', 'boot'],
    ['bin', 'e', 'etc'],
    ['etc', 'etce', 'etcetera'],
    ['etc', 'ee', 'etcetera'],
    ['home', 'Ä', 'Ärger'],
    ['bin', 'x', undefined],
  ])('from %s, %s leads to %s', (from, typed, to) => expect(find(from, typed)).toBe(to));

  it('begins anew after a pause', () => {
    const typing = new TypeAhead();
    expect([typing.type('e', 0), typing.type('t', 700), typing.type('c', 1400)]).toEqual(['e', 'et', 'etc']);
    expect([typing.isTyping(2200), typing.isTyping(2201)]).toEqual([true, false]);
    expect(typing.type('b', 2201)).toBe('b');
  });

  it.each(['ArrowDown', 'ArrowRight', 'Home', 'Enter', 'Escape', 'Tab', 'Backspace'])(
    'begins anew after another key: %s',
    (key) => {
      const typing = new TypeAhead();
      typing.type('e', 0);
      typing.interrupt(key);
      expect(typing.isTyping(1)).toBe(false);
      expect(typing.type('t', 1)).toBe('t');
    },
  );

  it.each(['Shift', 'AltGraph', 'CapsLock', 'Dead'])('goes on after what only makes a letter: %s', (key) => {
    const typing = new TypeAhead();
    typing.type('e', 0);
    typing.interrupt(key);
    expect(typing.type('T', 1)).toBe('eT');
  });

  it('finds nothing in nothing', () => {
    expect(findTyped(tree, { count: 0, node: () => 0 }, -1, 'a')).toBe(-1);
  });
});
