"""The editor that is shipped is the one of its sources."""

import hashlib
import json
from pathlib import Path

import communique


def test_the_editor_is_built_from_its_sources() -> None:
    """`make editor` has been run after the last change; its licences come with it."""
    pages = Path(communique.__file__).parent / "pages" / "desk"
    folder = pages / "editor"
    made = hashlib.sha256()
    for file in (folder / "build.mjs", folder / "package-lock.json", *sorted((folder / "src").iterdir())):
        made.update(file.read_bytes())
    built = (pages / "scripts" / "editor.js").read_text(encoding="utf-8")
    assert built.partition("\n")[0].endswith(made.hexdigest()), "run make editor"
    names = json.loads((folder / "package.json").read_bytes())["dependencies"]
    licences = (pages / "scripts" / "editor.licenses.txt").read_text(encoding="utf-8")
    assert [name for name, number in names.items() if f"{name} {number}\n" not in licences] == []
