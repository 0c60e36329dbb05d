/** What the gateway of this machine says of itself, in place of a registry's answer. Its other side is `gateway/`. */
import { fail, type GatewayFault } from '../../base/problem.ts';
import { publicUrl } from '../http/body.ts';
import { readErrors } from './errors.ts';

/** The header that its own answers have, and those of a registry, which it hands on, never have. */
export const GATEWAY_HEADER = 'Stratascope-Gateway';

/** Each once: the type makes a forgotten one an error. */
const FAULTS: Readonly<Record<GatewayFault, true>> = {
  'private-address': true,
  'no-such-host': true,
  'no-answer': true,
  timeout: true,
  certificate: true,
  'malformed-answer': true,
  'redirect-loop': true,
  'too-many-redirects': true,
  'bad-redirect': true,
  'unknown-realm': true,
  refused: true,
};

/** Fails with `unreachable` where the answer is the gateway's own. */
export async function refuseGatewayFault(response: Response, signal: AbortSignal): Promise<void> {
  const value = response.headers.get(GATEWAY_HEADER);
  if (value === null || !Object.hasOwn(FAULTS, value)) return;
  const errors = await readErrors(response, signal);
  const fault = value as GatewayFault;
  fail({
    code: 'unreachable',
    url: publicUrl(response.url),
    gateway: { fault, message: errors[0]?.message ?? '' },
  });
}
