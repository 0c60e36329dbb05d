/** The command line of `npm start`. */
import { parseArgs } from 'node:util';
import { namedRegistries } from '../gateway/named.ts';
import { Problem } from '../src/base/problem.ts';
import { parseReference } from '../src/formats/reference.ts';
import { NOWHERE, printAddress } from '../src/session/address.ts';

export const USAGE = `npm start -- [image] [options]

  image                 opens it in the browser: nginx:1.27, ghcr.io/team/app@sha256:…
  --allow host[:port]   lets the gateway ask a registry of this machine or its network, over https,
                        or over http where it is written as http://host:port; may be given several times
  --port number         4173, or the next that is free, unless given
  --no-open             only prints the address
  --no-build            serves dist as it is`;

export interface ServeOptions {
  /** What stands behind the address of the page: a fragment, or nothing. */
  readonly target: string;
  /** As `Upstream` wants them. */
  readonly named: ReadonlyMap<string, string>;
  readonly opens: boolean;
  readonly builds: boolean;
  readonly port: number | null;
}

/** `args` without node and script. Fails with an Error that says what is wrong. */
export function parseServeOptions(args: readonly string[]): ServeOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      allow: { type: 'string', multiple: true, default: [] },
      open: { type: 'boolean', default: true },
      build: { type: 'boolean', default: true },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  if (positionals.length > 1) throw new Error(`one image at a time, not ${positionals.join(' and ')}`);
  return {
    target: fragmentOf(positionals[0]),
    named: namedRegistries(values.allow),
    opens: values.open,
    builds: values.build,
    port: values.port === undefined ? null : portOf(values.port),
  };
}

function fragmentOf(image: string | undefined): string {
  if (image === undefined) return '';
  try {
    parseReference(image);
  } catch (error) {
    if (!(error instanceof Problem) || error.failure.code !== 'bad-reference') throw error;
    const { at, fault } = error.failure;
    throw new Error(`not an image reference (${fault}):\n\n  ${image}\n  ${' '.repeat(at)}^`);
  }
  return printAddress({ ...NOWHERE, target: { kind: 'image', reference: image.trim() } });
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65535) throw new Error(`not a port: ${text}`);
  return port;
}
