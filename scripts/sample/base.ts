/** The first layer: the root of a small system. */
import type { TestEntry } from '../../src/testing/tar-of.ts';
import { BASE_FILES, listOf, statusOf } from './packages.ts';

export const TIME = Date.UTC(2025, 4, 12, 9, 30) / 1000;

const dir = (name: string, mode = 0o755): TestEntry => ({ name: `${name}/`, type: 'dir', mode, mtime: TIME });
const file = (name: string, content: string, mode = 0o644): TestEntry => ({
  name,
  content,
  mode,
  mtime: TIME,
});
const link = (name: string, linkname: string): TestEntry => ({
  name,
  type: 'symlink',
  linkname,
  mtime: TIME,
});

export const LICENCE = `Bedrock, the sample image of Stratascope

To the extent possible under law, the authors have waived all copyright and related rights to the files of this
image. You may copy, change and share them, for any purpose, without asking. They come without any warranty.

Details: https://creativecommons.org/publicdomain/zero/1.0/
`;

export const BASE: readonly TestEntry[] = [
  link('bin', 'usr/bin'),
  dir('dev'),
  dir('etc'),
  file('etc/group', 'root:x:0:\ntty:x:5:\nusers:x:100:\nbedrock:x:1000:\nnogroup:x:65534:\n'),
  file('etc/hostname', 'bedrock\n'),
  file('etc/hosts', '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n'),
  file('etc/motd', 'Welcome to Bedrock.\n\nEverything here was put down layer by layer.\n'),
  link('etc/mtab', '/proc/self/mounts'),
  file('etc/nsswitch.conf', 'passwd: files\ngroup:  files\nhosts:  files dns\n'),
  file(
    'etc/os-release',
    'NAME="Bedrock"\nID=bedrock\nVERSION_ID="1.4"\nPRETTY_NAME="Bedrock 1.4 (Sandstone)"\nANSI_COLOR="0;33"\n',
  ),
  file(
    'etc/passwd',
    'root:x:0:0:root:/root:/bin/sh\nbedrock:x:1000:1000:Bedrock:/app:/bin/sh\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n',
  ),
  dir('etc/pkg'),
  file('etc/pkg/sources.list', '# Where packages come from\nhttps://packages.bedrock.example/1.4 main\n'),
  dir('etc/profile.d'),
  file(
    'etc/profile',
    'export PATH=/usr/sbin:/usr/bin\nfor file in /etc/profile.d/*.sh; do . "$file"; done\n',
  ),
  {
    ...file('etc/shadow', 'root:*:20220:0:99999:7:::\nbedrock:!:20220:0:99999:7:::\n', 0o640),
    gid: 42,
    gname: 'shadow',
  },
  dir('home'),
  dir('proc', 0o555),
  dir('root', 0o700),
  file('root/.profile', "umask 077\nalias ll='ls -l'\n"),
  dir('run'),
  link('sbin', 'usr/sbin'),
  dir('sys', 0o555),
  dir('tmp', 0o1777),
  dir('usr'),
  dir('usr/bin'),
  file(
    'usr/bin/greet',
    '#!/bin/sh\n# Says hello, and where.\nprintf "Hello from %s\\n" "$(cat /etc/hostname)"\n',
    0o755,
  ),
  dir('usr/lib'),
  link('usr/lib/os-release', '../../etc/os-release'),
  dir('usr/sbin'),
  file('usr/sbin/nologin', '#!/bin/sh\necho "This account is not available." >&2\nexit 1\n', 0o755),
  dir('usr/share'),
  dir('usr/share/licences'),
  file('usr/share/licences/bedrock.txt', LICENCE),
  dir('var'),
  dir('var/cache'),
  dir('var/lib'),
  dir('var/lib/dpkg'),
  dir('var/lib/dpkg/info'),
  file('var/lib/dpkg/info/base-files.list', listOf(BASE_FILES)),
  file('var/lib/dpkg/status', statusOf([BASE_FILES])),
  dir('var/log'),
  dir('var/tmp', 0o1777),
];
