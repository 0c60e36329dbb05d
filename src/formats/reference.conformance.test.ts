/** The vectors of distribution/reference (Apache-2.0), where they are at hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problem, type ReferenceFault } from '../base/problem.ts';
import { corpus, missingCorpus } from '../testing/corpora.ts';
import { isDigest, type Digest } from './digest.ts';
import {
  DOCKER_HUB,
  familiarName,
  isDomain,
  parsePlain,
  parseReference,
  printFamiliar,
  printReference,
  type PlainReference,
} from './reference.ts';

const NAME = 'distribution-reference';
const folder = corpus(NAME);
const read = <T>(file: string) => JSON.parse(readFileSync(join(folder!, file), 'utf8')) as T;

/** The error of Go's package that a fault stands for. */
const GO_ERROR: Partial<Record<ReferenceFault, string>> = {
  empty: 'ErrNameEmpty',
  uppercase: 'ErrNameContainsUppercase',
  'name-too-long': 'ErrNameTooLong',
  'digest-length': 'digest.ErrDigestInvalidLength',
  'unknown-algorithm': 'digest.ErrDigestUnsupported',
};

function faultOf(run: () => unknown): ReferenceFault | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof Problem && error.failure.code === 'bad-reference') return error.failure.fault;
    throw error;
  }
}

const nameOf = ({ domain, path }: PlainReference) => (domain === '' ? path : `${domain}/${path}`);

const print = (reference: PlainReference) =>
  nameOf(reference) +
  (reference.tag === null ? '' : `:${reference.tag}`) +
  (reference.digest === null ? '' : `@${reference.digest}`);

