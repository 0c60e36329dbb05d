/** What the sample's package manager writes down: in the form of dpkg's database, which other tools read too. */

interface SamplePackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly summary: string;
  /** From the root, files only. */
  readonly files: readonly string[];
}

export const BASE_FILES: SamplePackage = {
  name: 'base-files',
  version: '1.4',
  architecture: 'all',
  summary: 'The ground that all else stands on',
  files: [
    ...['group', 'hosts', 'nsswitch.conf', 'os-release', 'passwd', 'profile', 'shadow'].map(
      (it) => `etc/${it}`,
    ),
    'usr/bin/greet',
    'usr/lib/os-release',
    'usr/sbin/nologin',
    'usr/share/licences/bedrock.txt',
  ],
};

export const strata = (architecture: string): SamplePackage => ({
  name: 'strata',
  version: '1.4-1',
  architecture,
  summary: 'Say what lies below',
  files: [
    'etc/profile.d/strata.sh',
    'usr/bin/bedrock',
    'usr/bin/strata',
    'usr/share/man/man1/bedrock.1',
    'usr/share/man/man1/strata.1',
    ...['Größe.txt', '地層.txt', 'architecture', 'ground.conf'].map((it) => `usr/share/strata/${it}`),
  ],
});

export const PROBE_TOOLS: SamplePackage = {
  name: 'probe-tools',
  version: '0.9.2-3',
  architecture: 'all',
  summary: 'Listen to the ground',
  files: ['usr/bin/as-root', 'usr/bin/probe', 'usr/bin/write-log', 'usr/share/doc/probe-tools/changelog.gz'],
};

export function statusOf(packages: readonly SamplePackage[]): string {
  return packages
    .map(
      ({ name, version, architecture, summary }) => `Package: ${name}
Status: install ok installed
Maintainer: The authors of Stratascope
Architecture: ${architecture}
Version: ${version}
Description: ${summary}
`,
    )
    .join('\n');
}

/** Each path after the folders on the way to it. */
export function listOf({ files }: SamplePackage): string {
  const lines = ['/.'];
  for (const file of files) {
    const parts = file.split('/');
    for (let i = 1; i <= parts.length; i++) lines.push(`/${parts.slice(0, i).join('/')}`);
  }
  return `${[...new Set(lines)].join('\n')}\n`;
}
