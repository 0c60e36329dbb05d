/**
 * The vectors of Go's archive/tar, which reads layers everywhere else: what it reads we read alike, what it refuses we
 * refuse. Each deviation stands here with its reason.
 */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concat, readable, utf8, type Bytes } from '../../base/bytes.ts';
import { Problem } from '../../base/problem.ts';
import { corpus, missingCorpus } from '../../testing/corpora.ts';
import { inPieces, inRandomPieces } from '../../testing/in-pieces.ts';
import { Random } from '../../testing/random.ts';
import { readTar } from '../../testing/read-tar.ts';
import type { TarEntry } from './entry.ts';
import { readNumber, readTime } from './number.ts';
import { applyRecords, readRecords } from './pax.ts';
import { readRecordedMap, readSparseRecords, SparseMapReader } from './sparse.ts';
import { HeaderReader } from './header.ts';

/** Text, or bytes that are no UTF-8. */
type Text = string | { readonly $hex: string };

interface ExpectedHeader {
  readonly name: Text;
  readonly linkname?: Text;
  readonly typeflag: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly size?: number;
  readonly mtime?: { readonly unix: number; readonly nsec?: number };
  readonly uname?: string;
  readonly gname?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  readonly paxRecords?: Readonly<Record<string, Text>>;
}

interface ReaderCase {
  readonly file: string;
  readonly headers: readonly ExpectedHeader[];
  readonly md5OfContents: readonly string[] | null;
  readonly error: 'ErrHeader' | 'ErrFieldTooLong' | null;
}

interface TruncationCase {
  readonly input: readonly {
    readonly file?: string;
    readonly appendZeroBytes?: number;
    readonly repeat?: string;
    readonly times?: number;
    readonly take: number | null;
  }[];
  readonly headers: number;
  readonly end: 'EOF' | 'ErrUnexpectedEOF' | 'ErrHeader';
}

/** A file as its reader sees it: a sparse one with its holes. For small files. */
function expanded(entry: TarEntry, data: Bytes): Bytes {
  if (entry.sparse === null) return data;
  const file = new Uint8Array(entry.size);
  let at = 0;
  for (const { offset, length } of entry.sparse) {
    file.set(data.subarray(at, at + length), offset);
    at += length;
  }
  return file;
}

const bytesOf = (text: Text): Bytes =>
  typeof text === 'string' ? utf8(text) : Uint8Array.from(Buffer.from(text.$hex, 'hex'));
/** Each byte as one character, so that differences can be read. */
const drawn = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** What one entry says, readable; its place in the tar left out. */
function drawEntry(entry: TarEntry) {
  const { name, linkname, type, mode, uid, gid, uname, gname, size, mtime, mtimeNanos, devmajor, devminor } =
    entry;
  const records = Object.fromEntries([...entry.records].map(([key, value]) => [key, drawn(value)]));
  const texts = { name: drawn(name), linkname: drawn(linkname) };
  return {
    ...texts,
    type,
    mode,
    uid,
    gid,
    uname,
    gname,
    size,
    mtime,
    mtimeNanos,
    devmajor,
    devminor,
    records,
  };
}

/** The same of a header that Go expects, in our terms. */
function drawExpected(header: ExpectedHeader): ReturnType<typeof drawEntry> {
  const { mode = 0, uid = 0, gid = 0, uname = '', gname = '', devmajor = 0, devminor = 0 } = header;
  // Old GNU sparse files are files (entry.ts), and what carries no data has no size.
  const type = header.typeflag === 'S' ? '0' : header.typeflag;
  const size = type >= '1' && type <= '6' ? 0 : (header.size ?? 0);
  const records = Object.entries(header.paxRecords ?? {}).map(([key, value]) => [key, drawn(bytesOf(value))]);
  return {
    name: drawn(bytesOf(header.name)),
    linkname: drawn(bytesOf(header.linkname ?? '')),
    type,
    mode,
    uid,
    gid,
    uname,
    gname,
    size,
    mtime: header.mtime?.unix ?? 0,
    mtimeNanos: header.mtime?.nsec ?? 0,
    devmajor,
    devminor,
    records: Object.fromEntries(records) as Record<string, string>,
  };
}

/**
 * Go hands global headers out and leaves them to its caller; we put them into force, as POSIX and GNU tar do, and they
 * are no entries. The file's two say path=global1 and mtime=1500000000.0, then take the path back.
 */
