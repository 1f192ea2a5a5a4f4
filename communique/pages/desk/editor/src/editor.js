// The editor of the desk: it stands in for a text field, and writes into it whatever is typed.
//
// In a shadow root, because its styles are then made as constructed sheets, which the desk's policy lets be;
// a <style> element it would not. Tab moves on, as everywhere on the desk.

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yamlFrontmatter, yamlLanguage } from "@codemirror/lang-yaml";
import { Language, defineLanguageFacet, indentOnInput } from "@codemirror/language";
import { lintGutter, lintKeymap, linter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { parser } from "@lezer/markdown";
import { look } from "./look.js";
import { completing, helping } from "./schema_help.js";

const WAIT = 700; // milliseconds without a key before the desk is asked

const markdown = new Language(defineLanguageFacet(), parser, [], "markdown");

function languageOf(path) {
  if (path.endsWith(".yaml")) return yamlLanguage;
  return path.endsWith(".md") ? yamlFrontmatter({ content: markdown }) : [];
}

/** Columns count characters, as people do; a string of a browser counts an emoji twice. */
function place(doc, problem) {
  const line = doc.line(Math.min(Math.max(problem.line, 1), doc.lines));
  const before = [...line.text].slice(0, Math.max(problem.column - 1, 0)).join("").length;
  const from = Math.min(line.from + before, line.to);
  const word = /^(?:\d+:\d\d|[^\s,\]}:]+)/.exec(doc.sliceString(from, line.to));
  return { from, to: word ? from + word[0].length : line.to };
}

function checking(check) {
  return linter(
    async (view) => {
      const problems = await check(view.state.doc.toString());
      return (problems ?? []).map((problem) => ({
        ...place(view.state.doc, problem),
        severity: problem.severity,
        message: [problem.message, problem.hint].filter(Boolean).join("\n→ "),
      }));
    },
    { delay: WAIT },
  );
}

/**
 * Puts an editor in the place of a text field.
 * `check(text)` gives what is wrong with a text; `schema` may be missing; `names` are the town's, by key.
 */
export function edit(field, { path, label, hint, check, schema, names, typed }) {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  field.before(host);
  field.hidden = true;
  const written = EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    field.value = update.state.doc.toString();
    typed();
  });
  const help = schema ? [autocompletion({ icons: false, override: [completing(schema, names)] }), helping(schema)] : [];
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: field.value,
      extensions: [
        lineNumbers(),
        lintGutter(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        history(),
        indentOnInput(),
        EditorState.tabSize.of(2),
        EditorView.lineWrapping,
        EditorView.perLineTextDirection.of(true),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-description": hint, "aria-multiline": "true", tabindex: "0" }),
        keymap.of([...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
        languageOf(path),
        checking(check),
        help,
        look,
        written,
      ],
    }),
  });
  return {
    focus: () => view.focus(),
    go: (line, column) => {
      const { from } = place(view.state.doc, { line, column });
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
      view.focus();
    },
    put: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    end: () => {
      view.destroy();
      host.remove();
      field.hidden = false;
    },
  };
}
