/** After a 401: the same once more, with what the registry wanted. */
import { fail, Problem, type RegistryError } from '../../base/problem.ts';
import { publicUrl } from '../http/body.ts';
import { request, type RequestOptions } from '../http/request.ts';

/**
 * The same was answered without `Authorization`. Where there is no answer with it, the host does not let pages send that:
 * it answers the browser's preflight with 401, as distribution does with any authentication (its issue 4458).
 */
export async function requestWithName(url: string, options: RequestOptions): Promise<Response> {
  try {
    return await request(url, options);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { failure, cause } = error;
    if (failure.code !== 'unreachable' || failure.alive !== true || failure.redirects) throw error;
    return fail({ ...failure, preflight: true }, { cause });
  }
}

/** It was refused again; a third time would say the same. */
export function stillRefused(
  url: string,
  header: string,
  { registry, hadCredentials }: { readonly registry: string; readonly hadCredentials: boolean },
  errors: readonly RegistryError[],
): never {
  const scheme = header.slice(0, Math.max(0, header.indexOf(' '))).toLowerCase();
  return fail({
    code: 'unauthorized',
    registry,
    url: publicUrl(url),
    offers: scheme === '' ? [] : [scheme],
    hadCredentials,
    // A token came for the name and the password; by Basic there is no telling what is wrong.
    ...(hadCredentials && scheme === 'bearer' && { wasKnown: true as const }),
    errors,
  });
}
