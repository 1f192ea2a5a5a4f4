// Takes from caniemail's data what matters to a mail of ours: whatever is listed here leaves a mail without a part of
// it, or with parts on top of each other, where a program does not know it. What only looks plainer is left out.
import { readFileSync, writeFileSync } from "node:fs";

const FAMILIES = ["gmail", "outlook", "apple-mail", "yahoo", "samsung-email", "thunderbird"];
// What is looked for: an element, a property (with a value), or a function of CSS.
const MATTERS = {
  "css-display-flex": { property: "display", value: "flex" },
  "css-display-grid": { property: "display", value: "grid" },
  "css-position": { property: "position" },
  "css-background-image": { property: "background-image" },
  "css-variables": { function: "var" },
  "css-unit-calc": { function: "calc" },
  "css-function-clamp": { function: "clamp" },
  "css-transform": { property: "transform" },
  "css-clip-path": { property: "clip-path" },
  "css-visibility": { property: "visibility" },
  "css-opacity": { property: "opacity" },
  "css-filter": { property: "filter" },
  "css-mix-blend-mode": { property: "mix-blend-mode" },
  "css-column-count": { property: "column-count" },
  "css-animation": { property: "animation" },
  "css-at-import": { property: "@import" },
  "html-audio": { element: "audio" },
  "html-video": { element: "video" },
  "html-svg": { element: "svg" },
  "html-picture": { element: "picture" },
  "html-object": { element: "object" },
  "html-dialog": { element: "dialog" },
  "html-progress": { element: "progress" },
  "html-meter": { element: "meter" },
  "html-link": { element: "link" },
  "html-form": { element: "form" },
  "html-input-text": { element: "input" },
  "html-select": { element: "select" },
  "html-button-submit": { element: "button" },
};

const source = new URL("node_modules/caniemail/data/caniemail.json", import.meta.url);
const { data, last_update_date: updated, nicenames } = JSON.parse(readFileSync(source, "utf8"));
const features = data
  .filter((each) => each.slug in MATTERS)
  .map((each) => ({
    title: each.title,
    ...MATTERS[each.slug],
    address: each.url,
    without: FAMILIES.filter((family) =>
      Object.values(each.stats[family] ?? {}).some((tests) => Object.values(tests).at(-1).startsWith("n")),
    ).map((family) => nicenames.family[family]),
  }))
  .filter((each) => each.without.length > 0);
const missing = Object.keys(MATTERS).filter((slug) => !data.some((each) => each.slug === slug));
if (missing.length > 0) throw new Error(`caniemail has no ${missing.join(", ")} any more`);
writeFileSync(
  new URL("support.json", import.meta.url),
  `${JSON.stringify({ source: "https://www.caniemail.com", updated: updated.slice(0, 10), features }, null, 1)}\n`,
);
