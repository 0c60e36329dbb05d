/** The second layer: what a package manager would leave behind, a program of the platform among it. */
import type { TestEntry } from '../../src/testing/tar-of.ts';
import { elfOf } from './elf.ts';
import { BASE_FILES, listOf, PROBE_TOOLS, statusOf, strata } from './packages.ts';

const TIME = Date.UTC(2025, 4, 12, 9, 32) / 1000;

const dir = (name: string, mode = 0o755): TestEntry => ({ name: `${name}/`, type: 'dir', mode, mtime: TIME });
const file = (name: string, content: string | Uint8Array, mode = 0o644): TestEntry => {
  return { name, content, mode, mtime: TIME };
};

/**
 * `struct vfs_cap_data` (linux/capability.h), version 2, little-endian: magic and the effective flag, then permitted
 * and inheritable, low words first. This is `cap_net_raw=ep`.
 */
const CAP_NET_RAW = Uint8Array.from([1, 0, 0, 2, 0, 0x20, 0, 0, ...new Array<number>(12).fill(0)]);

const MANUAL = `.TH STRATA 1 "12 May 2025" "Bedrock 1.4" "User Commands"
.SH NAME
strata, bedrock \\- say what lies below
.SH SYNOPSIS
.B strata
.SH DESCRIPTION
Prints one line about the ground it stands on, and ends.
It needs no shell, no library and no file.
.SH EXIT STATUS
Always 0.
`;

const PROBE = `#!/bin/sh
# Listens to the ground. Raw sockets need cap_net_raw, which this file carries as an extended attribute.
set -eu
host=\${1:?usage: probe HOST}
echo "probing $host"
`;

export function toolsOf(architecture: 'amd64' | 'arm64'): readonly TestEntry[] {
  const program = elfOf(architecture, `Bedrock on ${architecture}: layer upon layer.\n`);
  return [
    dir('etc/profile.d'),
    file('etc/profile.d/strata.sh', 'export STRATA_HOME=/usr/share/strata\n'),
    dir('usr/bin'),
    { ...file('usr/bin/as-root', '#!/bin/sh\nexec "$@"\n', 0o4755), uname: 'root', gname: 'root' },
    file('usr/bin/bedrock', program, 0o755),
    { ...file('usr/bin/probe', PROBE, 0o755), pax: { 'SCHILY.xattr.security.capability': CAP_NET_RAW } },
    { ...file('usr/bin/write-log', '#!/bin/sh\nlogger "$@"\n', 0o2755), gid: 5, gname: 'tty' },
    { name: 'usr/bin/strata', type: 'hardlink', linkname: 'usr/bin/bedrock', mode: 0o755, mtime: TIME },
    dir('usr/share/man'),
    dir('usr/share/man/man1'),
    { name: 'usr/share/man/man1/bedrock.1', type: 'symlink', linkname: 'strata.1', mtime: TIME },
    file('usr/share/man/man1/strata.1', MANUAL),
    dir('usr/share/strata'),
    file('usr/share/strata/Größe.txt', 'Höhe des Aufschlusses: 24,5 m\n'),
    file('usr/share/strata/地層.txt', '地層は下から上へ積み重なる。\n'),
    file('usr/share/strata/architecture', `${architecture}\n`),
    {
      ...file('usr/share/strata/ground.conf', 'depth = 24.5\nunit = "m"\n'),
      pax: { 'SCHILY.xattr.user.origin': 'surveyed by hand', 'SCHILY.xattr.user.checked': '2025-05-12' },
    },
    dir('var/cache/pkg'),
    file('var/cache/pkg/index.db', packageIndex()),
    file('var/cache/pkg/strata-1.4.pkg', 'not needed once installed\n'),
    file('var/lib/dpkg/info/probe-tools.list', listOf(PROBE_TOOLS)),
    file('var/lib/dpkg/info/strata.list', listOf(strata(architecture))),
    file('var/lib/dpkg/status', statusOf([BASE_FILES, PROBE_TOOLS, strata(architecture)])),
    dir('var/lib/pkg'),
    file(
      'var/lib/pkg/status',
      `Package: strata\nStatus: installed\nArchitecture: ${architecture}\nVersion: 1.4-1\n`,
    ),
    dir('var/log'),
    file('var/log/pkg.log', '2025-05-12 09:32:00 install strata 1.4-1\n'),
  ];
}

function packageIndex(): string {
  const lines: string[] = [];
  for (let i = 0; i < 400; i++) {
    const version = `${1 + (i % 4)}.${(i * 7) % 10}-${1 + (i % 3)}`;
    lines.push(`Package: stone-${String(i).padStart(3, '0')}\nVersion: ${version}\nSize: ${1024 + i * 37}\n`);
  }
  return lines.join('\n');
}
