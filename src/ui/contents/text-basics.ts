/** What every text has that CodeMirror shows: it is read and not written, in the colours of the page, light and dark. */
import { defaultKeymap } from '@codemirror/commands';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { search, searchKeymap } from '@codemirror/search';
import { EditorState, Text, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightSpecialChars, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const KEYWORD = 'light-dark(#6b3fa0, #c9a6f0)';
const NUMBER = 'var(--odd)';

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.tagName, tags.heading, tags.definitionKeyword], color: KEYWORD },
  { tag: [tags.string, tags.special(tags.string), tags.inserted, tags.link, tags.url], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.literal], color: NUMBER },
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: 'var(--ink-soft)' },
  {
    tag: [tags.propertyName, tags.attributeName, tags.definition(tags.variableName), tags.labelName],
    color: 'var(--accent)',
  },
  { tag: [tags.typeName, tags.className, tags.standard(tags.name)], color: NUMBER },
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

/** `label`: name of the text, read aloud. */
export function readOnlyText(label: string): Extension {
  return [
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label, 'aria-readonly': 'true' }),
    highlightSpecialChars(),
    drawSelection(),
    search(),
    syntaxHighlighting(colours),
    theme,
    keymap.of([...searchKeymap, ...defaultKeymap]),
  ];
}

/** Lines end as they do for every editor: with a line feed, a carriage return, or both. */
export const textOf = (text: string) => Text.of(text.split(/\r\n?|\n/));

/** A shadow root below `host`: there an editor's styles are adopted sheets, which a policy without inline styles lets be. */
export const shadowOf = (host: HTMLElement) => host.shadowRoot ?? host.attachShadow({ mode: 'open' });