function withGlobals(expected: ReturnType<typeof drawEntry>[]): ReturnType<typeof drawEntry>[] {
  const path = 'global1';
  const mtime = '1500000000.0';
  const inForce = [{ path, mtime }, { path: 'file2', mtime }, { mtime }, { mtime: '1400000000' }];
  return expected.map((entry, i) => {
    const records = inForce[i]!;
    return { ...entry, name: records.path ?? entry.name, mtime: Number(records.mtime), records };
  });
}

const folder = corpus('go-archive-tar');
const merge = corpus('merge-semantics');

if (folder === null) it.skip(missingCorpus('go-archive-tar'), () => {});
else conform(folder);

if (merge === null) it.skip(missingCorpus('merge-semantics'), () => {});
else {
  it('reads the ustar prefix that docker once wrote into GNU headers', () => {
    const { entries, failure } = readTar([readFileSync(join(merge, 'broken.tar'))]);
    expect(failure).toBe(null);
    expect(entries.map((entry) => readable(entry.name))).toContain(
      'root/.cpanm/work/1395823785.24209/Plack-1.0030/blib/man3/Plack::Middleware::LighttpdScriptNameFix.3pm',
    );
  });
}

function conform(folder: string): void {
  const json = <T>(name: string) =>
    (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { readonly cases: readonly T[] }).cases;
  const tarAt = (name: string): Bytes => {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    if (name.endsWith('.gz')) return new Uint8Array(gunzipSync(bytes));
    if (name.endsWith('.bz2')) {
      return new Uint8Array(execFileSync('bzip2', ['-dc'], { input: bytes, maxBuffer: 1 << 28 }));
    }
    return bytes;
  };

  /** A line an entry, long runs of a character or a path segment cut short, and the failure. */
  const listOf = (file: string) => {
    const { entries, failure } = readTar([tarAt(file)]);
    const lines = entries.map((entry) => {
      const name = drawn(entry.name)
        .replace(/((.)\2{4})\2{5,}/g, '$1…')
        .replace(/^(.{40}).*(.{20})$/, '$1…$2');
      const held = entry.sparse === null ? '' : ` holding ${JSON.stringify(entry.sparse)}`;
      return `${entry.type} ${name} (${entry.name.length}) ${entry.size}${held}`;
    });
    return failure === null ? lines : [...lines, JSON.stringify(failure)];
  };

  describe('headers and contents', () => {
    for (const { file, headers, md5OfContents, error } of json<ReaderCase>('expected-reader.json')) {
      it(file, () => {
        const { entries, data, failure } = readTar([tarAt(file)]);
        const wanted = headers.filter((header) => header.typeflag !== 'g').map(drawExpected);
        const global = file === 'pax-global-records.tar';
        expect(entries.map(drawEntry)).toEqual(global ? withGlobals(wanted) : wanted);
        if (error === null) expect(failure).toBe(null);
        else expect(failure?.code).toBe(error === 'ErrHeader' ? 'malformed' : 'too-large');
        if (md5OfContents !== null) {
          const contents = entries.map((entry, i) => expanded(entry, data[i]!));
          expect(contents.map((bytes) => createHash('md5').update(bytes).digest('hex'))).toEqual(
            md5OfContents,
          );
        }
      });
    }
  });

  describe('truncation', () => {
    for (const { input, headers, end } of json<TruncationCase>('expected-truncation.json')) {
      const title = input.map(({ file, repeat, take }) => `${file ?? repeat} to ${take}`).join(' + ');
      it(`${title}: ${headers}, ${end}`, () => {
        const parts = input.map(({ file, appendZeroBytes = 0, repeat = '', times = 0, take }) => {
          const whole = file === undefined ? utf8(repeat.repeat(times)) : tarAt(file);
          return concat([whole, new Uint8Array(appendZeroBytes)]).subarray(0, take ?? undefined);
        });
        const { entries, failure } = readTar(parts);
        expect(entries.length).toBe(headers);
        if (end === 'EOF') expect(failure).toBe(null);
        else {
          const reason = end === 'ErrUnexpectedEOF' ? 'truncated' : expect.not.stringMatching('truncated');
          expect(failure).toMatchObject({ code: 'malformed', format: 'tar', reason });
        }
      });
    }
  });

  it('header-only types that claim a size have none, and no data are skipped for them', () => {
    const { entries, data, failure } = readTar([tarAt('hdr-only.tar')]);
    expect(failure).toBe(null);
    expect(entries.length).toBe(16);
    expect(entries.map((entry) => entry.size > 0)).toEqual(entries.map((entry) => entry.type === '0'));
    expect(data.map((bytes) => bytes.length)).toEqual(entries.map((entry) => entry.size));
    // The second eight repeat the first, but for the sizes that they claim.
    const facts = entries.map(drawEntry);
    expect(facts.slice(8)).toEqual(facts.slice(0, 8));
  });

  it('reads what the writer of Go wrote, and what it wrote without the data', () => {
    const files = [
      'file-and-dir.tar',
      'gnu-sparse-big.tar',
      'hardlink.tar',
      'pax-sparse-big.tar',
      'ustar.tar',
      'writer-big-long.tar',
      'writer-big.tar',
      'writer.tar',
    ];
    expect(Object.fromEntries(files.map((file) => [file, listOf(file)]))).toMatchInlineSnapshot(`
      {
        "file-and-dir.tar": [
          "0 small.txt (9) 5",
          "5 dir/ (4) 0",
        ],
        "gnu-sparse-big.tar": [
          "0 gnu-sparse (10) 60000000000 holding [{"offset":9999999488,"length":512},{"offset":19999999488,"length":512},{"offset":29999999488,"length":512},{"offset":39999999488,"length":512},{"offset":49999999488,"length":512},{"offset":59999999488,"length":512}]",
        ],
        "hardlink.tar": [
          "0 file.txt (8) 15",
          "1 hard.txt (8) 0",
        ],
        "pax-sparse-big.tar": [
          "0 pax-sparse (10) 60000000000 holding [{"offset":9999999488,"length":512},{"offset":19999999488,"length":512},{"offset":29999999488,"length":512},{"offset":39999999488,"length":512},{"offset":49999999488,"length":512},{"offset":59999999488,"length":512}]",
        ],
        "ustar.tar": [
          "0 longname/longname/longname/longname/long…me/longname/file.txt (143) 6",
        ],
        "writer-big-long.tar": [
          "0 longname/longname/longname/longname/long…e/longname/16gig.txt (144) 17179869184",
          "{"code":"malformed","format":"tar","reason":"truncated","offset":1536}",
        ],
        "writer-big.tar": [
          "0 tmp/16gig.txt (13) 17179869184",
          "{"code":"malformed","format":"tar","reason":"truncated","offset":512}",
        ],
        "writer.tar": [
          "0 small.txt (9) 5",
          "0 small2.txt (10) 11",
          "2 link.txt (8) 0",
        ],
      }
    `);
  });

  it('reads the tars that tar-split takes apart and puts together again', () => {
    const files = ['extranils', 'fatlonglink', 'iso-8859', 'longlink', 'notenoughnils', 't'];
    const shapes = files.map((file) => [file, listOf(`tar-split-asm/${file}.tar.gz`)] as const);
    expect(Object.fromEntries(shapes)).toMatchInlineSnapshot(`
      {
        "extranils": [
          "0 file (4) 0",
        ],
        "fatlonglink": [
          "5 asfd/ (5) 0",
          "5 asfd/asdf/ (10) 0",
          "5 asfd/asdf/asdf/ (15) 0",
          "5 asfd/asdf/asdf/asfd/ (20) 0",
          "5 asfd/asdf/asdf/asfd/asdf/ (25) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/ (30) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/asdf/ (35) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/ (40) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/asdf/ (45) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/asdf/asdf/ (50) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/asdf/asdf/asdf/ (55) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/…asdf/asdf/asdf/asdf/ (60) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/…asdf/asdf/asdf/asdf/ (65) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/…asdf/asdf/asdf/asdf/ (70) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/…asdf/asdf/asdf/asdf/ (75) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/…asdf/asdf/asdf/asdf/ (80) 0",
          "5 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/…asdf/asdf/asdf/asdf/ (85) 0",
          "0 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/…dfasdfasdfasdfasdf.2 (128) 5242880",
          "0 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/…dfasdfasdfasdfasdf.3 (128) 5242880",
          "0 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/…dfasdfasdfasdfasdf.5 (128) 5242880",
          "0 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/…dfasdfasdfasdfasdf.4 (128) 5242880",
          "0 asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/…dfasdfasdfasdfasdf.1 (128) 5242880",
        ],
        "iso-8859": [
          "5 data/ (5) 0",
          "0 data/file-with-german-umlaut-ae-ä (33) 15",
        ],
        "longlink": [
          "5 ./asfd/ (7) 0",
          "5 ./asfd/asdf/ (12) 0",
          "5 ./asfd/asdf/asdf/ (17) 0",
          "5 ./asfd/asdf/asdf/asfd/ (22) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/ (27) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/ (32) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/ (37) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/ (42) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/asdf/ (47) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/asdf/asdf/ (52) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/asdf/asdf/asdf/asdf/ (57) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/asd…asdf/asdf/asdf/asdf/ (62) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/asd…asdf/asdf/asdf/asdf/ (67) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/asd…asdf/asdf/asdf/asdf/ (72) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/asd…asdf/asdf/asdf/asdf/ (77) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/asd…asdf/asdf/asdf/asdf/ (82) 0",
          "5 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/asd…asdf/asdf/asdf/asdf/ (87) 0",
          "0 ./asfd/asdf/asdf/asfd/asdf/asdf/asdf/asd…asdfasdfasdfasdfasdf (128) 0",
        ],
        "notenoughnils": [
          "0 file (4) 0",
        ],
        "t": [
          "0 ./hurr.txt (10) 19",
          "0 ./ermahgerd.txt (15) 27",
        ],
      }
    `);
  });

  describe('the answer does not depend on the cuts', () => {
    const tars = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tar(\.gz|\.bz2)?$/.test(name))
      .sort();
    for (const name of tars) {
      it(name, () => {
        const tar = tarAt(name);
        // The data by their hash: the files of one tar here are megabytes.
        const answer = (pieces: readonly Uint8Array[]) => {
          const { entries, data, failure } = readTar(pieces);
          return {
            entries,
            failure,
            data: data.map((bytes) => createHash('md5').update(bytes).digest('hex')),
          };
        };
        const whole = answer([tar]);
        const random = new Random(tar.length);
        // Byte by byte costs too much where there are 26 million of them.
        const small = tar.length < 100_000;
        const sizes = small ? [1, 2, 3, 7, 100, 511, 512, 513, 1024, 4000] : [65_521];
        for (const size of sizes) expect(answer(inPieces(tar, size))).toEqual(whole);
        for (let i = small ? 5 : 1; i > 0; i--) expect(answer(inRandomPieces(tar, random))).toEqual(whole);
      });
    }
  });

  describe('fields', () => {
    const group = <T>(name: string): readonly T[] =>
      json<{ readonly group: string; readonly vectors: readonly T[] }>('expected-helpers.json').find(
        (one) => one.group === name,
      )!.vectors;
    /** The value, or 'refused' where it fails as it should. */
    const attempt = <T>(work: () => T): T | 'refused' => {
      try {
        return work();
      } catch (error) {
        if (error instanceof Problem) return 'refused';
        throw error;
      }
    };
    const title = (input: unknown) => JSON.stringify(input).slice(0, 100);
    const textsOf = (records: ReadonlyMap<string, Bytes>) =>
      Object.fromEntries([...records].map(([key, value]) => [key, drawn(value)]));
    const drawnTexts = (texts: Readonly<Record<string, Text>>) =>
      Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, drawn(bytesOf(value))]));
    const recordsOf = (texts: Readonly<Record<string, Text>> | null) =>
      new Map(Object.entries(texts ?? {}).map(([key, value]) => [key, bytesOf(value)]));

    interface NumberVector {
      readonly in: Text;
      readonly want: string | null;
      readonly ok: boolean;
    }
    it.each(group<NumberVector>('parseNumeric').map((vector) => [title(vector.in), vector] as const))(
      'number %s',
      (_, vector) => {
        const bytes = bytesOf(vector.in);
        // 64 bits in Go; past 2^53 - 1 a JavaScript number would lie.
        const fits = vector.ok && Number.isSafeInteger(Number(vector.want));
        expect(readNumber(bytes, 0, bytes.length)).toBe(fits ? Number(vector.want) : NaN);
      },
    );

    interface TimeVector {
      readonly in: Text;
      readonly want: { readonly unixSeconds: number; readonly nanos: number } | null;
    }
    it.each(group<TimeVector>('parsePAXTime').map((vector) => [title(vector.in), vector] as const))(
      'time %s',
      (_, { in: input, want }) => {
        const time = readTime(bytesOf(input));
        // Go's vectors give the nanoseconds the sign of the seconds; ours count upwards from rounded-down seconds.
        const nanos = want === null ? 0 : (want.nanos + 1_000_000_000) % 1_000_000_000;
        const wanted = want && { seconds: want.unixSeconds - (want.nanos < 0 ? 1 : 0), nanos };
        expect(time).toEqual(wanted);
      },
    );

    interface RecordsVector {
      readonly in: Text;
      readonly want: Readonly<Record<string, Text>> | null;
      readonly ok: boolean;
    }
    it.each(group<RecordsVector>('parsePAX').map((vector) => [title(vector.in), vector] as const))(
      'records %s',
      (_, { in: input, want, ok }) => {
        const records = attempt(() => textsOf(readRecords(bytesOf(input), 0)));
        expect(records).toEqual(ok ? drawnTexts(want ?? {}) : 'refused');
      },
    );

    interface RecordVector {
      readonly in: Text;
      readonly key: Text;
      readonly value: Text;
      readonly residual: Text;
      readonly ok: boolean;
    }
    it.each(group<RecordVector>('parsePAXRecord').map((vector) => [title(vector.in), vector] as const))(
      'record %s',
      (_, vector) => {
        // Go reads one and says what remains; a header is all its records.
        const input = bytesOf(vector.in);
        const one = input.subarray(0, input.length - (vector.ok ? bytesOf(vector.residual).length : 0));
        const records = attempt(() => [...readRecords(one, 0)].map(([key, value]) => [key, drawn(value)]));
        expect(records).toEqual(
          vector.ok ? [[readable(bytesOf(vector.key)), drawn(bytesOf(vector.value))]] : 'refused',
        );
      },
    );

    interface MergeVector {
      readonly in: Readonly<Record<string, Text>>;
      readonly want?: {
        readonly Name?: string;
        readonly Uid?: number;
        readonly ModTime?: { readonly unix: number; readonly nsec: number };
        readonly PAXRecords: Readonly<Record<string, Text>>;
      };
      readonly ok: boolean;
    }
    it.each(group<MergeVector>('mergePAX').map((vector) => [title(vector.in), vector] as const))(
      'records in force %s',
      (_, { in: input, want, ok }) => {
        const entry = new HeaderReader().read(new Uint8Array(512), 0, 0);
        const merged = attempt(() => {
          applyRecords(entry, recordsOf(input), 0);
          const { name, uid, mtime, mtimeNanos } = entry;
          return { name: readable(name), uid, mtime, mtimeNanos, records: textsOf(entry.records) };
        });
        const wanted = {
          name: want?.Name ?? '',
          uid: want?.Uid ?? 0,
          mtime: want?.ModTime?.unix ?? 0,
          mtimeNanos: want?.ModTime?.nsec ?? 0,
          records: drawnTexts(want?.PAXRecords ?? {}),
        };
        expect(merged).toEqual(ok ? wanted : 'refused');
      },
    );

    interface SparseVector {
      readonly inputHdrs: Readonly<Record<string, Text>> | null;
      readonly inputData?: Text;
      readonly wantMap?: readonly (readonly [number, number])[];
      readonly wantSize?: number;
      readonly wantName?: string;
      readonly wantErr?: string | null;
    }
    it.each(group<SparseVector>('readGNUSparsePAXHeaders').map((v) => [title(v), v] as const))(
      'sparse map %s',
      (_, { inputHdrs, inputData = '', wantMap, wantSize, wantErr }) => {
        const records = recordsOf(inputHdrs);
        const found = attempt(() => {
          const sparse = readSparseRecords(records, 0);
          if (sparse === null) return null;
          const data = bytesOf(inputData);
          const map = sparse.mapInData
            ? new SparseMapReader(0).push(data, 0, data.length)
            : readRecordedMap(records, 0);
          // Null: more blocks are wanted, and there are none.
          if (map === null) return 'refused';
          return { map: map.map(({ offset, length }) => [offset, length]), size: sparse.size };
        });
        if (wantErr) expect(found).toBe('refused');
        else if (wantMap === undefined) expect(found).toBe(null);
        else expect(found).toEqual({ map: wantMap, size: wantSize ?? null });
      },
    );
  });
}
