/**
 * Two texts as one: what was taken away stands above what came in its place, in CodeMirror 6 and its merge view. Loaded
 * when two texts are first compared.
 */
import { getChunks, getOriginalDoc, unifiedMergeView } from '@codemirror/merge';
import { Compartment, EditorState, type Extension, type Text } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { readOnlyText, shadowOf, textOf } from '../contents/text-basics.ts';

/** What is compared for longer is compared less finely: the page has other things to do. Milliseconds. */
const TIMEOUT = 40;
/** How far the fine comparison looks (the package's own value for two texts side by side). */
const SCAN_LIMIT = 500;
/** Letters of what was taken away, all of which are drawn at once. */
const MOST_REMOVED = 128 * 1024;
/** Lines around a difference, and how many more there must be to be left out. */
const AROUND = { margin: 3, minSize: 4 };

const theme = EditorView.theme({
  '.cm-changedLine': { background: 'color-mix(in oklab, var(--good) 12%, transparent) !important' },
  '.cm-deletedChunk': {
    background: 'color-mix(in oklab, var(--bad) 10%, transparent) !important',
    padding: '0 12px 0 8px',
  },
  '.cm-changedText': { background: 'color-mix(in oklab, var(--good) 24%, transparent) !important' },
  '.cm-deletedText': { background: 'color-mix(in oklab, var(--bad) 26%, transparent) !important' },
  '.cm-changedLineGutter': { background: 'var(--good) !important' },
  '.cm-deletedLineGutter': { background: 'var(--bad) !important' },
  '.cm-collapsedLines': {
    color: 'var(--ink-soft) !important',
    background: 'var(--ground) !important',
    fontFamily: 'var(--sans)',
    fontSize: 'var(--text-s)',
  },
  // A letter that few fonts have.
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: 'none !important' },
});

export interface LineCounts {
  readonly added: number;
  readonly removed: number;
}

/** In a shadow root below `host`, as the text of a file is. */
export class LineEditor {
  readonly #view: EditorView;
  readonly #language = new Compartment();
  readonly #merge = new Compartment();
  readonly #original: Text;

  /** Null where so much was taken away that it would be too much to draw. */
  static open(host: HTMLElement, before: string, after: string, label: string): LineEditor | null {
    const editor = new LineEditor(host, before, after, label);
    if (editor.#isTooMuch()) {
      editor.destroy();
      return null;
    }
    shadowOf(host).append(editor.#view.dom);
    return editor;
  }

  private constructor(host: HTMLElement, before: string, after: string, label: string) {
    this.#original = textOf(before);
    const state = EditorState.create({
      doc: textOf(after),
      extensions: [
        EditorState.phrases.of({ '$ unchanged lines': '$ lines are the same: show them' }),
        lineNumbers(),
        readOnlyText(label),
        theme,
        this.#language.of([]),
        this.#merge.of(this.#merged(false)),
      ],
    });
    this.#view = new EditorView({ root: shadowOf(host), state });
  }

  /** Lines that came, and that were taken away. */
  get counts(): LineCounts {
    const { state } = this.#view;
    const counts = { added: 0, removed: 0 };
    for (const { fromA, toA, fromB, toB } of getChunks(state)?.chunks ?? []) {
      counts.removed += linesIn(getOriginalDoc(state), fromA, toA);
      counts.added += linesIn(state.doc, fromB, toB);
    }
    return counts;
  }

  highlight(highlighting: Extension | null): void {
    this.#view.dispatch({ effects: this.#language.reconfigure(highlighting ?? []) });
  }

  /** Those that are the same too, or only what is around a difference. */
  showAll(all: boolean): void {
    this.#view.dispatch({ effects: this.#merge.reconfigure(this.#merged(all)) });
  }

  destroy(): void {
    this.#view.destroy();
  }

  #isTooMuch(): boolean {
    const chunks = getChunks(this.#view.state)?.chunks ?? [];
    return chunks.reduce((sum, { fromA, toA }) => sum + toA - fromA, 0) > MOST_REMOVED;
  }

  #merged(all: boolean): Extension {
    return unifiedMergeView({
      original: this.#original,
      mergeControls: false,
      diffConfig: { scanLimit: SCAN_LIMIT, timeout: TIMEOUT },
      ...(all ? {} : { collapseUnchanged: AROUND }),
    });
  }
}

/** Lines between two places, the second of which is past a line's end. An empty last one is no line. */
function linesIn(doc: Text, from: number, to: number): number {
  if (from >= to || from >= doc.length) return 0;
  return doc.lineAt(Math.min(to - 1, doc.length)).number - doc.lineAt(from).number + 1;
}