if (folder === null) {
  it.skip(missingCorpus(NAME));
} else {
  describe('distribution/reference: parse.json', () => {
    interface Case {
      input: string;
      domain: string;
      repository: string;
      tag: string;
      digest: string;
      error: string | null;
    }
    it.each(read<{ cases: Case[] }>('parse.json').cases)('$input', (vector) => {
      // MANIFEST: sha512 is refused there only because that test does not link it. Here it is a digest like any other.
      if (vector.input.includes('@sha512:')) {
        expect(vector.error).toBe('digest.ErrDigestUnsupported');
        expect(parsePlain(vector.input).digest).toMatch(/^sha512:f{128}$/);
        return;
      }
      if (vector.error !== null) {
        const fault = faultOf(() => parsePlain(vector.input));
        expect(fault).not.toBeNull();
        expect(GO_ERROR[fault!] ?? 'ErrReferenceInvalidFormat').toBe(vector.error);
        return;
      }
      const plain = parsePlain(vector.input);
      expect({ ...plain, repository: nameOf(plain) }).toEqual({
        domain: vector.domain,
        path: vector.domain === '' ? vector.repository : vector.repository.slice(vector.domain.length + 1),
        repository: vector.repository,
        tag: vector.tag || null,
        digest: vector.digest || null,
      });
      expect(print(plain)).toBe(vector.input);
    });
  });

  describe('distribution/reference: normalize.json', () => {
    interface Normalized {
      input: string;
      domain: string;
      path: string;
      familiarName: string;
      fullName: string;
    }
    const file = read<{
      cases: Normalized[];
      splitHostname: Normalized[];
      valid: string[];
      invalid: string[];
      invalidComponents: { name: string; tag: string; digest: string };
      tagAndDigest: { input: string; string: string; familiar: string };
    }>('normalize.json');

    it.each(file.cases)('$input is $fullName', (vector) => {
      const reference = parseReference(vector.input);
      expect(reference).toMatchObject({ registry: vector.domain, repository: vector.path, tag: 'latest' });
      expect(`${reference.registry}/${reference.repository}`).toBe(vector.fullName);
      expect(familiarName(reference)).toBe(vector.familiarName);
    });
    it.each(file.splitHostname)('$input splits', (vector) => {
      expect(parseReference(vector.input)).toMatchObject({
        registry: vector.domain,
        repository: vector.path,
      });
    });
    it.each(file.valid)('%s is valid', (text) => expect(faultOf(() => parseReference(text))).toBeNull());
    it.each(file.invalid)('%s is invalid', (text) =>
      expect(faultOf(() => parseReference(text))).not.toBeNull(),
    );
    it('refuses components that are none', () => {
      const { name, tag, digest } = file.invalidComponents;
      expect(faultOf(() => parseReference(name))).toBe('bad-path');
      expect(faultOf(() => parseReference(`a:${tag}`))).toBe('bad-tag');
      expect(faultOf(() => parseReference(`a@${digest}`))).toBe('bad-digest');
    });
    it('keeps a tag beside a digest', () => {
      const { input, string, familiar } = file.tagAndDigest;
      expect(printReference(parseReference(input))).toBe(string);
      expect(printFamiliar(parseReference(input))).toBe(familiar);
    });
  });

  describe('distribution/reference: parse-any.json', () => {
    const file = read<{
      cases: { input: string; string: string; isDigestOnly: boolean }[];
      dockerRef: { name: string; input: string; expected: string }[];
      familiarMatch: { reference: string; pattern: string; expected: boolean }[];
    }>('parse-any.json');

    it.each(file.cases)('$input', (vector) => {
      // A digest alone does not say where the image is: known for what it is, and refused.
      if (vector.isDigestOnly) {
        expect(isDigest(vector.string)).toBe(true);
        expect(faultOf(() => parseReference(vector.input))).toBe('hex-only');
        return;
      }
      const printed = printReference(parseReference(vector.input));
      // `latest` is added here already; there by a function of its own (TagNameOnly).
      expect(/[:@][^/]*$/.test(vector.string) ? printed : printed.replace(/:latest$/, '')).toBe(
        vector.string,
      );
    });
    it.each(file.dockerRef)('$input ($name)', ({ input, expected }) => {
      const { registry, repository, tag, digest } = parseReference(input);
      // The one that is asked for: the digest decides.
      const wanted = digest !== undefined ? { digest } : { tag: tag! };
      expect(printReference({ registry, repository, ...wanted })).toBe(expected);
    });
    it.each(file.familiarMatch)(
      '$reference matches $pattern: $expected',
      ({ reference, pattern, expected }) => {
        // Go's path.Match over the familiar form: a star stays within a component, twice too.
        const glob = new RegExp(`^${pattern.replaceAll(/[.+]/g, '\\$&').replaceAll(/\*+/g, '[^/]*')}$`);
        const parsed = parseReference(reference);
        const forms = [
          familiarName(parsed),
          printFamiliar(parsed),
          printFamiliar(parsed).replace(/:latest$/, ''),
        ];
        expect(forms.some((form) => glob.test(form))).toBe(expected);
      },
    );
  });

  describe('distribution/reference: with.json', () => {
    interface Case {
      op: string;
      input?: string;
      name?: string;
      tag?: string;
      digest?: string;
      combined?: string;
      domain?: string;
      path?: string;
      err?: string;
    }
    /** The name of a plain reference that is nothing but a name. */
    const bareName = (text: string) => {
      const plain = parsePlain(text);
      return plain.tag === null && plain.digest === null ? plain : null;
    };
    it.each(read<{ cases: Case[] }>('with.json').cases)('$op $input $name', (vector) => {
      switch (vector.op) {
        case 'WithName fails': {
          const fault = faultOf(() => bareName(vector.input!) ?? parseReference('-'));
          expect(fault).not.toBeNull();
          break;
        }
        case 'DomainAndPath':
          expect(bareName(vector.input!)).toMatchObject({ domain: vector.domain, path: vector.path });
          break;
        case 'WithTag':
        case 'WithDigest': {
          const { domain, path } = bareName(vector.name!)!;
          // These digests are too short for any algorithm: printing does not look at them.
          const digest = (vector.digest ?? null) as Digest | null;
          expect(print({ domain, path, tag: vector.tag ?? null, digest })).toBe(vector.combined);
          break;
        }
        case 'ParseNamed': {
          // Canonical: normalising it changes nothing.
          const { registry, repository } = parseReference(vector.input!);
          const isCanonical = `${registry}/${repository}` === vector.input;
          expect(isCanonical ? undefined : 'ErrNameNotCanonical').toBe(vector.err);
          if (isCanonical)
            expect({ registry, repository }).toEqual({ registry: vector.domain, repository: vector.path });
          break;
        }
        default:
          expect.fail(`unknown operation ${vector.op}`);
      }
    });
  });

  describe('distribution/reference: regexp.json', () => {
    interface Case {
      regexp: string;
      input: string;
      match: boolean;
      subs: string[] | null;
    }
    it.each(read<{ cases: Case[] }>('regexp.json').cases)('$regexp $input: $match', (vector) => {
      const { input } = vector;
      switch (vector.regexp) {
        case 'domain':
          expect(isDomain(input)).toBe(vector.match);
          break;
        case 'name': {
          let plain: PlainReference | null = null;
          const fault = faultOf(() => (plain = parsePlain(input)));
          // The expression knows no limit of length.
          if (fault === 'name-too-long') expect(vector.match).toBe(true);
          else expect(plain !== null && nameOf(plain) === input).toBe(vector.match);
          if (vector.subs !== null && plain !== null) {
            const { domain, path }: PlainReference = plain;
            expect([domain, path]).toEqual(vector.subs);
          }
          break;
        }
        case 'reference': {
          expect(faultOf(() => parsePlain(input)) === null).toBe(vector.match);
          if (vector.subs !== null) {
            const plain = parsePlain(input);
            expect([nameOf(plain), plain.tag ?? '', plain.digest ?? '']).toEqual(vector.subs);
          }
          break;
        }
        case 'identifier':
          expect(faultOf(() => parseReference(input)) === 'hex-only').toBe(vector.match || isDigest(input));
          break;
        default:
          expect.fail(`unknown expression ${vector.regexp}`);
      }
    });
  });

  it('Docker Hub is where bare names are', () => expect(parseReference('x').registry).toBe(DOCKER_HUB));
}
