import type { Healthcheck, ImageConfig } from '../../formats/config.ts';
import { platformName } from '../shared/platform-name.ts';

/** The members of a config that say something, in words, in the order in which they are asked for. */
export function configFacts({
  platform,
  created,
  author,
  config,
}: ImageConfig): [name: string, value: string][] {
  const facts: [string, string][] = [
    ['Entrypoint', commandText(config.entrypoint)],
    ['Command', commandText(config.cmd)],
    ['User', config.user],
    ['Working directory', config.workingDir],
    ['Ports', config.exposedPorts.join('  ')],
    ['Volumes', config.volumes.join('  ')],
    ['Stop signal', config.stopSignal],
    ['Shell', commandText(config.shell)],
    ['Health check', config.healthcheck === null ? '' : healthText(config.healthcheck)],
    ['On build', config.onBuild.join('\n')],
    ['Platform', platform === null ? '' : platformName(platform)],
    ['Created', created],
    ['Author', author],
  ];
  return facts.filter(([, value]) => value !== '');
}

/** As a Dockerfile's exec form has it: unambiguous, and ready to be pasted. */
function commandText(words: readonly string[]): string {
  return words.length === 0 ? '' : JSON.stringify(words).replaceAll('","', '", "');
}

function healthText({ test, interval, timeout, startPeriod, retries }: Healthcheck): string {
  const command = test[0] === 'CMD-SHELL' ? test.slice(1).join(' ') : commandText(test.slice(1));
  const rest = [
    interval > 0 && `every ${seconds(interval)}`,
    timeout > 0 && `within ${seconds(timeout)}`,
    startPeriod > 0 && `after ${seconds(startPeriod)}`,
    retries > 0 && `${retries} tries`,
  ].filter((text) => text !== false);
  return test[0] === 'NONE' ? 'none' : [command, ...rest].filter(Boolean).join(', ');
}

function seconds(nanoseconds: number): string {
  return `${nanoseconds / 1e9} s`;
}
