/**
 * Names of images, to the grammar of distribution/reference (reference.go, regexp.go at 0965666):
 *
 *     reference      := name [ ":" tag ] [ "@" digest ]
 *     name           := [ domain "/" ] component ( "/" component )*
 *     domain         := host [ ":" digits ]         host := label ( "." label )* | "[" IPv6 "]"
 *     label          := [a-zA-Z0-9] ( [a-zA-Z0-9-]* [a-zA-Z0-9] )?
 *     component      := [a-z0-9]+ ( ( "." | "_" | "__" | "-"+ ) [a-z0-9]+ )*
 *     tag            := [A-Za-z0-9_] [A-Za-z0-9_.-]{0,127}
 *     digest         := algorithm ":" hex
 *
 * It is ambiguous (`a.b/c` and `a/b` look alike, `host:80` may be a tag), so what the first component is gets decided
 * first, as Docker does, and the text is then scanned once, from left to right.
 */
import { fail, type ReferenceFault } from '../base/problem.ts';
import { isDigest, type Digest } from './digest.ts';
import { scanDigest, scanDomain, scanPath, scanTag, type Scan } from './reference-scan.ts';

/** A normalised name: it says where the image is, and which one. Has a tag, or a digest, or both. */
export interface Reference {
  /** Domain with its port: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** Path within the registry: `library/alpine`. At most 255 characters. */
  readonly repository: string;
  /** At most 128 characters. Where there is a digest too, the digest decides. */
  readonly tag?: string;
  readonly digest?: Digest;
}

/** A name as it stands, nothing added. */
export interface PlainReference {
  /** Empty where the name has none. */
  readonly domain: string;
  readonly path: string;
  readonly tag: string | null;
  readonly digest: Digest | null;
}

/** What a bare name belongs to, unless a page was made for another registry. */
export const DOCKER_HUB = 'docker.io';
const LEGACY_DOCKER_HUB = 'index.docker.io';
/** Docker Hub's own images; `alpine` is `library/alpine`. Nowhere else. */
const OFFICIAL = 'library/';
const DEFAULT_TAG = 'latest';
/** distribution/reference, RepositoryNameTotalLengthMax: of the path, without the domain. */
const MAX_PATH = 255;
/** Past this no address exists; the grammar itself takes any number. */
const MAX_PORT = 65535;

/** What people paste around a reference: skopeo's and podman's transport, and the command line they copied. */
const PASTED = /^(?:(?:docker|podman|nerdctl) pull |docker:\/\/)/;
/** A web address, which names no image. */
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** An image ID or a bare digest: it does not say which repository. */
const HEX_ONLY = /^[0-9a-f]{64}$/;

/**
 * Reads what a person typed, as Docker does: `alpine` is `docker.io/library/alpine:latest`. Space around it and a
 * leading `docker pull ` or `docker://` are passed over. `home`: the domain of names that have none.
 * Fails with `bad-reference`, whose `at` counts in `text` as it was given.
 */
export function parseReference(text: string, home = DOCKER_HUB): Reference {
  const trimmed = text.trimEnd();
  let start = text.length - text.trimStart().length;
  if (start < trimmed.length) start += PASTED.exec(trimmed.slice(start))?.[0].length ?? 0;
  while (start < trimmed.length && trimmed[start] === ' ') start++;
  const scanner = new Scanner(text, start, trimmed.length);
  if (SCHEME.test(scanner.rest)) scanner.refuse(0, 'scheme');
  if (HEX_ONLY.test(scanner.rest) || isDigest(scanner.rest)) scanner.refuse(0, 'hex-only');

  const slash = scanner.firstSlash;
  const first = slash < 0 ? '' : scanner.rest.slice(0, slash);
  // `[::1]` alone: nobody means a path by that, so say what is missing after it.
  const hasDomain = isDomainByDocker(first) || scanner.rest.startsWith('[');
  const domain = hasDomain ? scanner.domain() : home;
  if (hasDomain) refusePort(scanner, domain);
  const registry = domain === LEGACY_DOCKER_HUB ? DOCKER_HUB : domain;
  const isOfficial = registry === DOCKER_HUB && scanner.isLastComponent;
  const path = scanner.path(isOfficial ? MAX_PATH - OFFICIAL.length : MAX_PATH);
  const { tag, digest } = scanner.ending();
  return {
    registry,
    repository: isOfficial ? OFFICIAL + path : path,
    ...(tag !== null ? { tag } : digest === null ? { tag: DEFAULT_TAG } : {}),
    ...(digest !== null ? { digest } : {}),
  };
}

/**
 * Reads a name without adding anything, as Go's `reference.Parse`: the first component is a domain wherever it can be
 * one. Fails with `bad-reference`.
 */
