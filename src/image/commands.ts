/** What other tools are told to show the same: for a terminal, in POSIX shell's words. */
import type { Digest } from '../formats/digest.ts';
import { printReference } from '../formats/reference.ts';
import { platformText, type Platform } from '../formats/platform.ts';
import type { ArchiveForm } from '../sources/archive/archive.ts';
import type { LayoutOrigin, LocalOrigin, Origin, RegistryOrigin } from '../sources/origin.ts';
import { isLoopback } from '../sources/registry/api-host.ts';

export interface ShellCommand {
  /** The tool, by the name of its program. */
  readonly tool: 'crane' | 'skopeo' | 'docker' | 'curl' | 'tar';
  readonly does: 'manifest' | 'list-files' | 'inspect' | 'save' | 'pull';
  /** One line, safe to paste: whatever came from outside is quoted. */
  readonly text: string;
}

/** What is on the screen: the manifest of one image, by digest; its platform, where it is known. */
export interface Pinned {
  readonly digest: Digest;
  readonly platform: Platform | null;
  /** Of a local origin. */
  readonly kept?: Kept;
}

/** How a local image is kept. `path`: the name of the file or folder. */
export interface Kept {
  readonly path: string;
  readonly isFolder: boolean;
  readonly form: ArchiveForm;
}

/**
 * The reference that always means what is on the screen now: by digest, and without the tag, since skopeo takes none
 * beside a digest. For a layout, the address of the document itself; for a file, which has none, the digest.
 */
export function referenceText(origin: Origin, digest: Digest): string {
  if (origin.kind === 'layout') return blobUrl(origin, digest);
  if (origin.kind === 'local') return digest;
  const { registry, repository } = origin;
  return printReference({ registry, repository, digest });
}

/** In the order that a list of them would have. */
export function commandsFor(origin: Origin, { digest, platform, kept }: Pinned): readonly ShellCommand[] {
  if (origin.kind === 'local') return kept === undefined ? [] : localCommands(origin, kept);
  const reference = referenceText(origin, digest);
  if (origin.kind === 'layout') {
    return [{ tool: 'curl', does: 'manifest', text: commandLine('curl', '-fsSL', reference) }];
  }
  // crane and docker speak http to loopback registries by themselves; skopeo has to be told.
  const isPlain = isPlainHttp(origin.registry);
  const flag = platform === null ? [] : ['--platform', platformText(platform)];
  const docker = `docker://${reference}`;
  return [
    { tool: 'crane', does: 'manifest', text: commandLine('crane', 'manifest', reference) },
    {
      tool: 'crane',
      does: 'list-files',
      text: `${commandLine('crane', 'export', reference, '-')} | tar -tv`,
    },
    {
      tool: 'skopeo',
      does: 'inspect',
      text: commandLine(
        'skopeo',
        'inspect',
        ...(isPlain ? ['--tls-verify=false'] : []),
        ...overrides(platform),
        docker,
      ),
    },
    saveCommand(origin, docker, platform),
    { tool: 'docker', does: 'pull', text: commandLine('docker', 'pull', ...flag, reference) },
  ];
}

function localCommands({ name }: LocalOrigin, { path, isFolder, form }: Kept): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  const transport =
    form === 'docker-archive' && !isFolder ? 'docker-archive' : isFolder ? 'oci' : 'oci-archive';
  // skopeo has no way to write a path with a colon; it reads no tar that is no image, no unpacked docker save, and (1.9)
  // no docker-archive that is compressed as a whole.
  const isReadable =
    form === 'oci-layout' || (form === 'docker-archive' && !isFolder && !/\.(t?gz|t?zst)$/i.test(path));
  if (isReadable && !path.includes(':')) {
    const named = name === undefined || name.startsWith('sha256:') ? '' : `:${name}`;
    const text = commandLine('skopeo', 'inspect', `${transport}:${path}${named}`);
    commands.push({ tool: 'skopeo', does: 'inspect', text });
  }
  // The dot keeps GNU tar from taking a name with a colon for another host's.
  if (!isFolder)
    commands.push({ tool: 'tar', does: 'list-files', text: commandLine('tar', 'tvf', `./${path}`) });
  return commands;
}

/**
 * Brings the image into a file, which can be opened here without the registry. `source` is a reference with
 * skopeo's transport; by its tag where the digest is not known yet.
 */
function saveCommand(origin: RegistryOrigin, source: string, platform: Platform | null): ShellCommand {
  const name = origin.repository.slice(origin.repository.lastIndexOf('/') + 1);
  const target = `docker-archive:${name}.tar:${origin.repository}:${origin.tag ?? 'latest'}`;
  const plain = isPlainHttp(origin.registry) ? ['--src-tls-verify=false'] : [];
  const text = commandLine('skopeo', 'copy', ...plain, ...overrides(platform), source, target);
  return { tool: 'skopeo', does: 'save', text };
}

/** The same for an image that could not be reached: all that is known of it is how it was asked for. */
export function saveCommandFor(origin: RegistryOrigin): ShellCommand {
  const { registry, repository, tag, digest } = origin;
  const source = printReference(
    digest === undefined ? { registry, repository, tag: tag ?? 'latest' } : { registry, repository, digest },
  );
  return saveCommand(origin, `docker://${source}`, null);
}

/** skopeo takes the platform apart, and looks for its own machine's even where a manifest is named by digest. */
function overrides(platform: Platform | null): readonly string[] {
  if (platform === null) return [];
  const { os, architecture, variant } = platform;
  const flags = [`--override-os=${os}`, `--override-arch=${architecture}`];
  return variant === undefined ? flags : [...flags, `--override-variant=${variant}`];
}

function isPlainHttp(registry: string): boolean {
  const url = `https://${registry}`;
  return URL.canParse(url) && isLoopback(new URL(url));
}

function blobUrl(origin: LayoutOrigin, digest: Digest): string {
  return `${origin.url}blobs/${digest.replace(':', '/')}`;
}

/** One line of POSIX shell: every word stands for itself, whatever is in it. */
export function commandLine(...words: readonly string[]): string {
  return words.map(quote).join(' ');
}

/**
 * XCU 2.2: within single quotes nothing is special but the quote itself. Control and format characters are left
 * out: a terminal acts on some of them (a newline, an escape) before any shell has seen them, others hide what is there.
 */
function quote(word: string): string {
  const visible = word.replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu, '');
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(visible)) return visible;
  return `'${visible.replaceAll("'", `'\\''`)}'`;
}
