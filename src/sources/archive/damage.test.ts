/** Whatever bytes are wrong: it is opened, or it is a failure. `drawArchive` throws anything else: a bug. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { dockerSave, legacySave } from '../../testing/docker-save.ts';
import { drawArchive, fileOf } from '../../testing/draw-archive.ts';
import { imageOf, indexOf, layoutOf } from '../../testing/image-of.ts';
import { Random } from '../../testing/random.ts';
import { setChecksum, tarOf } from '../../testing/tar-of.ts';

const BASE = tarOf([{ name: 'etc/release', content: 'stone' }]);
const TOP = tarOf([{ name: 'etc/motd', content: 'hi' }]);
const image = imageOf({ layers: [BASE, TOP] });
const layout = layoutOf({ a: image, b: indexOf([image]) });

const ARCHIVES = {
  'docker save': tarOf(dockerSave([{ layers: [BASE, TOP], tags: ['a:1'] }])),
  'docker save before 1.10': tarOf(legacySave([BASE, TOP], { a: { '1': 'TOP' } })),
  'an OCI layout': tarOf(Array.from(layout, ([name, content]) => ({ name, content }))),
  'a root filesystem': BASE,
};

const FORM = /^(?:docker-archive|oci-layout|root-filesystem)\b/;
const FAILURE = /^(?:malformed|not-found|digest-mismatch|size-mismatch|not-an-image|unsupported|too-large) /;

describe.each(Object.entries(ARCHIVES))('%s, damaged', (_, good) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('at drawn places (seed %i)', async (seed) => {
    const random = new Random(seed);
    for (let i = 0; i < 12; i++) {
      const bad = good.slice();
      for (let flips = 1 + random.below(4); flips > 0; flips--) {
        bad[random.below(bad.length)] = random.pick([
          0,
          0x22,
          0x2f,
          0x30,
          0x31,
          0x32,
          0x7b,
          random.below(256),
        ]);
      }
      // Past the checksum too, where the interesting mistakes are.
      for (let at = 0; at + 512 <= bad.length; at += 512) {
        if (bad[at + 257] === 0x75 && bad[at + 258] === 0x73) setChecksum(bad.subarray(at, at + 512));
      }
      const text = await drawArchive(fileOf(random.oneIn(4) ? new Uint8Array(gzipSync(bad)) : bad));
      expect(FORM.test(text) || FAILURE.test(text), text).toBe(true);
    }
  });

  it.each([1, 2, 3])('cut short, plain and compressed (seed %i)', async (seed) => {
    const random = new Random(seed);
    const packed = new Uint8Array(gzipSync(good));
    for (let i = 0; i < 12; i++) {
      const whole = random.pick([good, packed]);
      const text = await drawArchive(fileOf(whole.subarray(0, random.below(whole.length))));
      expect(FORM.test(text) || FAILURE.test(text), text).toBe(true);
    }
  });
});
