/** Which language a text is in: by its first line and its look, then by its name. */

export type Language =
  | 'apk-installed'
  | 'c'
  | 'control'
  | 'css'
  | 'diff'
  | 'dockerfile'
  | 'dpkg-status'
  | 'go'
  | 'ini'
  | 'java'
  | 'javascript'
  | 'json'
  | 'lua'
  | 'markdown'
  | 'nginx'
  | 'passwd'
  | 'perl'
  | 'powershell'
  | 'python'
  | 'ruby'
  | 'rust'
  | 'shell'
  | 'sql'
  | 'toml'
  | 'typescript'
  | 'xml'
  | 'yaml';

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  'apk-installed': 'apk: installed packages',
  c: 'C',
  control: 'Control file',
  css: 'CSS',
  diff: 'Diff',
  dockerfile: 'Dockerfile',
  'dpkg-status': 'dpkg: installed packages',
  go: 'Go',
  ini: 'INI',
  java: 'Java',
  javascript: 'JavaScript',
  json: 'JSON',
  lua: 'Lua',
  markdown: 'Markdown',
  nginx: 'nginx',
  passwd: 'passwd',
  perl: 'Perl',
  powershell: 'PowerShell',
  python: 'Python',
  ruby: 'Ruby',
  rust: 'Rust',
  shell: 'Shell',
  sql: 'SQL',
  toml: 'TOML',
  typescript: 'TypeScript',
  xml: 'XML or HTML',
  yaml: 'YAML',
};

/** UTF-16 code units of the text that are looked at: every pattern below is bounded by it. */
const LOOK = 4096;

/** What deb-control(5), a jar's manifest and Python's metadata begin with: a field that only they have. */
const CONTROL =
  /^(?:Package|Source|Manifest-Version|Metadata-Version): [^\n]{1,200}\r?\n(?:[A-Z][\w-]{0,40}:|[ \t]|\r?\n)/;
const DPKG_STATUS = /^Status: (?:install|hold|deinstall|purge) \S{1,40} \S{1,40}$/m;

const INTERPRETERS: readonly (readonly [RegExp, Language])[] = [
  [/^(?:ba|da|a|z|k|mk)?sh$/, 'shell'],
  [/^python[\d.]*$/, 'python'],
  [/^perl[\d.]*$/, 'perl'],
  [/^ruby[\d.]*$/, 'ruby'],
  [/^lua[\d.]*$/, 'lua'],
  [/^(?:node|nodejs|deno|bun)$/, 'javascript'],
];

const NAMES: ReadonlyMap<string, Language> = new Map([
  ['dockerfile', 'dockerfile'],
  ['containerfile', 'dockerfile'],
  ['passwd', 'passwd'],
  ['group', 'passwd'],
  ['shadow', 'passwd'],
  ['gshadow', 'passwd'],
  ['passwd-', 'passwd'],
  ['group-', 'passwd'],
  ['shadow-', 'passwd'],
  ['os-release', 'ini'],
  ['.bashrc', 'shell'],
  ['.profile', 'shell'],
  ['.bash_logout', 'shell'],
  ['profile', 'shell'],
  ['bash.bashrc', 'shell'],
  ['apkbuild', 'shell'],
  ['nginx.conf', 'nginx'],
]);

const ENDINGS: ReadonlyMap<string, Language> = new Map(
  Object.entries({
    c: 'c h cc cpp cxx hpp hh',
    css: 'css scss less',
    diff: 'diff patch',
    go: 'go mod',
    ini: 'ini cfg conf cnf properties service socket timer target mount path desktop env repo sources list pc inf',
    java: 'java kt scala',
    javascript: 'js mjs cjs jsx',
    typescript: 'ts mts cts tsx',
    json: 'json map webmanifest jsonl geojson',
    lua: 'lua',
    markdown: 'md markdown',
    perl: 'pl pm',
    powershell: 'ps1 psm1 psd1',
    python: 'py pyi pyw',
    ruby: 'rb gemspec rake',
    rust: 'rs',
    shell: 'sh bash zsh ash postinst preinst postrm prerm config',
    sql: 'sql',
    toml: 'toml',
    xml: 'xml svg xsl xslt xsd html htm xhtml plist pom rng dtd',
    yaml: 'yaml yml',
    dockerfile: 'dockerfile containerfile',
  } satisfies Partial<Record<Language, string>>).flatMap(([language, endings]) =>
    endings.split(' ').map((ending) => [ending, language as Language] as const),
  ),
);

/** `text`: how the file begins. `name`: its base name. Null where nothing tells. */
export function languageOf(text: string, name: string): Language | null {
  const look = text.slice(0, LOOK);
  return byShebang(look) ?? byLook(look) ?? byName(name);
}

/** `#!/bin/sh -e`, `#! /usr/bin/env -S python3 -u` */
function byShebang(look: string): Language | null {
  if (!look.startsWith('#!')) return null;
  const [line = ''] = look.slice(2, 300).split('\n', 1);
  const words = line.trim().split(/\s+/);
  const base = (word: string) => word.slice(word.lastIndexOf('/') + 1);
  let at = 0;
  if (base(words[0] ?? '') === 'env') {
    at = 1;
    while (words[at]?.startsWith('-') || words[at]?.includes('=')) at++;
  }
  const interpreter = base(words[at] ?? '');
  return INTERPRETERS.find(([is]) => is.test(interpreter))?.[1] ?? null;
}

function byLook(look: string): Language | null {
  const start = look.trimStart();
  if (/^<\?xml\s/.test(start) || /^<!doctype\s/i.test(start)) return 'xml';
  if (/^\{\s*(?:"|\}\s*$)/.test(start) || /^\[\s*(?:[{"[]|-?\d+\s*[,\]])/.test(start)) return 'json';
  if (/^(?:[^:\s\n]{1,64}:[^:\n]{0,200}:\d*:\d*:[^\n]{0,400}\n){2}/.test(look)) return 'passwd';
  if (/^(?:diff --git |--- \S+.*\n\+\+\+ )/.test(look)) return 'diff';
  if (/^C:Q1[\w+/]{20,40}=\nP:/.test(look)) return 'apk-installed';
  if (CONTROL.test(look)) return DPKG_STATUS.test(look) ? 'dpkg-status' : 'control';
  if (/^%YAML |^---\n/.test(look)) return 'yaml';
  if (/^\[[\w .:@"/-]{1,80}\][ \t]*\r?\n/m.test(look) && /^[\w.-]{1,80}[ \t]*=/m.test(look)) return 'ini';
  if (
    /^(?:#[^\n]*\n|[ \t]*\n|ARG [^\n]*\n)*FROM \S+/.test(look) &&
    /^(?:RUN|COPY|CMD|ENTRYPOINT|ENV) /m.test(look)
  )
    return 'dockerfile';
  return null;
}

function byName(name: string): Language | null {
  const lower = name.toLowerCase();
  const named = NAMES.get(lower);
  if (named !== undefined) return named;
  if (/^(?:docker|container)file\./.test(lower)) return 'dockerfile';
  const dot = lower.lastIndexOf('.');
  return dot < 0 ? null : (ENDINGS.get(lower.slice(dot + 1)) ?? null);
}