export function parsePlain(text: string): PlainReference {
  const scanner = new Scanner(text, 0, text.length);
  const slash = scanner.firstSlash;
  const first = slash < 0 ? '' : scanner.rest.slice(0, slash);
  const canBeDomain = first !== '' && isDomain(first);
  // Not a component either: then it was meant as a domain, and that is what to point at.
  const isMeant = /[[:]/.test(first) || scanner.rest.startsWith('[');
  const domain = canBeDomain || isMeant ? scanner.domain() : '';
  const path = scanner.path(MAX_PATH);
  return { domain, path, ...scanner.ending() };
}

/** `registry/repository[:tag][@digest]`; `parseReference` gives the same value back. */
export function printReference(reference: Reference): string {
  return `${reference.registry}/${reference.repository}${printEnding(reference)}`;
}

/** The short form that people know: `alpine`, `team/app:1.4`, `ghcr.io/a/b@sha256:…`. `latest` stays. */
export function printFamiliar(reference: Reference): string {
  return familiarName(reference) + printEnding(reference);
}

/** The short form of the name alone: without tag and digest. */
export function familiarName({ registry, repository }: Pick<Reference, 'registry' | 'repository'>): string {
  if (registry !== DOCKER_HUB) return `${registry}/${repository}`;
  const official = repository.startsWith(OFFICIAL) ? repository.slice(OFFICIAL.length) : '';
  // Only of one component: `library/a/b` without its `library/` would be another image.
  return official !== '' && !official.includes('/') ? official : repository;
}

/** True for a host with or without a port. */
export function isDomain(text: string): boolean {
  const scan = scanDomain(text, 0, text.length);
  return scan.fault === null && scan.end === text.length;
}

function printEnding({ tag, digest }: { readonly tag?: string; readonly digest?: string }): string {
  return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
}

/** normalize.go, splitDockerDomain: what stands before the first slash is a domain if it looks like no user's name. */
function isDomainByDocker(first: string): boolean {
  return first === 'localhost' || /[.:A-Z]/.test(first);
}

function refusePort(scanner: Scanner, domain: string): void {
  const colon = domain.endsWith(']') ? -1 : domain.lastIndexOf(':');
  if (colon >= 0 && Number(domain.slice(colon + 1)) > MAX_PORT) scanner.refuse(colon + 1, 'bad-port');
}

/** Goes through `input[start..end)` once. Positions inside are relative to `start`. */
class Scanner {
  readonly #input: string;
  readonly #start: number;
  readonly rest: string;
  #at = 0;

  constructor(input: string, start: number, end: number) {
    this.#input = input;
    this.#start = start;
    this.rest = input.slice(start, end);
    if (this.rest === '') this.refuse(0, 'empty');
  }

  /** Before any digest; -1 where there is none. */
  get firstSlash(): number {
    const at = this.rest.indexOf('@');
    const slash = this.rest.indexOf('/');
    return at >= 0 && slash > at ? -1 : slash;
  }

  /** True where no slash follows. */
  get isLastComponent(): boolean {
    return !this.rest.includes('/', this.#at);
  }

  refuse(at: number, fault: ReferenceFault): never {
    return fail({ code: 'bad-reference', input: this.#input, at: this.#start + at, fault });
  }

  /** A domain and the slash after it. */
  domain(): string {
    const { rest } = this;
    const end = this.#take(scanDomain(rest, 0, rest.length));
    if (end === rest.length) this.refuse(end, 'bad-path');
    if (rest[end] !== '/') this.refuse(end, 'bad-domain');
    this.#at = end + 1;
    return rest.slice(0, end);
  }

  path(limit: number): string {
    const start = this.#at;
    const end = this.#take(scanPath(this.rest, start, this.rest.length));
    if (end - start > limit) this.refuse(start + limit, 'name-too-long');
    this.#at = end;
    return this.rest.slice(start, end);
  }

  /** Tag and digest, to the very end. */
  ending(): { tag: string | null; digest: Digest | null } {
    const { rest } = this;
    let tag: string | null = null;
    let digest: Digest | null = null;
    if (rest[this.#at] === ':') {
      const start = this.#at + 1;
      this.#at = this.#take(scanTag(rest, start, rest.length));
      tag = rest.slice(start, this.#at);
    }
    if (rest[this.#at] === '@') {
      const start = this.#at + 1;
      this.#at = this.#take(scanDigest(rest, start, rest.length));
      // The scan has checked it all: algorithm, alphabet and length.
      digest = rest.slice(start, this.#at) as Digest;
    }
    if (this.#at < rest.length) this.refuse(this.#at, 'bad-tag');
    return { tag, digest };
  }

  #take(scan: Scan): number {
    return scan.fault === null ? scan.end : this.refuse(scan.end, scan.fault);
  }
}
