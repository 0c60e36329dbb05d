import { describe, expect, it } from 'vitest';
import { isSafe, safeParts, safeText } from './safe-text.ts';

/** Marks in angle brackets. */
const draw = (text: string) =>
  safeParts(text)
    .map((part) => (part.marked ? `‹${part.text}›` : part.text))
    .join('');

describe('safe text', () => {
  it.each([
    ['plain.txt', 'plain.txt'],
    ['', ''],
    ['naïve-файл-文件.txt', 'naïve-файл-文件.txt'],
    ['👩🏽 smile 🎉', '👩🏽 smile 🎉'],
    ['two\nlines\ttab', 'two‹\\n›lines‹\\t›tab'],
    ['\x1b[31mred', '‹\\e›[31mred'],
    ['photo\u202egpj.exe', 'photo‹\\u{202e}›gpj.exe'],
    ['\u2066a\u2069', '‹\\u{2066}›a‹\\u{2069}›'],
    ['in\u200bvisible', 'in‹\\u{200b}›visible'],
    ['\ufeffbom', '‹\\u{feff}›bom'],
    ['bad\ufffdbytes', 'bad‹\ufffd›bytes'],
    ['half \ud800 pair', 'half ‹\\u{d800}› pair'],
    ['tag \u{e0041}', 'tag ‹\\u{e0041}›'],
    ['\x9bcsi', '‹\\u{9b}›csi'],
  ])('%j is drawn as %s', (text, drawn) => {
    expect(draw(text)).toBe(drawn);
  });

  it('leaves nothing to draw that is invisible or turns the text', () => {
    for (let code = 0; code <= 0xffff; code++) {
      const drawn = safeText(`a${String.fromCharCode(code)}b`);
      expect(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u.test(drawn), code.toString(16)).toBe(
        false,
      );
    }
  });

  it('says the same in parts and in one text', () => {
    for (const text of ['a\0b', 'plain', '\u202e', '']) {
      expect(
        safeParts(text)
          .map((part) => part.text)
          .join(''),
      ).toBe(safeText(text));
      expect(isSafe(text)).toBe(safeParts(text).every((part) => !part.marked));
    }
  });
});
