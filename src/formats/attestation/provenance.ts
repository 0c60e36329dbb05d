/** How something was built: SLSA provenance v0.1, v0.2 and v1 (slsa.dev/spec, "Provenance"), with what BuildKit adds. */
import type { Lenient } from '../lenient-json.ts';

/** Something that went into the build. */
export interface Material {
  readonly uri: string;
  readonly digests: readonly (readonly [algorithm: string, value: string])[];
}

export interface Provenance {
  /** `v1`, `v0.2` … as the type says. */
  readonly version: string;
  readonly builder: string | null;
  readonly buildType: string | null;
  readonly invocation: string | null;
  /** As it is written: RFC 3339. */
  readonly started: string | null;
  readonly finished: string | null;
  /** Where the recipe of the build comes from. */
  readonly source: Material | null;
  readonly entryPoint: string | null;
  /** What was asked of the builder, flat: `[a.b.0, value]`. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly environment: readonly (readonly [name: string, value: string])[];
  readonly materials: readonly Material[];
}

/** Leaves that are listed; a Dockerfile in base64 is one. */
const MOST = 500;
const BUILDKIT = 'https://mobyproject.org/buildkit@v1#metadata';

/** The version of a predicate type that is provenance; null for others. */
export function provenanceVersion(predicateType: string): string | null {
  return /^https:\/\/slsa\.dev\/provenance\/(v[\d.]{1,8})$/.exec(predicateType)?.[1] ?? null;
}

export function readProvenance(version: string, predicate: Lenient): Provenance {
  return version.startsWith('v0') ? readBefore1(version, predicate) : readV1(version, predicate);
}

function readV1(version: string, predicate: Lenient): Provenance {
  const definition = predicate.get('buildDefinition');
  const run = predicate.get('runDetails');
  const external = definition.get('externalParameters');
  const source = external.get('configSource').isObject
    ? external.get('configSource')
    : external.get('workflow');
  return {
    version,
    builder: run.get('builder', 'id').text,
    buildType: definition.get('buildType').text,
    invocation: run.get('metadata', 'invocationId').text ?? run.get('metadata', 'invocationID').text,
    started: run.get('metadata', 'startedOn').text,
    finished: run.get('metadata', 'finishedOn').text,
    source: materialOf(source) ?? repositoryOf(source) ?? vcsOf(run.get('metadata', BUILDKIT)),
    entryPoint: source.get('path').text,
    parameters: external.leaves(MOST),
    environment: definition.get('internalParameters').leaves(MOST),
    materials: definition
      .get('resolvedDependencies')
      .list()
      .flatMap((it) => materialOf(it) ?? []),
  };
}

function readBefore1(version: string, predicate: Lenient): Provenance {
  // v0.1 calls the invocation a recipe.
  const recipe = predicate.get('recipe');
  const invocation = recipe.isObject ? recipe : predicate.get('invocation');
  const metadata = predicate.get('metadata');
  const source = invocation.get('configSource');
  const parameters = recipe.isObject ? recipe.get('arguments') : invocation.get('parameters');
  return {
    version,
    builder: predicate.get('builder', 'id').text,
    buildType: predicate.get('buildType').text ?? recipe.get('type').text,
    invocation: metadata.get('buildInvocationID').text ?? metadata.get('buildInvocationId').text,
    started: metadata.get('buildStartedOn').text,
    finished: metadata.get('buildFinishedOn').text,
    source: materialOf(source) ?? vcsOf(metadata.get(BUILDKIT)),
    entryPoint: source.get('entryPoint').text ?? recipe.get('entryPoint').text,
    parameters: parameters.leaves(MOST),
    environment: invocation.get('environment').leaves(MOST),
    materials: predicate
      .get('materials')
      .list()
      .flatMap((it) => materialOf(it) ?? []),
  };
}

function materialOf(json: Lenient): Material | null {
  const uri = json.get('uri').text ?? json.get('downloadLocation').text ?? json.get('name').text;
  return uri === null ? null : { uri, digests: json.get('digest').pairs };
}

/** GitHub's workflow: it names the repository, and the ref of it. */
function repositoryOf(json: Lenient): Material | null {
  const repository = json.get('repository').text;
  const ref = json.get('ref').text;
  return repository === null
    ? null
    : { uri: ref === null ? repository : `${repository}@${ref}`, digests: [] };
}

/** BuildKit tells of a local build's repository beside it. */
function vcsOf(json: Lenient): Material | null {
  const uri = json.get('vcs', 'source').text;
  const revision = json.get('vcs', 'revision').text;
  return uri === null ? null : { uri, digests: revision === null ? [] : [['revision', revision]] };
}
