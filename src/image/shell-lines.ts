/** A shell command of a Dockerfile, broken into lines as a person would have written it. */

/** Columns. A command that fits stays on one line. */
const WIDTH = 80;
/** Columns of a tab, and of what continues the first line. */
const INDENT = 4;
const MAX_INDENT = 40;

/**
 * The lines of `RUN command`; all but the last end in a backslash. Builders take the line breaks out of a command and
 * leave the indentation, so a tab or two blanks in it stand where a line began; ` && ` begins one too. Nothing is
 * broken within quotes. A command with line breaks of its own came from a here-document and becomes one again.
 */
export function shellLines(prefix: string, command: string): readonly string[] {
  if (command.includes('\n')) return hereDocument(prefix, command);
  const parts = split(command);
  if (parts.length === 1 || prefix.length + 1 + collapsed(parts).length <= WIDTH) {
    return [`${prefix} ${collapsed(parts)}`];
  }
  const flattest = parts.slice(1).reduce((least, { depth }) => Math.min(least, depth), Infinity);
  return parts.map(({ text, depth }, i) => {
    const start = i === 0 ? `${prefix} ` : ' '.repeat(Math.min(INDENT + depth - flattest, MAX_INDENT));
    return `${start}${text}${i === parts.length - 1 ? '' : ' \\'}`;
  });
}

interface Part {
  readonly text: string;
  /** Columns that it was indented by. */
  readonly depth: number;
}

const collapsed = (parts: readonly Part[]) => parts.map(({ text }) => text).join(' ');

function split(command: string): readonly Part[] {
  const parts: Part[] = [];
  let start = 0;
  let depth = 0;
  const cut = (end: number, next: number, nextDepth: number) => {
    const text = command.slice(start, end).trim();
    if (text !== '') {
      parts.push({ text, depth });
      depth = nextDepth;
    }
    start = next;
  };
  for (let i = 0; i < command.length; i++) {
    const char = command[i];
    if (char === '\\') i++;
    else if (char === "'" || char === '"') {
      // Without an end it was an apostrophe, in a comment perhaps.
      const end = endOfQuote(command, i);
      if (end !== null) i = end;
    } else if (char === ' ' || char === '\t') {
      const end = endOfSpace(command, i);
      const space = command.slice(i, end);
      const tabs = space.split('\t').length - 1;
      if (tabs > 0 || space.length > 1) cut(i, end, tabs * INDENT + space.length - tabs);
      else if (command.startsWith('&& ', end)) cut(i, end, depth);
      i = end - 1;
    }
  }
  cut(command.length, command.length, 0);
  return parts.length === 0 ? [{ text: '', depth: 0 }] : parts;
}

function endOfQuote(command: string, open: number): number | null {
  const quote = command[open];
  for (let i = open + 1; i < command.length; i++) {
    if (command[i] === quote) return i;
    if (command[i] === '\\' && quote === '"') i++;
  }
  return null;
}

function endOfSpace(command: string, from: number): number {
  let end = from;
  while (command[end] === ' ' || command[end] === '\t') end++;
  return end;
}

/** Dockerfile reference, "Here-documents": the shell's own is kept; a script that was the whole of it gets one around it. */
function hereDocument(prefix: string, command: string): readonly string[] {
  const lines = command.replace(/\n$/, '').split('\n');
  const own = /<<-?\s?["']?([A-Za-z_]\w{0,63})/.exec(lines[0]!.slice(0, 4096))?.[1];
  if (own !== undefined && lines.slice(1).some((line) => line.trim() === own)) {
    return [`${prefix} ${lines[0]!}`, ...lines.slice(1)];
  }
  let word = 'EOF';
  while (lines.some((line) => line.trim() === word)) word += 'F';
  return [`${prefix} <<${word}`, ...lines, word];
}
