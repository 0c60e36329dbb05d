/** The npm packages, as the lock file has them. Runs before any of them is there: nothing but Node here. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..');

/** vite 8 asks for it; older ones fail with a syntax error somewhere deep. */
const OLDEST_NODE = [20, 19];

/** Runs `npm ci` where node_modules is missing or is not what package-lock.json says. */
export function installPackages() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    console.error(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
    process.exit(1);
  }
  const stale = whyStale();
  if (stale === null) return;
  console.log(`Installing the npm packages (${stale}) …`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--no-fund', '--no-audit'], {
    cwd: ROOT,
    stdio: 'inherit',
    // Node refuses to start a .cmd without a shell.
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('npm ci failed; see above.');
    process.exit(1);
  }
}

/**
 * Why node_modules cannot be used, in words, or null. npm keeps what it installed in node_modules/.package-lock.json;
 * optional packages of other systems are rightly not in it.
 */
function whyStale() {
  const wanted = readLock(join(ROOT, 'package-lock.json'));
  const installed = readLock(join(ROOT, 'node_modules/.package-lock.json'));
  if (installed === null) return 'there are none';
  for (const [path, entry] of Object.entries(wanted?.packages ?? {})) {
    if (path === '' || entry.optional || entry.devOptional || entry.peer) continue;
    const there = installed.packages?.[path]?.version;
    if (there !== entry.version) return `${path} is ${there ?? 'missing'}, not ${entry.version}`;
  }
  return null;
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
