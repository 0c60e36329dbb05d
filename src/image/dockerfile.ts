/**
 * The history as a readable Dockerfile. `created_by` is free text: what each builder writes there is known from its
 * output only (the classic builder and buildah, BuildKit, kaniko); what none of them wrote becomes a comment.
 */
import type { HistoryStep } from './history.ts';
import { shellLines } from './shell-lines.ts';

export interface DockerfileStep {
  /** `RUN`, `COPY` … ; null for what is no instruction. */
  readonly instruction: string | null;
  /** The whole step in one piece, with its instruction, unbroken and unshortened. */
  readonly text: string;
  /** To be shown below each other; empty where the history says nothing. */
  readonly lines: readonly string[];
  /** Build arguments in effect, `NAME=value`. They are in `lines` too, as comments. */
  readonly args: readonly string[];
  readonly layer: number | null;
  /** The history's own comment, but for the one that BuildKit puts everywhere. */
  readonly comment: string;
  readonly created: string;
}

const INSTRUCTIONS: ReadonlySet<string> = new Set([
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
]);

/** What RUN takes where no SHELL says otherwise, on Linux and on Windows. */
const DEFAULT_SHELLS = ['/bin/sh -c', 'cmd /S /C'];
const BUILDKIT_COMMENT = 'buildkit.dockerfile.v0';
/** UTF-16 units. Lists in Go's notation that are longer are left as they stand. */
const MAX_LIST = 64 * 1024;

/** One step of the Dockerfile for each step of the history, in its order. */
export function dockerfileOf(history: readonly HistoryStep[]): readonly DockerfileStep[] {
  let shells: readonly string[] = DEFAULT_SHELLS;
  return history.map((step) => {
    const comment = step.comment === BUILDKIT_COMMENT ? '' : step.comment;
    const read = readCommand(step.createdBy, shells);
    const common = { layer: step.layer, comment, created: step.created };
    if (read === null) {
      const text = step.createdBy.trim();
      return { ...common, instruction: null, text, lines: commentLines([text, comment]), args: [] };
    }
    const { instruction, args } = read;
    if (instruction === 'SHELL') shells = [wordsOf(read.rest).join(' '), ...DEFAULT_SHELLS];
    const lines = [...args.map((arg) => `# ARG ${oneLine(arg)}`), ...linesOf(instruction, read.rest)];
    return { ...common, instruction, text: `${instruction} ${read.rest}`.trimEnd(), lines, args };
  });
}

interface Command {
  readonly instruction: string;
  readonly rest: string;
  readonly args: readonly string[];
}

