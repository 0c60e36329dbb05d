/** A text to read, in CodeMirror 6. Loaded when a text is first shown. */
import { defaultKeymap } from '@codemirror/commands';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import {
  gotoLine,
  highlightSelectionMatches,
  openSearchPanel,
  search,
  searchKeymap,
} from '@codemirror/search';
import { Compartment, EditorState, StateEffect, StateField, Text, type Extension } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  type DecorationSet,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.tagName, tags.heading, tags.definitionKeyword], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.inserted, tags.link, tags.url], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.literal], color: 'var(--code-number)' },
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: 'var(--ink-soft)' },
  {
    tag: [tags.propertyName, tags.attributeName, tags.definition(tags.variableName), tags.labelName],
    color: 'var(--accent)',
  },
  { tag: [tags.typeName, tags.className, tags.standard(tags.name)], color: 'var(--code-number)' },
  { tag: [tags.deleted, tags.invalid], color: 'var(--bad)' },
  { tag: tags.heading, fontWeight: '600' },
  { tag: tags.strong, fontWeight: '600' },
  { tag: tags.emphasis, fontStyle: 'italic' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', background: 'var(--surface)', fontSize: 'var(--text-m)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', fontVariantLigatures: 'none' },
  '&.cm-focused': { outline: 'var(--focus)', outlineOffset: '-2px' },
  '.cm-gutters': {
    background: 'var(--surface)',
    color: 'var(--ink-soft)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-lineNumbers .cm-gutterElement': { cursor: 'pointer', padding: '0 8px 0 12px', minWidth: '3em' },
  '.cm-lineNumbers .cm-gutterElement:hover': { color: 'var(--accent)', textDecoration: 'underline' },
  '.cm-line': { padding: '0 12px 0 8px' },
  '.cm-asked': { background: 'var(--picked)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    background: 'color-mix(in oklab, var(--accent) 28%, transparent)',
  },
  '.cm-searchMatch': { background: 'var(--odd-ground)', outline: '1px solid var(--odd)' },
  '.cm-searchMatch-selected': { background: 'color-mix(in oklab, var(--odd) 45%, transparent)' },
  '.cm-selectionMatch': { background: 'color-mix(in oklab, var(--accent) 16%, transparent)' },
  '.cm-specialChar': { color: 'var(--odd)', background: 'var(--odd-ground)', borderRadius: '2px' },
  '.cm-panels': { background: 'var(--ground)', color: 'var(--ink)', fontFamily: 'var(--sans)' },
  '.cm-panels.cm-panels-bottom': { borderTop: '1px solid var(--line-strong)' },
  '.cm-panel.cm-search, .cm-panel.cm-gotoLine': { padding: '6px 28px 6px 10px', fontSize: 'var(--text-s)' },
  '.cm-panel.cm-search label, .cm-panel.cm-gotoLine label': { fontSize: 'var(--text-s)' },
  '.cm-textfield': {
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius)',
    background: 'var(--surface)',
    color: 'var(--ink)',
    fontSize: 'var(--text-m)',
    padding: '3px 6px',
  },
  '.cm-button': {
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius)',
    background: 'var(--surface)',
    backgroundImage: 'none',
    color: 'var(--ink)',
    fontSize: 'var(--text-s)',
    padding: '3px 8px',
    cursor: 'pointer',
  },
  '.cm-panel [name=close], .cm-dialog-close': { color: 'var(--ink)', fontSize: '16px', cursor: 'pointer' },
});

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

/** In a shadow root below `host`: there its styles are adopted sheets, which a policy without inline styles lets be. */
export class TextEditor {
  readonly #view: EditorView;
  readonly #language = new Compartment();
  readonly #wrap = new Compartment();
  readonly #labelled = new Compartment();
  readonly #options: TextEditorOptions;
  #wraps = false;
  /** A carriage return at the end of what has come: with a line feed after it, it is one line's end. */
  #held = '';

  constructor(host: HTMLElement, options: TextEditorOptions) {
    this.#options = options;
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
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
    this.#view.dispatch({ changes: { from: length, insert: Text.of(insert.split(/\r\n?|\n/)) } });
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
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        this.#labelled.of(
          EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label, 'aria-readonly': 'true' }),
        ),
        lineNumbers({
          domEventHandlers: {
            click: (view, block) => {
              onLine(view.state.doc.lineAt(block.from).number);
              return true;
            },
          },
        }),
        highlightSpecialChars(),
        drawSelection(),
        highlightSelectionMatches(),
        search(),
        asked,
        syntaxHighlighting(colours),
        theme,
        keymap.of([...searchKeymap, ...defaultKeymap]),
        this.#language.of(highlighting ?? []),
        this.#wrap.of(this.#wraps ? EditorView.lineWrapping : []),
      ],
    });
  }
}
