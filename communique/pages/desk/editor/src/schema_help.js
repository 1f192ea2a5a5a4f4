// Completion and help while pointing, from a file's schema: every key has a description there.

import { hoverTooltip } from "@codemirror/view";
import { at, holders, keyOn } from "./schema_paths.js";

const described = (places) => places.find((place) => place.description)?.description ?? "";

function values(places) {
  const listed = places.flatMap((place) => [...(place.enum ?? []), ...("const" in place ? [place.const] : []), ...(place.examples ?? [])]);
  const plain = listed.flat().filter((each) => typeof each !== "object");
  return [...new Set(plain.map(String))];
}

/** `names`: by a key, what this town has: its channels, its audiences. */
export function completing(schema, names) {
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const word = context.matchBefore(/[\p{L}\p{N}_-]*/u);
    if (!context.explicit && !word.text) return null;
    const path = holders(context.state.doc, line.number);
    const key = keyOn(line);
    if (key && context.pos > key.to) {
      const places = at(schema, [...path, key.key]);
      const items = places.flatMap((place) => (place.items ? at(schema, [...path, key.key, "[]"]) : []));
      const options = [...(names[key.key] ?? []), ...values([...places, ...items])];
      return { from: word.from, options: [...new Set(options)].map((label) => ({ label, type: "constant" })) };
    }
    const known = at(schema, path).flatMap((place) => Object.entries(place.properties ?? {}));
    const unique = new Map(known);
    const options = [...unique].map(([label, place]) => ({
      label,
      type: "property",
      info: place.description,
      apply: key ? label : `${label}: `,
    }));
    const listed = path.at(-1) === "[]" ? (names[path.at(-2)] ?? []).map((label) => ({ label, type: "constant" })) : [];
    return { from: word.from, options: [...options, ...listed] };
  };
}

export function helping(schema) {
  return hoverTooltip((view, pos) => {
    const line = view.state.doc.lineAt(pos);
    const key = keyOn(line);
    if (!key || pos < key.from || pos > key.to) return null;
    const words = described(at(schema, [...holders(view.state.doc, line.number), key.key]));
    if (!words) return null;
    const create = () => {
      const dom = document.createElement("div");
      dom.className = "cm-help";
      dom.textContent = words;
      return { dom };
    };
    return { pos: key.from, end: key.to, above: true, create };
  });
}
