/** The keys of a treegrid (ARIA Authoring Practices Guide, "Treegrid", rows focused). */

export type GridAction = 'up' | 'down' | 'in' | 'out' | 'first' | 'last' | 'page-up' | 'page-down' | 'open';

const ACTIONS: ReadonlyMap<string, GridAction> = new Map([
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
  ['ArrowRight', 'in'],
  ['ArrowLeft', 'out'],
  ['Home', 'first'],
  ['End', 'last'],
  ['PageUp', 'page-up'],
  ['PageDown', 'page-down'],
  ['Enter', 'open'],
  [' ', 'open'],
]);

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** Null for what is not the grid's: with a modifier, keys are the browser's (Alt+Left goes back). */
export function actionOf({ key, ctrlKey, metaKey, altKey }: Pressed): GridAction | null {
  const jump = (ctrlKey || metaKey) && (key === 'Home' || key === 'End');
  return (ctrlKey || metaKey || altKey) && !jump ? null : (ACTIONS.get(key) ?? null);
}
