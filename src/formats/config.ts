/** An image's config (image-spec v1.1, config.md), with what Docker adds to it. */
import type { Digest } from './digest.ts';
import { readDigest } from './descriptor.ts';
import { Json, parseJson } from './json.ts';
import { platformOf, type Platform } from './platform.ts';

/** Bytes. Real ones are some kilobytes; labels with an SBOM in them made some of megabytes. */
export const CONFIG_LIMIT = 8 * 1024 * 1024;

export interface ImageConfig {
  /** Null where it names neither an OS nor an architecture. */
  readonly platform: Platform | null;
  /** RFC 3339, as it stands; empty where it does not say. */
  readonly created: string;
  readonly author: string;
  readonly config: RunConfig;
  /** One for each layer, the lowest first; null where there is no `rootfs.diff_ids`. */
  readonly diffIds: readonly Digest[] | null;
  readonly history: readonly HistoryRow[];
}

/** How a container of the image is run. Members that say nothing are empty. */
export interface RunConfig {
  readonly user: string;
  readonly exposedPorts: readonly string[];
  /** `NAME=value`, as they stand. */
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly volumes: readonly string[];
  readonly workingDir: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly stopSignal: string;
  /** Docker's. */
  readonly shell: readonly string[];
  readonly onBuild: readonly string[];
  readonly healthcheck: Healthcheck | null;
}

/** Docker's. Durations in nanoseconds; 0 where inherited. */
export interface Healthcheck {
  readonly test: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

/** One row of the history, as it stands. */
export interface HistoryRow {
  readonly created: string;
  readonly createdBy: string;
  readonly author: string;
  readonly comment: string;
  /** The step changed no file, and made no layer. */
  readonly emptyLayer: boolean;
}

/** Fails with `malformed` or `too-large`. Null stands for "not there" everywhere, as Go writes it. */
export function parseConfig(bytes: Uint8Array): ImageConfig {
  const json = parseJson(bytes, 'config', CONFIG_LIMIT);
  const os = text(json, 'os');
  const architecture = text(json, 'architecture');
  const platform = platformOf(json, os, architecture);
  const rootfs = json.get('rootfs');
  return {
    platform: os === '' && architecture === '' ? null : platform,
    created: text(json, 'created'),
    author: text(json, 'author'),
    config: readRunConfig(json.get('config').present ? json.get('config') : new Json({}, 'config')),
    diffIds:
      rootfs.optional((it) => it.get('diff_ids').optional((ids) => ids.array().map(readDigest))) ?? null,
    history: list(json, 'history').map(readHistoryRow),
  };
}

function readRunConfig(it: Json): RunConfig {
  return {
    user: text(it, 'User'),
    exposedPorts: keys(it, 'ExposedPorts'),
    env: strings(it, 'Env'),
    entrypoint: strings(it, 'Entrypoint'),
    cmd: strings(it, 'Cmd'),
    volumes: keys(it, 'Volumes'),
    workingDir: text(it, 'WorkingDir'),
    labels: it.get('Labels').optional((labels) => labels.stringMap()) ?? new Map<string, string>(),
    stopSignal: text(it, 'StopSignal'),
    shell: strings(it, 'Shell'),
    onBuild: strings(it, 'OnBuild'),
    healthcheck: it.get('Healthcheck').optional(readHealthcheck) ?? null,
  };
}

function readHealthcheck(json: Json): Healthcheck {
  return {
    test: strings(json, 'Test'),
    interval: whole(json, 'Interval'),
    timeout: whole(json, 'Timeout'),
    startPeriod: whole(json, 'StartPeriod'),
    startInterval: whole(json, 'StartInterval'),
    retries: whole(json, 'Retries'),
  };
}

function readHistoryRow(json: Json): HistoryRow {
  return {
    created: text(json, 'created'),
    createdBy: text(json, 'created_by'),
    author: text(json, 'author'),
    comment: text(json, 'comment'),
    emptyLayer: json.get('empty_layer').optional((it) => it.boolean()) ?? false,
  };
}

const text = (json: Json, key: string): string => json.get(key).optional((it) => it.string()) ?? '';
const whole = (json: Json, key: string): number => json.get(key).optional((it) => it.integer()) ?? 0;
const list = (json: Json, key: string): readonly Json[] => json.get(key).optional((it) => it.array()) ?? [];
const strings = (json: Json, key: string): readonly string[] => list(json, key).map((it) => it.string());
/** Sets are written as objects whose values are empty objects. */
const keys = (json: Json, key: string): readonly string[] =>
  json.get(key).optional((it) => it.entries().map(([name]) => name)) ?? [];
