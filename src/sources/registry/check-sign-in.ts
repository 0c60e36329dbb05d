/** A name and a password, tried at the registry's front door (distribution-spec v1.1, "end-1") and at no image's. */
import { drop } from '../http/body.ts';
import { PATIENCE, type Patience } from '../http/patience.ts';
import { request } from '../http/request.ts';
import type { Access } from '../access.ts';
import { Authorization } from './authorization.ts';
import { readErrors } from './errors.ts';
import { reachOf } from './reach.ts';
import { requestWithName, stillRefused } from './second-try.ts';

/**
 * Tries `access.credentials` at `access.registry`, which is the one that is asked. `accepted`: by it, or by its token
 * service. `unasked`: it lets everybody in, so that nothing is known. Fails with `unauthorized` where they are wrong, and
 * as any request does where the registry cannot be asked.
 */
export async function checkSignIn(
  registry: string,
  access: Access,
  signal: AbortSignal,
  patience: Patience = PATIENCE,
): Promise<'accepted' | 'unasked'> {
  const reach = reachOf(registry, access.route);
  const authorization = new Authorization({ reach, repository: null, access, patience });
  const url = `${reach.base}/v2/`;
  const options = { signal, patience };
  const response = await request(url, options);
  if (response.status !== 401) {
    await drop(response);
    return 'unasked';
  }
  const header = await authorization.answer(response, await readErrors(response, signal), null, signal);
  // The token service has looked at them. The token itself is for no repository, and good for nothing.
  if (header.startsWith('Bearer ')) return 'accepted';
  const again = await requestWithName(url, { ...options, headers: { Authorization: header } });
  if (again.status !== 401) {
    await drop(again);
    return again.ok ? 'accepted' : 'unasked';
  }
  const asked = { registry: reach.host, hadCredentials: authorization.hasCredentials };
  return stillRefused(url, header, asked, await readErrors(again, signal));
}
