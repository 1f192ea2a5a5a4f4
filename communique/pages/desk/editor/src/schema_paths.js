// Where a place in a campaign file is, as keys from the top; and what the file's schema says of that place.

const KEY = /^(\s*(?:- +)*)("[^"]*"|'[^']*'|[^\s#:][^#:]*):(?=\s|$)/;

const keyOf = (text) => {
  const found = KEY.exec(text);
  return found && { indent: found[1].length, key: found[2].replace(/^["']|["']$/g, "") };
};

/** Keys of the mapping (or list: `[]`) that holds the line, from the top; by indentation, as officers write. */
export function holders(doc, number) {
  const path = [];
  const text = doc.line(number).text;
  let indent = /^\s*(?:- +)*/.exec(text)[0].length;
  const step = (line) => {
    const dash = line.lastIndexOf("- ", indent - 1);
    if (dash >= 0 && /^\s*(?:- +)*$/.test(line.slice(0, dash))) {
      path.unshift("[]");
      indent = dash;
    }
  };
  step(text);
  for (let above = number - 1; above > 0 && indent > 0; above--) {
    const line = doc.line(above).text;
    if (!line.trim() || line.trim().startsWith("#")) continue;
    const found = keyOf(line);
    const begins = found ? found.indent : /^\s*(?:- +)*/.exec(line)[0].length;
    if (begins === indent) step(line);
    else if (found && begins < indent) {
      path.unshift(found.key);
      indent = begins;
      step(line);
    }
  }
  return path;
}

/** The key of a line, if it has one: its name, and where it ends. */
export function keyOn(line) {
  const found = KEY.exec(line.text);
  return found && { key: keyOf(line.text).key, from: line.from + found[1].length, to: line.from + found[0].length - 1 };
}

function* variants(schema, node) {
  if (!node || typeof node !== "object") return;
  if (node.$ref) {
    yield* variants(schema, node.$ref.split("/").slice(1).reduce((at, name) => at?.[name], schema));
    return;
  }
  yield node;
  for (const each of [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])]) yield* variants(schema, each);
}

function* below(schema, node, step) {
  for (const each of variants(schema, node)) {
    if (step === "[]") {
      if (each.items) yield each.items;
    } else if (each.properties?.[step]) {
      yield each.properties[step];
    } else {
      const pattern = Object.keys(each.patternProperties ?? {}).find((written) => new RegExp(written, "u").test(step));
      if (pattern) yield each.patternProperties[pattern];
      else if (typeof each.additionalProperties === "object") yield each.additionalProperties;
    }
  }
}

/** Everything that the schema says of a place. */
export function at(schema, path) {
  let found = [schema];
  for (const step of path) found = found.flatMap((node) => [...below(schema, node, step)]);
  return found.flatMap((node) => [...variants(schema, node)]);
}
