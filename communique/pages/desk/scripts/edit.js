// A text that is edited: what is typed outlives a crash, places are found, and an editor helps whoever wants one.
"use strict";
(() => {
  const field = document.getElementById("text");
  if (!field || field.readOnly) return;
  const { path, check, schema, editor, names } = field.dataset;
  const words = JSON.parse(field.dataset.words);
  const label = document.querySelector("label[for=text]");
  const tools = document.getElementById("tools");
  const state = document.getElementById("editing-state");
  const listing = document.getElementById("listing");
  const KEY = `desk-draft:${path}`;
  const CHOICE = "desk-editor";
  const WAIT = 400; // milliseconds without a key before the text is kept
  const BUSY = 503;
  let rich = null;
  let waiting = 0;

  // Some browsers have no storage to give; then nothing is kept, and everything else works.
  const stored = (act) => {
    try {
      return act(localStorage);
    } catch {
      return null;
    }
  };
  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button second";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };
  const put = (text) => {
    field.value = text;
    rich?.put(text);
    typed();
  };

  const keep = () => {
    const text = field.value;
    const isSaved = text === field.defaultValue && !("unsaved" in field.dataset);
    const draft = JSON.stringify({ text, at: Date.now() });
    stored((storage) => (isSaved ? storage.removeItem(KEY) : storage.setItem(KEY, draft)));
  };
  const typed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, WAIT);
  };
  const offer = () => {
    const draft = JSON.parse(stored((storage) => storage.getItem(KEY)) ?? "null");
    if (!draft || draft.text === field.value) return;
    const bar = document.createElement("div");
    const said = document.createElement("p");
    const when = new Date(draft.at).toLocaleString(document.documentElement.lang);
    bar.className = "said";
    bar.setAttribute("role", "status");
    said.textContent = `${words.draft} ${when}`;
    const actions = document.createElement("p");
    actions.className = "actions";
    const bring = button(words.bring, () => {
      put(draft.text);
      bar.remove();
      focus();
    });
    const drop = button(words.drop, () => {
      stored((storage) => storage.removeItem(KEY));
      bar.remove();
      focus();
    });
    actions.append(bring, drop);
    bar.append(said, actions);
    tools.before(bar);
  };

  const focus = () => (rich ?? field).focus();
  const go = (line, column) => {
    if (rich) {
      rich.go(line, column);
      return;
    }
    const lines = field.value.split("\n");
    const at = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + Math.max(column - 1, 0);
    field.focus();
    field.setSelectionRange(at, at);
    field.scrollTop = (field.scrollHeight / lines.length) * Math.max(line - 6, 0);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    go(Number(link.dataset.line), Number(link.dataset.column));
  });

  let asking = null;
  const checked = async (text) => {
    asking?.abort();
    asking = new AbortController();
    const form = new URLSearchParams({ form: field.form.elements.form.value, text });
    const { signal } = asking;
    const ask = () => fetch(check, { method: "POST", body: form, signal });
    try {
      let answer = await ask();
      while (answer.status === BUSY && !signal.aborted) {
        // It still looks at what was typed before: no key may follow that would ask again.
        await new Promise((resolve) => setTimeout(resolve, 1000 * Number(answer.headers.get("Retry-After") ?? 1)));
        answer = await ask();
      }
      if (!answer.ok) return [];
      const { problems, said } = await answer.json();
      state.textContent = said;
      return problems;
    } catch {
      return []; // the next key asks again
    }
  };

  const enrich = async () => {
    const [{ edit }, known] = await Promise.all([
      import(editor),
      schema ? fetch(schema).then((answer) => (answer.ok ? answer.json() : null)) : null,
    ]);
    const hint = document.getElementById("text-hint")?.textContent ?? "";
    rich = edit(field, { path, label: label.textContent, hint, check: checked, schema: known, names: JSON.parse(names), typed });
  };
  const plain = () => {
    rich?.end();
    rich = null;
    state.textContent = "";
  };
  const turn = button("", async () => {
    if (rich) plain();
    else await enrich();
    stored((storage) => storage.setItem(CHOICE, rich ? "rich" : "plain"));
    name();
    focus();
  });
  const name = () => {
    turn.textContent = rich ? words.plain : words.rich;
    if (listing) listing.hidden = Boolean(rich); // the editor numbers its lines itself
  };

  label.addEventListener("click", () => rich?.focus());
  field.addEventListener("input", typed);
  window.addEventListener("pagehide", keep);
  name();  // before the editor is there: a screen reader may come by first
  tools.append(turn);
  offer();
  if ("unsaved" in field.dataset) keep();
  const begin = async () => {
    if (stored((storage) => storage.getItem(CHOICE)) !== "plain") await enrich().catch(plain);
    name();
    const line = /^#line-(\d+)$/.exec(location.hash);
    if (line) go(Number(line[1]), 0);
    field.form.dataset.ready = rich ? "rich" : "plain";
  };
  begin();
})();
