/**
 * What a build of this app may not have: WebAssembly, inline scripts, eval, a lax policy, a heavy first load, anything of the
 * gateway, a service worker that keeps anything but the app.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT } from './packages.mjs';

/** JavaScript and CSS of the first load, gzipped, in bytes: 100 kB. */
const FIRST_LOAD_LIMIT = 100_000;
/** "\0asm", how every WebAssembly module begins (core specification, 5.5.16). */
const WASM_MAGIC = Buffer.from('\0asm', 'latin1');

const DIST = join(ROOT, 'dist');
const faults = [];

const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(DIST, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));

for (const file of files) {
  const bytes = readFileSync(join(DIST, file));
  if (file.endsWith('.wasm') || bytes.includes(WASM_MAGIC)) faults.push(`${file} is or holds WebAssembly`);
  if (!/\.(m?js|html)$/.test(file)) continue;
  const text = bytes.toString('utf8');
  // The word alone may be a name for people; base64 of the magic begins "AGFzb", wherever a literal starts.
  if (/\bWebAssembly\s*(?:\??\.|\[|\))|["'`]WebAssembly["'`]|["'`,]AGFzb/.test(text)) {
    faults.push(`${file} uses WebAssembly`);
  }
  if (/(?<![\w$.])eval\s*\(|\bnew\s+Function\s*\(|(?<![\w$.])Function\s*\(\s*["'`]/.test(text)) {
    faults.push(`${file} makes code from text (eval or Function), which a Content-Security-Policy refuses`);
  }
  // What serves the page on a person's machine reaches what no page should: none of it is for the web.
  if (/sec-fetch-site|["'`]node:(?:https?|dns|net|stream)\b/.test(text))
    faults.push(`${file} has something of the gateway`);
}

const html = readFileSync(join(DIST, 'index.html'), 'utf8');
for (const [tag] of html.matchAll(/<script\b[^>]*>/gi)) {
  if (!/\bsrc\s*=/i.test(tag)) faults.push('index.html has an inline script');
}
if (/\son[a-z]+\s*=\s*["']/i.test(html)) faults.push('index.html has an inline event handler');

// Apostrophes are escaped in attributes.
const policy = /<meta\b[^>]*http-equiv="Content-Security-Policy"[^>]*content="([^"]*)"/.exec(html);
if (policy === null) faults.push('index.html has no Content-Security-Policy');
else {
  // It holds for what comes after it only.
  if (/<(?:script|link|style)\b/i.test(html.slice(0, policy.index)))
    faults.push('something is loaded before the Content-Security-Policy');
  const text = policy[1].replaceAll('&#39;', "'");
  if (!/(?:^|; )default-src 'none'(?:;|$)/.test(text)) faults.push('the policy allows by default');
  if (/unsafe-|script-src(?! 'self'(?:;|$))/.test(text)) faults.push('the policy allows code of others');
}

if (/stratascope-gateway/.test(html)) faults.push('index.html says that there is a gateway');

const precached = checkServiceWorker();

const first = firstLoad();
let total = 0;
console.log('first load, gzipped:');
for (const file of first) {
  const size = gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length;
  total += size;
  console.log(`${String(size).padStart(9)} B  ${file}`);
}
console.log(`${String(total).padStart(9)} B  of at most ${FIRST_LOAD_LIMIT}`);
if (first.length === 0) faults.push('index.html loads no script at all');
if (total > FIRST_LOAD_LIMIT) faults.push(`the first load is ${total} bytes, over ${FIRST_LOAD_LIMIT}`);

const later = files.filter((file) => /\.(js|css)$/.test(file) && !first.includes(file));
if (later.length > 0) console.log('later:');
for (const file of later) {
  const size = gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length;
  console.log(`${String(size).padStart(9)} B  ${file}`);
}

if (faults.length > 0) {
  for (const fault of new Set(faults)) console.error(`fault: ${fault}`);
  process.exit(1);
}
console.log(
  `no WebAssembly, no inline script, no code from text; ${precached} files of the app work offline`,
);

/** The number of files that it keeps. Workbox writes its list as `{url:"…",revision:"…"}`. */
function checkServiceWorker() {
  if (!files.includes('service-worker.js')) {
    faults.push('there is no service worker: the app does not start offline');
    return 0;
  }
  const text = readFileSync(join(DIST, 'service-worker.js'), 'utf8');
  const urls = [...text.matchAll(/\{url:"([^"]*)",revision:(?:null|"[^"]*")\}/g)].map(([, url]) => url);
  for (const url of urls) {
    if (/^\/|:|(?:^|\/)\.\.(?:\/|$)/.test(url))
      faults.push(`the service worker keeps ${url}, which is not beside it`);
    else if (!files.includes(url))
      faults.push(`the service worker keeps ${url}, which is not there: it would not install`);
    if (url.startsWith('sample/'))
      faults.push(`the service worker keeps ${url}: content of images is kept elsewhere`);
  }
  // What few documents want comes when they do (vite.config.ts).
  const wanted = files.filter((file) => file === 'index.html' || /^assets\/[^/]*\.(js|css)$/.test(file));
  for (const file of wanted)
    if (!urls.includes(file)) faults.push(`the service worker does not keep ${file}`);
  if (/\bimportScripts\s*\(/.test(text)) faults.push('the service worker loads other scripts');
  // What is asked of registries is none of its business. The one address in it is Workbox's advice in a warning.
  if (/https?:\/\/(?!bit\.ly\/wb-)/.test(text)) faults.push('the service worker has an address of elsewhere');
  // Once, in answer to the page that was told to.
  if ([...text.matchAll(/\bskipWaiting\s*\(/g)].length !== 1 || !/"SKIP_WAITING"/.test(text))
    faults.push('the service worker does not wait to be told that it may take over');
  return urls.length;
}

/** What index.html names (scripts, preloads, styles), and all that those import statically, styles too. */
function firstLoad() {
  const found = new Set();
  const queue = [...html.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)\s*=\s*"([^"]+\.(?:js|css))"/gi)].map(
    ([, path]) => posix.normalize(path),
  );
  while (queue.length > 0) {
    const file = queue.pop();
    if (found.has(file)) continue;
    found.add(file);
    const text = readFileSync(join(DIST, file), 'utf8');
    const imports = file.endsWith('.css')
      ? text.matchAll(/@import\s*(?:url\()?["']([^"']+)["']/g)
      : text.matchAll(/(?:^|[;}\n])\s*(?:import|export)(?:[^"'`;()]*\bfrom)?\s*["'](\.[^"']+)["']/g);
    for (const [, path] of imports) queue.push(posix.join(dirname(file), path));
  }
  return [...found].sort();
}
