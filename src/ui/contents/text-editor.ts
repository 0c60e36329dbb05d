/** A text to read, in CodeMirror 6. Loaded when a text is first shown. */
import { gotoLine, highlightSelectionMatches, openSearchPanel } from '@codemirror/search';
import { Compartment, EditorState, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, lineNumbers, type DecorationSet } from '@codemirror/view';
import { readOnlyText, shadowOf, textOf } from './text-basics.ts';

const askLine = StateEffect.define<number | null>();
const askedMark = Decoration.line({ class: 'cm-asked' });

/** The line that the address names, marked. */
const asked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(askLine)) continue;
      const { doc } = transaction.state;
      const line = effect.value;
      return line === null || line > doc.lines
        ? Decoration.none
        : Decoration.set(askedMark.range(doc.line(line).from));
    }
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

export interface TextEditorOptions {
  /** A line number was clicked. */
  readonly onLine: (line: number) => void;
  /** Name of the text, read aloud. */
  readonly label: string;
}

/** In a shadow root below `host`. */
export class TextEditor {
  readonly #view: EditorView;
  readonly #language = new Compartment();
  readonly #wrap = new Compartment();
  readonly #options: TextEditorOptions;
  #wraps = false;
  /** A carriage return at the end of what has come: with a line feed after it, it is one line's end. */
  #held = '';

  constructor(host: HTMLElement, options: TextEditorOptions) {
    this.#options = options;
    const root = shadowOf(host);
    this.#view = new EditorView({ root, parent: root as unknown as Element, state: this.#state('', null) });
  }

  /** As `wc -l` counts, and what stands after the last line feed. */
  get lines(): number {
    const { doc } = this.#view.state;
    return doc.line(doc.lines).length === 0 ? doc.lines - 1 : doc.lines;
  }

  /** Another text, from its top. */
  show(text: string, highlighting: Extension | null): void {
    this.#held = '';
    this.#view.setState(this.#state(this.#whole(text), highlighting));
  }

  /** What comes after what is shown. */
  append(text: string): void {
    const insert = this.#whole(text);
    const { length } = this.#view.state.doc;
    this.#view.dispatch({ changes: { from: length, insert: textOf(insert) } });
  }

  highlight(highlighting: Extension | null): void {
    this.#view.dispatch({ effects: this.#language.reconfigure(highlighting ?? []) });
  }

  /** Marks a line and brings it into view; false where the text has no such line (yet). */
  goTo(line: number | null, scroll: boolean): boolean {
    const { doc } = this.#view.state;
    if (line === null || line > doc.lines) {
      this.#view.dispatch({ effects: askLine.of(null) });
      return line === null;
    }
    const effects: StateEffect<unknown>[] = [askLine.of(line)];
    if (scroll) effects.push(EditorView.scrollIntoView(doc.line(line).from, { y: 'center' }));
    this.#view.dispatch({ effects });
    return true;
  }

  wrap(wraps: boolean): void {
    this.#wraps = wraps;
    this.#view.dispatch({ effects: this.#wrap.reconfigure(wraps ? EditorView.lineWrapping : []) });
  }

  find(): void {
    openSearchPanel(this.#view);
  }

  askForLine(): void {
    gotoLine(this.#view);
  }

  destroy(): void {
    this.#view.destroy();
  }

  #whole(text: string): string {
    const all = this.#held + text;
    this.#held = all.endsWith('\r') ? '\r' : '';
    return this.#held === '' ? all : all.slice(0, -1);
  }

  #state(doc: string, highlighting: Extension | null): EditorState {
    const { onLine, label } = this.#options;
    return EditorState.create({
      doc,
      extensions: [
        lineNumbers({
          domEventHandlers: {
            click: (view, block) => {
              onLine(view.state.doc.lineAt(block.from).number);
              return true;
            },
          },
        }),
        highlightSelectionMatches(),
        asked,
        readOnlyText(label),
        this.#language.of(highlighting ?? []),
        this.#wrap.of(this.#wraps ? EditorView.lineWrapping : []),
      ],
    });
  }
}
