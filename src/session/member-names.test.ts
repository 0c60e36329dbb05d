import { describe, expect, it } from 'vitest';
import { Random } from '../testing/random.ts';
import { joinMembers, splitMembers } from './member-names.ts';

describe('names of members', () => {
  it('are written as Java writes them', () => {
    expect(joinMembers(['WEB-INF/lib/x.jar', 'META-INF/MANIFEST.MF'])).toBe(
      'WEB-INF/lib/x.jar!/META-INF/MANIFEST.MF',
    );
    expect(splitMembers('a.war!/b.jar!/c')).toEqual(['a.war', 'b.jar', 'c']);
    expect(splitMembers(null)).toEqual([]);
    expect(joinMembers([])).toBe(null);
  });

  it('come back as they were, whatever is in them', () => {
    const random = new Random(3);
    for (let round = 0; round < 500; round++) {
      const names = Array.from({ length: random.between(1, 8) }, () =>
        Array.from({ length: random.between(0, 6) }, () =>
          random.pick(['!', '/', '%', '21', '25', 'a', '!/']),
        ).join(''),
      );
      expect(splitMembers(joinMembers(names))).toEqual(names);
    }
  });

  it('are of so many archives in archives, and no more', () => {
    expect(splitMembers('a!/'.repeat(1000))).toHaveLength(8);
  });
});
