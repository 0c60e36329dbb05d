/**
 * A JSON document laid out for reading, from its own text: numbers keep their digits, names that come twice stay twice.
 * The text is a document that was parsed before, so only the layout is decided here; nothing fails.
 */

export interface JsonPart {
  readonly kind: 'name' | 'string' | 'number' | 'word' | 'mark';
  /** As in the document, quotes and escapes and all. */
  readonly text: string;
}

export interface JsonLine {
  readonly depth: number;
  readonly parts: readonly JsonPart[];
}

/** Whitespace, a string, a run of a number or word, or a single mark. Linear: no alternative overlaps another. */
const TOKEN = /[ \t\r\n]+|"(?:[^"\\]|\\[^])*"?|[^\s{}[\],:"]+|[^]/g;

export function jsonLines(text: string): JsonLine[] {
  const lines: JsonLine[] = [];
  let parts: JsonPart[] = [];
  let depth = 0;
  let lineDepth = 0;
  const end = () => {
    if (parts.length > 0) lines.push({ depth: lineDepth, parts });
    parts = [];
    lineDepth = depth;
  };
  const tokens = text.match(TOKEN)?.filter((token) => token.trim() !== '') ?? [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const next = tokens[i + 1];
    if (token === '{' || token === '[') {
      if (next === (token === '{' ? '}' : ']')) {
        parts.push({ kind: 'mark', text: token + next });
        i++;
      } else {
        parts.push({ kind: 'mark', text: token });
        depth++;
        end();
      }
    } else if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      end();
      parts.push({ kind: 'mark', text: token });
    } else if (token === ',') {
      parts.push({ kind: 'mark', text: ',' });
      end();
    } else if (token === ':') {
      parts.push({ kind: 'mark', text: ': ' });
    } else {
      parts.push({ kind: kindOf(token, next), text: token });
    }
  }
  end();
  return lines;
}

function kindOf(token: string, next: string | undefined): JsonPart['kind'] {
  if (token.startsWith('"')) return next === ':' ? 'name' : 'string';
  return /^[-\d]/.test(token) ? 'number' : 'word';
}
