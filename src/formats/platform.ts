/** Which machine an image is for (image-spec v1.1, image-index.md, "platform"). */
import { fail } from '../base/problem.ts';
import { defined, type Json } from './json.ts';

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
  readonly osFeatures?: readonly string[];
}

/**
 * The `platform` of a descriptor; undefined where it says nothing: Go programs that leave theirs out write
 * `{"architecture": "", "os": ""}`.
 */
export function parsePlatform(json: Json): Platform | undefined {
  const os = json.get('os').string();
  const architecture = json.get('architecture').string();
  const platform = platformOf(json, os, architecture);
  return os === '' && architecture === '' ? undefined : platform;
}

/** The members that a descriptor's platform and an image config spell the same way. Empty texts are left out. */
export function platformOf(json: Json, os: string, architecture: string): Platform {
  return defined<Platform>({
    os,
    architecture,
    variant: json.get('variant').optional((it) => it.string()) || undefined,
    osVersion: json.get('os.version').optional((it) => it.string()) || undefined,
    osFeatures: json.get('os.features').optional((it) => it.strings()),
  });
}

/**
 * `linux/arm64/v8`, as the document has it. Windows images that differ in their version only are told apart as
 * containerd does it: `windows(10.0.20348.2700)/amd64`.
 */
export function platformText({ os, architecture, variant, osVersion }: Platform): string {
  const system = osVersion === undefined ? os : `${os}(${osVersion})`;
  return [system || 'unknown', architecture || 'unknown', ...(variant === undefined ? [] : [variant])].join(
    '/',
  );
}

/** containerd/platforms, `specifierRe` and `osRe`; the version is free text without what would end it. */
const PLATFORM_TEXT =
  /^([A-Za-z0-9_.-]{1,64})(?:\(([^()/]{1,128})\))?\/([A-Za-z0-9_.-]{1,64})(?:\/([A-Za-z0-9_.-]{1,64}))?$/;

/** What `platformText` prints; fails with `bad-address`. */
export function parsePlatformText(text: string): Platform {
  const match = PLATFORM_TEXT.exec(text);
  if (match === null) {
    fail({
      code: 'bad-address',
      input: text.slice(0, 256),
      reason: 'a platform is os/architecture[/variant]',
    });
  }
  const [, os, osVersion, architecture, variant] = match;
  return defined<Platform>({
    os: os!,
    architecture: architecture!,
    variant,
    osVersion,
    osFeatures: undefined,
  });
}

/** The same machine under one name, as containerd/platforms has it (`Normalize`). */
export function normalisePlatform(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const [architecture, variant] = normaliseArchitecture(
    platform.architecture.toLowerCase(),
    platform.variant?.toLowerCase() ?? '',
  );
  return defined<Platform>({
    os: os === 'macos' ? 'darwin' : os,
    architecture,
    variant: variant || undefined,
    osVersion: platform.osVersion,
    osFeatures: platform.osFeatures,
  });
}

function normaliseArchitecture(
  architecture: string,
  variant: string,
): [architecture: string, variant: string] {
  switch (architecture) {
    case 'i386':
    case '386':
      return ['386', ''];
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return ['amd64', variant === 'v1' ? '' : variant];
    case 'aarch64':
    case 'arm64':
      return ['arm64', ['8', 'v8', 'v8.0'].includes(variant) ? '' : variant];
    case 'armhf':
      return ['arm', 'v7'];
    case 'armel':
      return ['arm', 'v6'];
    case 'arm':
      return ['arm', variant === '' ? 'v7' : /^[5-8]$/.test(variant) ? `v${variant}` : variant];
    default:
      return [architecture, variant];
  }
}

/**
 * How well `offered` answers `wish`: 0 for the same machine, 1 for another variant of the one that was asked for
 * without a variant (`linux/arm` is v7 first, but v6 before nothing), null for another machine. A wish with an OS
 * version wants that one.
 */
export function matchPlatform(wish: Platform, offered: Platform): 0 | 1 | null {
  const a = normalisePlatform(wish);
  const b = normalisePlatform(offered);
  if (a.os !== b.os || a.architecture !== b.architecture) return null;
  if (a.osVersion !== undefined && a.osVersion !== b.osVersion) return null;
  if (a.variant === b.variant) return 0;
  return wish.variant === undefined ? 1 : null;
}
