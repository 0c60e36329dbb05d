/** What the tests need beside npm packages: a Chromium, two other engines, a real registry, and the tools that make real images. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './packages.mjs';

/** A command of the tests, the Debian package that has it, and what it is for. */
const TOOLS = [
  { command: 'docker-registry', debian: 'docker-registry', use: 'the registry that the app reads from' },
  { command: 'skopeo', debian: 'skopeo', use: 'copies and converts images' },
  { command: 'umoci', debian: 'umoci', use: 'makes images, and unpacks them for comparison' },
  { command: 'buildah', debian: 'buildah', use: 'saves images to files' },
  { command: 'podman', debian: 'podman', use: 'saves images to files; it runs none here' },
  { command: 'zstd', debian: 'zstd', use: 'layers of zstd frames' },
  { command: 'pigz', debian: 'pigz', use: 'layers of parallel gzip' },
  { command: 'bzip2', debian: 'bzip2', use: 'a layer that no one may read' },
  { command: 'xz', debian: 'xz-utils', use: 'another one' },
  { command: 'openssl', debian: 'openssl', use: 'the certificate of the token registry' },
  { command: 'python3', debian: 'python3', use: 'walks what umoci unpacked, xattrs included' },
  { command: 'tar', debian: 'tar', use: 'the reference for tars' },
  { command: 'readelf', debian: 'binutils', use: 'the reference for programs' },
  { command: 'dpkg-deb', debian: 'dpkg', use: 'Debian packages to look into' },
  { command: 'rpmbuild', debian: 'rpm', use: 'RPM packages, and their database' },
  { command: 'db5.3_load', debian: 'db5.3-util', use: 'the database that RPM had before' },
  { command: 'curl', debian: 'curl', use: 'the native pipeline of the benchmark' },
  { command: 'setcap', debian: 'libcap2-bin', use: 'files with capabilities' },
];

/**
 * The engines beside Chromium, some 110 MB to fetch in all. The window that WebKitWebDriver drives (e2e/engines/webkit-window.py)
 * is a Python script of the system's own Python.
 */
const ENGINES = [
  {
    isThere: () => findFirefox() !== null,
    debian: ['firefox-esr'],
    use: 'firefox-esr or firefox, or FIREFOX naming one: journeys in Firefox',
  },
  {
    isThere: () => findCommand('WebKitWebDriver') !== null && findCommand('Xvfb') !== null && hasWebKitGtk(),
    debian: ['webkit2gtk-driver', 'gir1.2-webkit2-4.1', 'python3-gi', 'xvfb'],
    use: 'WebKitWebDriver, Xvfb, and WebKit2 4.1 for /usr/bin/python3: journeys in WebKit',
  },
];

/** Files that say where a package is, for what has no command. */
const CERTIFICATES = { file: '/etc/ssl/certs', debian: 'ca-certificates' };

/** Installs what is missing with apt-get, or says what to install and ends. */
export function installTools() {
  const missing = TOOLS.filter(({ command }) => findCommand(command) === null);
  const packages = missing.map(({ debian }) => debian);
  if (process.platform === 'linux' && !existsSync(CERTIFICATES.file)) packages.push(CERTIFICATES.debian);
  if (packages.length > 0 && !aptInstall(packages)) {
    console.error('\nThe tests need these programs, and cannot install them here:\n');
    for (const { command, use } of missing) console.error(`  ${command.padEnd(16)} ${use}`);
    console.error('\nInstall them so that they are in PATH, or run the tests on Debian or Ubuntu.');
    process.exit(1);
  }
  if (findChromium() === null) installChromium();
  installEngines();
}

/** By themselves: a system that has no such package still gets the rest. */
function installEngines() {
  for (const { isThere, debian, use } of ENGINES) {
    if (isThere() || (aptInstall(debian) && isThere())) continue;
    console.error(`\nThe tests need what cannot be installed here:\n\n  ${use}\n`);
    console.error(`On Debian: apt-get install ${debian.join(' ')}`);
    process.exit(1);
  }
}

/** Ubuntu's package "firefox" only installs a snap, which a container cannot start: one that was put there is taken. */
export function findFirefox() {
  return process.env['FIREFOX'] || (findCommand('firefox-esr') ?? findCommand('firefox'));
}

function hasWebKitGtk() {
  const script = `import gi; gi.require_version('WebKit2', '4.1'); from gi.repository import WebKit2`;
  return spawnSync('/usr/bin/python3', ['-c', script], { stdio: 'ignore' }).status === 0;
}

/** Where a Chromium is: PLAYWRIGHT_CHROMIUM, Playwright's own, or the system's; null where there is none. */
export function findChromium() {
  const given = process.env['PLAYWRIGHT_CHROMIUM'];
  if (given) return given;
  // By its own process: Playwright is only there once the packages are.
  const script = `process.stdout.write(require('@playwright/test').chromium.executablePath())`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' });
  if (stdout && existsSync(stdout)) return stdout;
  return findCommand('chromium') ?? findCommand('google-chrome');
}

function installChromium() {
  // Ubuntu's package "chromium" only installs a snap, which neither a container nor Playwright can start.
  if (isDebian() && aptInstall(['chromium'])) return;
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
  const { status } = spawnSync(
    npx,
    ['playwright', 'install', ...(hasApt() ? ['--with-deps'] : []), 'chromium'],
    {
      cwd: ROOT,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    },
  );
  if (status === 0 && findChromium() !== null) return;
  console.error('\nThe tests need a Chromium. Install one (Debian: apt-get install chromium; elsewhere:');
  console.error('npx playwright install chromium), or name yours in PLAYWRIGHT_CHROMIUM.');
  process.exit(1);
}

/** True when apt-get installed all of them. */
function aptInstall(packages) {
  if (!hasApt()) return false;
  const root = process.getuid?.() === 0 ? [] : ['sudo'];
  if (root.length > 0 && findCommand('sudo') === null) return false;
  console.log(`Installing ${packages.join(', ')} with apt-get …`);
  const apt = (...args) => {
    const command = [...root, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args];
    return spawnSync(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  };
  // A list that cannot be refreshed may still do.
  apt('update');
  return apt('install', '-y', '--no-install-recommends', ...packages);
}

function hasApt() {
  return process.platform === 'linux' && findCommand('apt-get') !== null;
}

function isDebian() {
  try {
    return /^ID=["']?debian["']?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** The first file of that name in PATH that may be run; sbin too, where setcap is and a user's PATH is not. */
function findCommand(name) {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // The next folder.
    }
  }
  return null;
}
