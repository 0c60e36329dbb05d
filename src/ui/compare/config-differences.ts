/** How two configs have an image run differently. */
import type { ImageConfig } from '../../formats/config.ts';
import { configFacts } from '../image/config-facts.ts';
import type { FactPair } from './difference-words.ts';

/** When and by whom it was made says nothing of how it runs. */
const NOT_TOLD = new Set(['Created', 'Author']);

/** In the order of the config's own view, what is the same left out. */
export function configDifferences(before: ImageConfig, after: ImageConfig): FactPair[] {
  const [one, other] = [before, after].map(namedFacts) as [Map<string, string>, Map<string, string>];
  return [...new Set([...other.keys(), ...one.keys()])]
    .map((name) => ({ name, before: one.get(name) ?? null, after: other.get(name) ?? null }))
    .filter(({ before, after }) => before !== after);
}

function namedFacts(content: ImageConfig): Map<string, string> {
  const facts = new Map(configFacts(content).filter(([name]) => !NOT_TOLD.has(name)));
  for (const text of content.config.env) {
    const at = text.indexOf('=');
    // The last of a name counts, as in any environment.
    facts.set(`$${at < 0 ? text : text.slice(0, at)}`, at < 0 ? '' : text.slice(at + 1));
  }
  for (const [name, value] of content.config.labels) facts.set(`Label ${name}`, value);
  return facts;
}
