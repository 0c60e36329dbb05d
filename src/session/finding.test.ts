/** Finding by package, as far as no thread is asked. */
import { expect, it } from 'vitest';
import { Problem, type Failure } from '../base/problem.ts';
import { treeOf } from '../testing/tree-of.ts';
import { Finding } from './finding.svelte.ts';

const UNREACHABLE: Failure = { code: 'unreachable', url: 'https://example.org/' };

/** `package:x` is asked while what is installed cannot be found out. */
async function askWithout(reason: unknown): Promise<Finding> {
  const never = new Promise<never>(() => {});
  const finding = new Finding(treeOf('etc/passwd'), null, never, () => Promise.reject(reason as Error));
  await finding.ask('package:x');
  return finding;
}

it('says why it is not known whose files are', async () => {
  const finding = await askWithout(new Problem(UNREACHABLE));
  expect(finding.failure).toEqual(UNREACHABLE);
  expect(finding.waiting).toBe(false);
});

it('takes an image that was closed meanwhile for no failure', async () => {
  const finding = await askWithout(new DOMException('another image was asked for', 'AbortError'));
  expect(finding.failure).toBeNull();
});

it('keeps no bug to itself', async () => {
  await expect(askWithout(new TypeError('a bug'))).rejects.toThrow('a bug');
});
