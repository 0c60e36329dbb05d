/** The layers above the system: a little web app is copied in, built, and cleaned up after. */
import type { TestEntry } from '../../src/testing/tar-of.ts';
import { LICENCE } from './base.ts';
import { pictureOfStrata } from './picture.ts';

const COPIED = Date.UTC(2025, 4, 12, 9, 40) / 1000;
const BUILT = Date.UTC(2025, 4, 12, 9, 41) / 1000;
const OWNED = Date.UTC(2025, 4, 12, 9, 42) / 1000;

const PAGE = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Bedrock</title>
  <link rel="stylesheet" href="style.css" />
  <h1>Bedrock</h1>
  <p>Every layer of this cliff was once the ground that somebody stood on.</p>
  <img src="strata.png" alt="Layers of rock" width="480" height="320" />
  <script src="app.js" type="module"></script>
</html>
`;

const STYLE = `:root { color-scheme: light dark; --sand: #d9c7a3; --basalt: #2c2f3a; }
body { margin: 2rem auto; max-width: 40rem; font: 1rem/1.5 system-ui, sans-serif; }
h1 { border-bottom: 4px solid var(--sand); }
img { max-width: 100%; height: auto; }
`;

const SCRIPT = `const table = await (await fetch('/data/samples.csv')).text();
const rows = table.trim().split('\\n').slice(1).map((line) => line.split(','));
const deepest = rows.reduce((a, b) => (Number(a[1]) > Number(b[1]) ? a : b));
document.body.append(\`\${rows.length} samples, the deepest at \${deepest[1]} m: \${deepest[2]}\`);
`;

const SERVER = `#!/bin/sh
# Serves public/ with whatever web server is at hand.
set -eu
cd /app/public
exec "\${HTTPD:-busybox}" httpd -f -p "\${PORT:-8080}" -h .
`;

const README = `# Bedrock

A page about rocks, and the sample image of Stratascope: look at how it was put down.

| layer | what happened |
| --- | --- |
| 1 | a small system |
| 2 | a package was installed: a program, its manual, a setuid script, a file with a capability |
| 3 | the app was copied in |
| 4 | it was built: a cache folder was replaced (opaque), the package cache removed (whiteouts) |
| 5 | its data got an owner |
`;

const copy = (path: string, mtime = COPIED) => {
  const name = `app/${path}`;
  return {
    dir: (mode = 0o755): TestEntry => ({ name: `${name}/`, type: 'dir', mode, mtime }),
    file: (content: string | Uint8Array, mode = 0o644): TestEntry => ({ name, content, mode, mtime }),
    link: (linkname: string): TestEntry => ({ name, type: 'symlink', linkname, mtime }),
  };
};

export const COPY: readonly TestEntry[] = [
  { name: 'app/', type: 'dir', mtime: COPIED },
  copy('LICENCE').file(LICENCE),
  copy('README.md').file(README),
  copy('cache').dir(),
  copy('cache/draft-1.html').file('<p>first draft</p>\n'),
  copy('cache/draft-2.html').file('<p>second draft</p>\n'),
  copy('data').dir(),
  copy('data/samples.csv').file(samples()),
  copy('public').dir(),
  copy('public/app.js').file(SCRIPT),
  copy('public/café.html').file('<p>Coffee is on the second terrace.</p>\n'),
  copy('public/index.html').file(PAGE),
  copy('public/strata.png').file(pictureOfStrata(480, 320)),
  copy('public/style.css').file(STYLE),
  copy('server').file(SERVER, 0o755),
  copy('templates').dir(),
  copy('templates/page.html').file('<main>{{content}}</main>\n'),
];

/** Whiteouts and an opaque directory: image-spec v1.1, layer.md. */
export const BUILD: readonly TestEntry[] = [
  { name: 'app/', type: 'dir', mtime: BUILT },
  { name: 'app/.wh.templates', mtime: BUILT },
  copy('cache', BUILT).dir(),
  { name: 'app/cache/.wh..wh..opq', mtime: BUILT },
  copy('cache/index.html', BUILT).file('<p>The page, built.</p>\n'),
  copy('public', BUILT).dir(),
  copy('public/data', BUILT).link('../data'),
  copy('public/index.html', BUILT).file(PAGE.replace('href="style.css"', 'href="style.css?v=1"')),
  { name: 'etc/', type: 'dir', mtime: BUILT },
  { name: 'etc/motd', type: 'symlink', linkname: '../app/README.md', mtime: BUILT },
  { name: 'var/cache/', type: 'dir', mtime: BUILT },
  { name: 'var/cache/.wh.pkg', mtime: BUILT },
  { name: 'var/log/', type: 'dir', mtime: BUILT },
  { name: 'var/log/.wh.pkg.log', mtime: BUILT },
];

const OWNER = { uid: 1000, gid: 1000, uname: 'bedrock', gname: 'bedrock' } as const;

export const OWN: readonly TestEntry[] = [
  { name: 'app/', type: 'dir', mtime: BUILT },
  { ...copy('data', OWNED).dir(0o2770), ...OWNER },
  { ...copy('data/samples.csv').file(samples(), 0o640), ...OWNER },
  { name: 'run/bedrock/', type: 'dir', mtime: OWNED, ...OWNER },
  { name: 'run/bedrock/queue', type: 'fifo', mode: 0o600, mtime: OWNED, ...OWNER },
];

/** A table that is long enough to scroll. */
function samples(): string {
  const rocks = ['sandstone', 'limestone', 'shale', 'marl', 'conglomerate', 'basalt', 'gneiss', 'slate'];
  const lines = ['id,depth,rock,density'];
  let state = 1;
  for (let i = 1; i <= 3000; i++) {
    state = (state * 48271) % 2147483647;
    const depth = ((i * 24.5) / 3000).toFixed(3);
    const rock = rocks[Math.floor((i / 3000) * 7.99 + (state % 100) / 400) % rocks.length];
    lines.push(`${i},${depth},${rock},${(2 + (state % 1000) / 1000).toFixed(3)}`);
  }
  return `${lines.join('\n')}\n`;
}
