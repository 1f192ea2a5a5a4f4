"""What YAML allows and a campaign file does not: each refusal in words, where it stands."""

import re
from collections.abc import Sequence

from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.read.file_text import shown

#: A `#` that touches the next letter is seldom meant as a comment: `Room #2`, `#OGPLocal`.
#: With a space on both sides it is, but before a number alone: `Hall # 2, Main Square 1`.
_CUT = re.compile(r"\s+#(?=[^\s#!-])| #(?= \d+[a-z]?\s*(?:,|$))")


class Faults:
    """The list of faults of one file."""

    def __init__(self, file: str, lines: Sequence[str]) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._lines = lines

    def add(
        self,
        code: str,
        line: int,
        column: int,
        message: str,
        *,
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """One more fault, with the text of its line."""
        source = shown(self._lines, line, column)
        self.problems.append(
            Problem(
                code=code,
                message=message,
                hint=hint,
                severity=severity,
                file=self._file,
                line=line,
                column=column,
                source=source,
            )
        )

    def end(self, last: Sequence[Problem]) -> None:
        """What ended the file; it also explains what was found strange at the same place before."""
        places = {(problem.line, problem.column) for problem in last}
        self.problems = [known for known in self.problems if (known.line, known.column) not in places]
        self.problems.extend(last)

    def empty(self) -> None:
        """Nothing but blank lines and comments."""
        message = phrase("expected at least one `key: value`, found an empty file")
        self.add("file-empty", 1, 1, message, hint=phrase("Copy one of the files in campaigns/ and change it."))

    def several_documents(self, line: int, column: int) -> None:
        """A second `---`."""
        message = phrase("expected one document, found a second one after `---`")
        self.add(
            "yaml-several-documents", line, column, message, hint=phrase("Delete the line `---`, or use two files.")
        )

    def too_deep(self, line: int, column: int, most: int) -> None:
        """Lists in lists in lists."""
        message = phrase("expected at most {most} levels of lists and mappings, found more", most=most)
        hint = phrase("Is a bracket or an indentation repeated by mistake?")
        self.add("yaml-too-deep", line, column, message, hint=hint)

    def alias(self, line: int, column: int, found: str) -> None:
        """`&name` and `*name`."""
        message = phrase(
            "expected text or a list, found `{found}`, which YAML takes for a reference to another place", found=found
        )
        hint = phrase(
            "Write the value out where it is needed; if the text itself begins with & or *, put it in quotes."
        )
        self.add("yaml-alias", line, column, message, hint=hint)

    def tag(self, line: int, column: int, tag: str) -> None:
        """`!name`."""
        shown = tag.replace("tag:yaml.org,2002:", "!!")
        message = phrase("expected text, a number or a list, found the type mark `{shown}`", shown=shown)
        hint = phrase("Delete it; if the text itself begins with !, put it in quotes.")
        self.add("yaml-tag", line, column, message, hint=hint)

    def merge(self, line: int, column: int) -> None:
        """`<<:`."""
        message = phrase("expected a key of this file, found `<<`, which copies from another place")
        self.add("yaml-merge", line, column, message, hint=phrase("Write the entries out here."))

    def duplicate(self, line: int, column: int, key: str, first: tuple[int, int]) -> None:
        """The same key twice in one mapping."""
        message = phrase(
            "expected each key once, found `{key}` on line {first} and again on line {line}",
            key=key,
            first=first[0],
            line=line,
        )
        hint = phrase("Keep one of the two; only one could count.")
        self.add("yaml-duplicate-key", line, column, message, hint=hint)

    def no_text_key(self, line: int, column: int, *, braces: bool) -> None:
        """A list, a mapping or nothing before the colon."""
        if braces:
            message = phrase("expected text, found `{`, which opens a mapping")
            hint = phrase('A text that begins with { needs quotes: "{…}". Facts are filled in by templates, not here.')
        else:
            message, hint = (
                phrase("expected a name before the colon, found none that is text"),
                phrase("Write `name: value`."),
            )
        self.add("yaml-key", line, column, message, hint=hint)

    def unseen_space(self, line: int, column: int, key: str) -> None:
        """A no-break space between a key and its colon, as French typography wants it."""
        message = phrase("expected `:` right after `{key}`, found a no-break space between them", key=key)
        self.add("unseen-character", line, column, message, hint=phrase("Write `{key}: …`.", key=key))

    def cut_text(self, line: int, column: int, kept: str) -> bool:
        """An unquoted text that a `#` ends, and everything after it lost without a word. True when it is one."""
        source = self._lines[line - 1] if line <= len(self._lines) else ""
        rest = column - 1 if kept else source.find(":", column - 1) + 1
        match = _CUT.match(source, rest)
        if match is None:
            return False
        lost = re.split(r"\s#\s", source[match.end() - 1 :])[0].strip()
        message = phrase(
            "expected a text in quotes, found `{lost}`, which YAML takes for a comment and drops", lost=lost
        )
        hint = (
            phrase('Write "{kept} {lost}" with quotes.', kept=kept, lost=lost)
            if kept
            else phrase('Write "{lost}" with quotes.', lost=lost)
        )
        severity = Severity.WARNING if kept else Severity.ERROR
        self.add(
            "yaml-cut-text",
            line,
            match.end(),
            message,
            hint=phrase("{hint} If it is a comment, put a space after the #.", hint=hint),
            severity=severity,
        )
        return True
