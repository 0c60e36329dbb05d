/** What may be watched from outside, on the document: the phase, how far the checks are, and the title. */
import type { Session } from './session.svelte.ts';

/** Keeps the document in step until the returned function is called. */
export function publish(session: Session, root: HTMLElement): () => void {
  return $effect.root(() => {
    $effect(() => {
      root.dataset['phase'] = session.phase.name;
      root.dataset['verified'] = session.verified;
    });
    $effect(() => {
      const { phase } = session;
      root.ownerDocument.title = phase.name === 'empty' ? 'Stratascope' : `${phase.asked} · Stratascope`;
    });
  });
}
