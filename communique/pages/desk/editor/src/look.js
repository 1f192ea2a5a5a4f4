// How the editor looks: in the desk's own colours, which follow light and dark.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { Decoration, EditorView, MatchDecorator, ViewPlugin } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.heading, tags.strong], fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: [tags.link, tags.url], color: "var(--accent)" },
  { tag: [tags.processingInstruction, tags.meta, tags.contentSeparator], color: "var(--soft)" },
]);

// What is filled in: {{ facts.meeting }}, {% if … %}.
const filled = new MatchDecorator({
  regexp: /\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}/g,
  decoration: Decoration.mark({ class: "cm-filled" }),
});
const filling = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = filled.createDeco(view);
    }
    update(update) {
      this.decorations = filled.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const theme = EditorView.theme({
  "&": { border: "2px solid var(--edge)", borderRadius: "3px", background: "var(--paper)", color: "var(--ink)", fontSize: ".9375rem" },
  "&.cm-focused": { outline: "3px solid var(--ink)", outlineOffset: "0" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", maxHeight: "75vh" },
  ".cm-content, .cm-gutter": { minHeight: "24rem" },
  ".cm-content": { caretColor: "var(--ink)", padding: ".625rem 0" },
  ".cm-line": { unicodeBidi: "plaintext", padding: "0 .75rem 0 .375rem" },
  ".cm-gutters": { background: "var(--wash)", color: "var(--soft)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "color-mix(in srgb, var(--edge) 14%, transparent)" },
  ".cm-filled": { background: "color-mix(in srgb, var(--accent) 14%, transparent)", borderRadius: "2px" },
  // The marks of @codemirror/lint are pictures in its styles, which the desk's policy does not load.
  ".cm-lint-marker": { content: "none", width: "1em", height: "auto", fontWeight: "700", textAlign: "center" },
  ".cm-lint-marker-error": { content: "none", color: "var(--bad)" },
  ".cm-lint-marker-error::before": { content: '"✗"' },
  ".cm-lint-marker-warning": { content: "none", color: "var(--wait)" },
  ".cm-lint-marker-warning::before": { content: '"!"' },
  ".cm-lintRange": { backgroundImage: "none", paddingBottom: "0", textDecorationThickness: "2px", textUnderlineOffset: ".2em" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--wait)" },
  ".cm-lintRange-active": { background: "color-mix(in srgb, var(--bad) 14%, transparent)" },
  ".cm-tooltip, .cm-panels": { background: "var(--wash)", color: "var(--ink)", border: "1px solid var(--edge)" },
  ".cm-help, .cm-completionInfo": { padding: ".5rem .75rem", maxWidth: "32rem", font: ".9375rem/1.5 var(--sans)", whiteSpace: "pre-wrap" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "16rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--ink)", color: "var(--paper)" },
  ".cm-diagnostic": { font: ".9375rem/1.5 var(--sans)", whiteSpace: "pre-wrap", maxWidth: "36rem" },
});

export const look = [syntaxHighlighting(colours), filling, theme];
