"""The text files of an announcement: which one a channel uses, and what stands at its top.

`templates/<campaign>/<announcement>/<language>/`: `article.md` feeds e-mail, letter, newsletter, website and feed;
`social.txt` the networks, `radio-15.txt`, `tv-30.txt` and the like what is read aloud. A file named after the channel
(`x.txt`, `email.md`), or else after its kind, wins. A file may begin with front matter (YAML between lines of three
hyphens).
"""

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from communique.channel import Form
from communique.localisation.regional_languages import serving
from communique.phrase import phrase
from communique.problems import Problem, Severity, did_you_mean
from communique.read.file_text import as_utf8, garbled, lines_of
from communique.read.sources import Sources
from communique.read.yaml_document import Document
from communique.read.yaml_positions import read

_WITH_A_COLON = re.compile(r"(?P<key>[a-z_]+): +(?P<text>[^\s\"'|>\[\]{}&*!%@`#,?:-].*:(?:\s.*|))\s*")
_FENCE = "---"
_DEFAULTS = {**dict.fromkeys(Form, "article.md"), Form.POST: "social.txt", Form.SCRIPT: "radio.txt"}
#: What may stand at the top of a text.
FRONT_MATTER = ("headline", "subject", "summary", "greeting", "image", "alt", "credit")
#: The same, of a correction.
_OF_CORRECTIONS = ("headline", "wrong", "right", "through")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A value of the front matter and the line it stands on."""

    source: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """A text as it stands in its file, not yet filled."""

    path: str
    top: Mapping[str, Line]  #: front matter, by key
    body: str  #: preceded by as many empty lines as the front matter had, so that line numbers are the file's
    raw: bytes

    def place(self, at: int) -> tuple[int, int]:
        """Line and column, each from 1, of a letter of the body."""
        return self.body[:at].count("\n") + 1, at - self.body.rfind("\n", 0, at)

    def line(self, number: int) -> str:
        """A line of the file, from 1; empty where it has none."""
        lines = lines_of(self.raw.decode("utf-8", "replace").removeprefix("\ufeff"))
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def problem(
        self,
        place: tuple[int, int],
        code: str,
        message: str,
        *,
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> Problem:
        """A problem at a line and column of the file."""
        line, column = place
        return Problem(
            code=code,
            message=message,
            hint=hint,
            severity=severity,
            file=self.path,
            line=line,
            column=column,
            source=self.line(line),
        )


def path_of(campaign: str, announcement: str, language: str, file: str) -> str:
    """Where a text lies in the workspace."""
    return f"templates/{campaign}/{announcement}/{language}/{file}"


def candidates(form: Form, channel: str, kind: str) -> tuple[str, ...]:
    """File names a channel would use, the best first."""
    default = _DEFAULTS[form]
    ending = default.rpartition(".")[2]
    return tuple(dict.fromkeys((f"{channel}.{ending}", f"{kind}.{ending}", default)))


def find(sources: Sources, campaign: str, announcement: str, language: str, names: tuple[str, ...]) -> str | None:
    """The path of the first of these files that is there; a regional language's comes before its main one's."""
    for name in names:
        for tag in serving(language):
            path = path_of(campaign, announcement, tag, name)
            if sources.read(path) is not None:
                return path
    return None


def files_for(sources: Sources, campaign: str, announcement: str, language: str) -> dict[str, str]:
    """Paths of all texts of an announcement in a language, by their file's name."""
    found: dict[str, str] = {}
    for tag in reversed(serving(language)):
        folder = path_of(campaign, announcement, tag, "")
        found |= {path.rpartition("/")[2]: path for path in sources.paths(folder.rstrip("/"))}
    return found


def read_wording(sources: Sources, path: str) -> tuple[Wording | None, list[Problem]]:
    """A text and what is wrong with its encoding or front matter."""
    raw = sources.read(path)
    if raw is None:
        return None, [
            Problem(code="missing-template", message=phrase("expected a text, found no such file"), file=path)
        ]
    wording, problems = parsed_wording(raw, path)
    return wording, list(problems)


@functools.lru_cache(maxsize=2048)
def parsed_wording(raw: bytes, path: str) -> tuple[Wording | None, tuple[Problem, ...]]:
    """The same for the same bytes: a text is filled for every recipient, and read once."""
    text, faults = as_utf8(raw, path)
    faults += garbled(text, path)
    if faults:
        return None, tuple(faults)
    top, body = _split("\n".join(lines_of(text.removeprefix("\ufeff"))))
    if top is None and body.split("\n")[0].rstrip() == _FENCE:
        message = phrase("expected a second line `---` below the front matter, found none")
        hint = phrase("Between the two stand `headline:`, `summary:` and so on; the text comes after.")
        return None, (
            Problem(
                code="missing-front-matter", message=message, hint=hint, file=path, line=1, column=1, source=_FENCE
            ),
        )
    if top is None:
        return Wording(path=path, top={}, body=body, raw=raw), ()
    document, problems = read(_with_quotes(top), path)
    if document is None:
        return None, tuple(problems)
    known = _OF_CORRECTIONS if PurePosixPath(path).name.startswith("correction") else FRONT_MATTER
    values, slips = _front_matter(document, known)
    return Wording(path=path, top=values, body=body, raw=raw), (*problems, *slips)


def _with_quotes(top: str) -> str:
    """Front matter has texts alone: one with a colon in it (`headline: Thank you: 96 answers`) means what it says.

    One that has other signs of YAML, or goes on in the next line, is left to be told of.
    """
    lines = top.split("\n")
    for number, line in enumerate(lines):
        goes_on = number + 1 < len(lines) and lines[number + 1][:1] in {" ", "\t"}
        if (match := _WITH_A_COLON.fullmatch(line)) and not goes_on and " #" not in line:
            lines[number] = f"{match['key']}: {json.dumps(match['text'], ensure_ascii=False)}"
    return "\n".join(lines)


def _split(text: str) -> tuple[str | None, str]:
    """Front matter (with an empty first line, so that its line numbers are the file's) and body."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return None, text
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            return "\n".join(["", *lines[1:number]]), "\n" * (number + 1) + "\n".join(lines[number + 1 :])
    return None, text


def _front_matter(document: Document, known: Sequence[str]) -> tuple[dict[str, Line], list[Problem]]:
    values: dict[str, Line] = {}
    problems = []
    if not isinstance(document.data, Mapping):
        message = phrase("expected `key: text` lines between the `---` lines")
        return {}, [document.problem((), "wrong-type", message)]
    for key, value in document.data.items():
        if key not in known:
            hint = did_you_mean(key, known)
            problems.append(
                document.problem(
                    (key,), "unknown-key", phrase("`{key}` is not known here", key=key), hint=hint, at_key=True
                )
            )
        elif not isinstance(value, str):
            hint = phrase('Write it in "quotes".')
            problems.append(
                document.problem((key,), "wrong-type", phrase("expected a text for `{key}`", key=key), hint=hint)
            )
        else:
            values[key] = Line(source=value, line=document.place((key,))[0])
    return values, problems


def no_text(path: str, language: str) -> Problem:
    """No file at a path where a text in a language ought to be."""
    return Problem(
        code="missing-template",
        message=phrase("expected a text in `{language}`, found no such file", language=language),
        hint=phrase("Write it, or take the language off the announcement's `languages:`."),
        file=path,
    )