/** Null where no builder of Dockerfiles wrote it. */
function readCommand(createdBy: string, shells: readonly string[]): Command | null {
  const text = createdBy.replace(/[ \t]{0,8}# buildkit$/, '').trim();
  // The classic builder and buildah: a shell that does nothing, with the instruction as its comment.
  const nop = /^[^\n#]{0,512}#\(nop\)[ \t]*/.exec(text);
  const plain = nop === null ? text : text.slice(nop[0].length);
  const word = /^[A-Z]+(?=\s|$)/.exec(plain.slice(0, 16))?.[0] ?? '';
  if (INSTRUCTIONS.has(word)) {
    const rest = plain.slice(word.length).trim();
    return word === 'RUN' ? readRun(rest, shells) : { instruction: word, rest, args: [] };
  }
  // The classic builder's RUN is the command with its shell, and nothing else that would tell it.
  if (text.startsWith('|') || shells.some((shell) => text.startsWith(`${shell} `)))
    return readRun(text, shells);
  return null;
}

/** `|2 A=1 B=2 /bin/sh -c command`, with or without the arguments, and after the flags of RUN. */
function readRun(text: string, shells: readonly string[]): Command {
  const flags = /^(?:--[a-z]+(?:=\S*)? +)*/.exec(text)![0];
  let rest = text.slice(flags.length);
  let args: readonly string[] = [];
  const count = /^\|(\d{1,4}) /.exec(rest);
  if (count !== null) {
    const after = rest.slice(count[0].length);
    const starts = shells.map((shell) => after.indexOf(`${shell} `)).filter((at) => at >= 0);
    const end = starts.length === 0 ? -1 : Math.min(...starts);
    if (end >= 0) {
      args = splitArguments(after.slice(0, end).trim(), Number(count[1]));
      rest = after.slice(end);
    }
  }
  const shell = shells.find((it) => rest.startsWith(`${it} `));
  return {
    instruction: 'RUN',
    rest: flags + (shell === undefined ? rest : rest.slice(shell.length + 1)).trim(),
    args,
  };
}

/** Values may hold blanks: where it does not come to `count` arguments, they stay in one piece. */
function splitArguments(text: string, count: number): readonly string[] {
  const args = text.split(/ (?=[A-Za-z_]\w{0,255}=)/);
  if (text === '') return [];
  return args.length === count ? args : [text];
}

function linesOf(instruction: string, rest: string): readonly string[] {
  switch (instruction) {
    case 'RUN':
      return shellLines('RUN', rest);
    case 'ADD':
    case 'COPY':
      return textLines(`${instruction} ${withoutDigest(rest)}`);
    case 'CMD':
    case 'ENTRYPOINT':
      return textLines(`${instruction} ${/^\[\s*"/.test(rest) ? jsonList(quotedOf(rest), rest) : rest}`);
    case 'SHELL':
      return [`SHELL ${jsonList(wordsOf(rest), rest)}`];
    case 'EXPOSE':
    case 'VOLUME':
      return textLines(`${instruction} ${itemsOf(rest).join(' ')}`);
    case 'HEALTHCHECK':
      return textLines(`HEALTHCHECK ${healthcheck(rest)}`);
    default:
      return textLines(`${instruction} ${rest}`);
  }
}

/** `file:75f3… in /` of the classic builder: the digest is one of its own cache, and says nothing to anyone. */
function withoutDigest(rest: string): string {
  return rest.replace(/^((?:--[a-z]+=\S* )*)((?:file|dir|multi):[0-9a-f]{12})[0-9a-f]{20,} in /, '$1$2… ');
}

/** Go's `%q` of a list: `["a" "b"]`; also the JSON of newer builders. Null for anything else. */
function quotedOf(rest: string): readonly string[] | null {
  if (rest.length > MAX_LIST || !rest.startsWith('[') || !rest.endsWith(']')) return null;
  const item = /[\s,]*("(?:[^"\\]|\\.)*")/gy;
  const inner = rest.slice(1, -1).trimEnd();
  const items: string[] = [];
  // Sticky: the first that is none ends it, so that a list without an end is read once and not from every quote.
  for (let end = 0; end < inner.length; end = item.lastIndex) {
    const match = item.exec(inner);
    if (match === null) return null;
    items.push(match[1]!);
  }
  return items;
}

/** Go's `%v` of a list has no quotes: `[/bin/bash -o pipefail -c]`. */
function wordsOf(rest: string): readonly string[] {
  const quoted = quotedOf(rest);
  if (quoted !== null) return quoted.map((item) => item.slice(1, -1));
  return rest
    .replace(/^\[|\]$/g, '')
    .split(/\s+/)
    .filter(Boolean);
}

function jsonList(items: readonly string[] | null, otherwise: string): string {
  if (items === null) return otherwise;
  return `[${items.map((item) => (item.startsWith('"') ? item : JSON.stringify(item))).join(', ')}]`;
}

/** `map[80/tcp:{} 443/tcp:{}]` and `[/data]` are Go's `%v` of a set and of a list. */
function itemsOf(rest: string): readonly string[] {
  const map = /^map\[(.*)\]$/s.exec(rest);
  if (map !== null) return map[1]!.split(/\s+/).map((item) => item.replace(/:\{\}$/, ''));
  if (/^\[[^"]*\]$/.test(rest)) return wordsOf(rest);
  return [rest];
}

/** `&{["CMD-SHELL" "curl -f localhost"] "30s" "3s" "0s" "0s" '\x03'}` is Go's `%q` of the struct; durations of 0 are not set. */
function healthcheck(rest: string): string {
  // No rune is longer than `\U0010ffff`; to look for its end as far as the text goes would be quadratic.
  const match =
    rest.length > MAX_LIST ? null : /^&\{(\[.*\]) ((?:"[0-9a-zµ.]+" ?)+)(?:'(.{1,10})'|(\d+))\}$/s.exec(rest);
  const test = match === null ? null : quotedOf(match[1]!);
  if (match === null || test === null) return rest;
  const durations = match[2]!.match(/[0-9a-zµ.]+/g) ?? [];
  const names = ['interval', 'timeout', 'start-period', 'start-interval'];
  const flags = durations.flatMap((value, i) =>
    value === '0s' || !names[i] ? [] : [`--${names[i]}=${value}`],
  );
  const retries = match[4] === undefined ? runeOf(match[3]!) : Number(match[4]);
  if (retries > 0) flags.push(`--retries=${retries}`);
  const [kind, ...command] = test;
  if (kind === '"NONE"') return 'NONE';
  const isShell = kind === '"CMD-SHELL"' && command.length === 1;
  const run = isShell ? unquoted(command[0]!) : jsonList(command, '');
  return [...flags, 'CMD', run].join(' ');
}

/** A number that `%q` took for a character: `'\x03'`, `'\n'`, `'\u00e8'`, `'A'`. */
function runeOf(text: string): number {
  const hex = /^\\[xuU]([0-9a-fA-F]{1,8})$/.exec(text)?.[1];
  if (hex !== undefined) return parseInt(hex, 16);
  const control = ['\\a', '\\b', '\\t', '\\n', '\\v', '\\f', '\\r'].indexOf(text);
  return control >= 0 ? control + 7 : (text.codePointAt(0) ?? 0);
}

/** Go's quoted text, where JSON reads it the same; else as it stands. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ');

function textLines(text: string): readonly string[] {
  return text.trimEnd().split('\n');
}

function commentLines(texts: readonly string[]): readonly string[] {
  const lines = texts.flatMap((text) => text.split('\n')).map((line) => line.trim());
  return lines.filter(Boolean).map((line) => (line.startsWith('#') ? line : `# ${line}`));
}
