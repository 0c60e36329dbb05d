/** Why there was no answer, in words: as far as a page can find out, or as the gateway says. */
import type { FailureWords } from './failure-phrases.ts';
import { unreachable } from '../../base/assert.ts';
import type { Failure, GatewayFault } from '../../base/problem.ts';
import type { Blockage } from '../../session/blockage.ts';

type Unreachable = Extract<Failure, { code: 'unreachable' }>;
type Words = Pick<FailureWords, 'title' | 'detail' | 'advice'>;

/** `blockage`: what was found out since; null until then. */
export function unreachableWords(failure: Unreachable, blockage: Blockage | null): FailureWords {
  const { url, gateway } = failure;
  if (gateway !== undefined) {
    const facts: [string, string][] = [['Asked', url]];
    if (gateway.message !== '') facts.push(['The gateway says', gateway.message]);
    return { ...gatewayWords(gateway.fault), facts };
  }
  const words = blockage === null ? guessed(failure) : blockageWords(blockage, url);
  const detail = [...words.detail];
  // Distribution-spec v1.1, "Pulling blobs": the answer may be a redirect, of which a page sees no more than its failure.
  if (/\/v2\/.+\/blobs\//.test(url)) {
    detail.push(
      'Many registries send whoever asks for a blob on to a storage host. Where the manifest could be read and this could not, it is mostly that host which does not answer, or lacks the headers.',
    );
  }
  return { ...words, detail, facts: [['Asked', url]] };
}

function guessed({ alive, url }: Unreachable): Words {
  if (alive === undefined) {
    return {
      title: 'The browser could not read this address',
      detail: [
        'Either the host is down, or its name, port or protocol is wrong, or it does not let pages of other sites read its answers (CORS). Browsers do not tell a page which of these it is.',
      ],
      advice: ['Check the name and the port, and that you can reach the host from here.'],
    };
  }
  return blockageWords(alive ? 'no-cors' : 'silent', url);
}

function blockageWords(blockage: Blockage, url: string): Words {
  const { host } = new URL(url);
  switch (blockage) {
    case 'no-cors':
      return {
        title: 'The host is there, but does not let this page read it',
        detail: [
          'A request that needs no permission reached the host. What is missing are the headers by which a server lets pages of other sites read its answers (CORS). Most public registries, Docker Hub among them, send none.',
        ],
        advice: ['Go one of the ways below: none of them changes what is opened, or how it is checked.'],
      };
    case 'silent':
      return {
        title: 'The host gave no answer',
        detail: [
          `A request that needs no permission was not answered either: ${host} is down, or its name, port or protocol is wrong, or your network does not lead there.`,
        ],
        advice: [
          'Check the name and the port, and that you can reach the host from here.',
          'If a browser may not ask it, but you can, go one of the ways below.',
        ],
      };
    case 'offline':
      return {
        title: 'This machine has no network',
        detail: ['The browser says that it is offline.'],
        advice: ['Connect, and try again. What you have opened before opens without a network.'],
      };
    case 'mixed-content':
      return {
        title: 'A page on https may not ask this address',
        detail: [
          `${host} is spoken to over http, without encryption. Browsers do not let a page that came over https do that (mixed content); some make an exception for this machine, Safari makes none.`,
        ],
        advice: ['Serve it over https, or open Stratascope on this machine: npm start.'],
      };
    case 'network-denied':
      return {
        title: 'The browser does not let this page reach your network',
        detail: [
          `${host} is this machine, or of its network. Browsers ask you before a page of the internet may go there, and for this page the answer was no.`,
        ],
        advice: [
          'Allow “Local network access” in the site settings (the icon left of the address), then retry.',
          'Or open Stratascope on this machine: npm start.',
        ],
      };
    case 'network-asked':
      return {
        title: 'The browser asks before this page may reach your network',
        detail: [
          `${host} is this machine, or of its network. The browser waits for your answer, or did not get to ask.`,
        ],
        advice: ['Retry, and allow “Local network access” when the browser asks.'],
      };
    default:
      return unreachable(blockage);
  }
}

function gatewayWords(fault: GatewayFault): Words {
  switch (fault) {
    case 'no-such-host':
      return {
        title: 'There is no host of this name',
        detail: ['The gateway of this machine looked it up, and found no address.'],
        advice: ['Check the name, and that this machine has a network.'],
      };
    case 'no-answer':
      return {
        title: 'The host gave no answer',
        detail: ['The gateway of this machine tried to connect, and nobody answered or the line broke.'],
        advice: ['Check the name and the port; try again in a while.'],
      };
    case 'timeout':
      return {
        title: 'The host did not answer in time',
        detail: ['The gateway of this machine waited for it in vain.'],
        advice: ['Try again in a while.'],
      };
    case 'certificate':
      return {
        title: 'The host cannot prove who it is',
        detail: ['Its certificate is wrong, expired, or by nobody whom this machine knows.'],
        advice: [
          'If the host is yours and has a certificate of its own, start with NODE_EXTRA_CA_CERTS=<file>.',
          'If you do not expect that, do not go on.',
        ],
      };
    case 'malformed-answer':
      return {
        title: 'The host does not answer as a registry does',
        detail: ['What came was no HTTP, or had more headers than can be right.'],
        advice: ['Check the host and its port.'],
      };
    case 'redirect-loop':
    case 'too-many-redirects':
      return {
        title: 'The registry sends you in circles',
        detail: ['It redirects again and again, and never to the content.'],
        advice: ['This is a mistake of the registry: tell whoever runs it.'],
      };
    case 'private-address':
    case 'bad-redirect':
      return {
        title: 'The registry leads where the gateway does not go',
        detail: [
          'It sends you to this machine or its network, or to an address without encryption. A registry of the internet has no business there.',
        ],
        advice: [
          'If that host is yours, name it, and the registry too, when you start: npm start -- --allow host:port.',
        ],
      };
    case 'unknown-realm':
      return {
        title: 'The token service is not one that the registry names',
        detail: ['The gateway leads to no other.'],
        advice: ['Try again.'],
      };
    case 'refused':
      return {
        title: 'The gateway did not take this request',
        detail: ['It answers only the page that it serves, and only what is pulled.'],
        advice: ['Load the page anew from the address that npm start printed.'],
      };
    default:
      return unreachable(fault);
  }
}
