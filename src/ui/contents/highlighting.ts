/** Languages for the editor, each loaded when a text of it is first shown. */
import { StreamLanguage, type LanguageSupport, type StreamParser } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { unreachable } from '../../base/assert.ts';
import type { Language } from './language.ts';

export async function highlightingOf(language: Language): Promise<Extension> {
  switch (language) {
    case 'json':
      return plain(import('@codemirror/lang-json').then(({ json }) => json()));
    case 'yaml':
      return plain(import('@codemirror/lang-yaml').then(({ yaml }) => yaml()));
    case 'markdown':
      return plain(import('@codemirror/lang-markdown').then(({ markdown }) => markdown()));
    case 'javascript':
      return plain(import('@codemirror/lang-javascript').then(({ javascript }) => javascript({ jsx: true })));
    case 'typescript':
      return plain(
        import('@codemirror/lang-javascript').then(({ javascript }) => javascript({ typescript: true })),
      );
    case 'python':
      return plain(import('@codemirror/lang-python').then(({ python }) => python()));
    case 'xml':
      return plain(import('@codemirror/lang-xml').then(({ xml }) => xml()));
    case 'shell':
      return old((await import('@codemirror/legacy-modes/mode/shell')).shell);
    case 'dockerfile':
      return old((await import('@codemirror/legacy-modes/mode/dockerfile')).dockerFile);
    case 'ini':
      return old((await import('@codemirror/legacy-modes/mode/properties')).properties);
    case 'toml':
      return old((await import('@codemirror/legacy-modes/mode/toml')).toml);
    case 'nginx':
      return old((await import('@codemirror/legacy-modes/mode/nginx')).nginx);
    case 'perl':
      return old((await import('@codemirror/legacy-modes/mode/perl')).perl);
    case 'ruby':
      return old((await import('@codemirror/legacy-modes/mode/ruby')).ruby);
    case 'lua':
      return old((await import('@codemirror/legacy-modes/mode/lua')).lua);
    case 'go':
      return old((await import('@codemirror/legacy-modes/mode/go')).go);
    case 'rust':
      return old((await import('@codemirror/legacy-modes/mode/rust')).rust);
    case 'css':
      return old((await import('@codemirror/legacy-modes/mode/css')).css);
    case 'diff':
      return old((await import('@codemirror/legacy-modes/mode/diff')).diff);
    case 'c':
      return old((await import('@codemirror/legacy-modes/mode/clike')).cpp);
    case 'java':
      return old((await import('@codemirror/legacy-modes/mode/clike')).java);
    case 'sql':
      return old((await import('@codemirror/legacy-modes/mode/sql')).standardSQL);
    case 'powershell':
      return old((await import('@codemirror/legacy-modes/mode/powershell')).powerShell);
    case 'control':
    case 'dpkg-status':
      return old(fields(/^[A-Za-z][\w-]{0,60}(?=:)/));
    case 'apk-installed':
      return old(fields(/^[A-Za-z](?=:)/));
    case 'passwd':
      return old(passwd);
    default:
      return unreachable(language);
  }
}

/** The colours, without what the packages bring for editing. */
async function plain(loading: Promise<LanguageSupport>): Promise<Extension> {
  return (await loading).language;
}

function old<State>(parser: StreamParser<State>): Extension {
  return StreamLanguage.define(parser);
}

/** passwd(5), group(5), shadow(5): fields between colons. */
const passwd: StreamParser<{ field: number }> = {
  startState: () => ({ field: 0 }),
  token(stream, state) {
    if (stream.sol()) state.field = 0;
    if (stream.sol() && stream.peek() === '#') {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.eat(':')) {
      state.field++;
      return 'punctuation';
    }
    stream.eatWhile((char: string) => char !== ':');
    if (state.field === 0) return 'keyword';
    return /^\d+$/.test(stream.current()) ? 'number' : state.field >= 4 ? 'string' : null;
  },
};

/** A name at the beginning of a line, and what it is about (deb822(5), apk's installed database). */
function fields(name: RegExp): StreamParser<null> {
  return {
    startState: () => null,
    copyState: () => null,
    token(stream) {
      if (stream.sol() && stream.match(name)) return 'keyword';
      if (stream.sol() && stream.peek() === '#') {
        stream.skipToEnd();
        return 'comment';
      }
      stream.skipToEnd();
      return null;
    },
  };
}
