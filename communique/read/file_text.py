"""The text of a file an officer wrote, or why it is none: too large, another encoding, characters nobody can see."""

import re
import unicodedata
from collections.abc import Sequence

from communique.phrase import phrase
from communique.problems import Problem

#: Larger than any campaign; a limit so that a wrong file is named instead of read (research: reliability I3).
MOST_BYTES = 256 * 1024
_MOST_SHOWN = 240
#: YAML 1.2 section 5.4: CR LF, LF and CR end a line, nothing else does.
_LINE_END = re.compile(r"\r\n|\r|\n")
#: What no text needs: control characters, line ends of other standards, and the overrides that make a
#: reader see another text than the one that is there (CVE-2021-42574).
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202d\u202e\ufeff\ufffe\uffff\ud800-\udfff]"
)
#: UTF-8 read as Windows-1252 and saved again (“ReuniÃ³n”, “itâ€™s”), and the mark for letters that were lost so.
_GARBLED = re.compile(r"\ufffd|â€|Ã[\u00a1-\u00a9\u00ac-\u00b9\u00bc-\u00bf\u20ac\u0192]|Â[\u00a1-\u00b4\u00bf]")
_INDENTED_BY_OTHERS = re.compile(r"^ *(?:- *)*[\u00a0\u2000-\u200b\u202f\u3000]")


def lines_of(text: str) -> list[str]:
    """The lines without their ends."""
    return _LINE_END.split(text)


def shown(lines: Sequence[str], line: int, column: int) -> str:
    """The line to print under a problem; of a very long one its beginning, if the place is in it."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    if len(text) <= _MOST_SHOWN:
        return text
    return f"{text[:_MOST_SHOWN]}…" if column <= _MOST_SHOWN else ""


def decode(written: str | bytes, file: str) -> tuple[str | None, list[Problem]]:
    """The text without a byte order mark; None when there is none that could be read."""
    size = len(written) if isinstance(written, bytes) else len(written.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        return None, [_too_large(size, file)]
    text, problems = as_utf8(written, file) if isinstance(written, bytes) else (written, [])
    text = text.removeprefix("\ufeff")
    problems += unseen(text, file)
    problems += garbled(text, file)
    return (None if problems else text), problems


def _too_large(size: int, file: str) -> Problem:
    message = phrase(
        "expected at most {most_bytes} KB, found {size} KB", most_bytes=MOST_BYTES // 1024, size=size // 1024 + 1
    )
    hint = phrase("Is this the right file? A campaign with more to say is better split in two.")
    return Problem(code="file-too-large", message=message, hint=hint, file=file)


def as_utf8(written: bytes, file: str) -> tuple[str, list[Problem]]:
    """The text with its byte order mark; empty, with the problem, when it has another encoding."""
    if written.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", [_encoding(file, 1, 1, "", "UTF-16")]
    try:
        return written.decode("utf-8"), []
    except UnicodeDecodeError as error:
        before = lines_of(written[: error.start].decode("utf-8"))
        source = lines_of(written.decode("utf-8", "replace"))[len(before) - 1]
        found = phrase("the byte 0x{byte:02X}", byte=written[error.start])
        return "", [_encoding(file, len(before), len(before[-1]) + 1, source, found)]


def _encoding(file: str, line: int, column: int, source: str, found: str) -> Problem:
    return Problem(
        code="file-encoding",
        message=phrase("expected text saved as UTF-8, found {found}", found=found),
        hint=phrase("Open the file in the editor it was written in and save it again with the encoding UTF-8."),
        file=file,
        line=line,
        column=column,
        source=source,
    )


def unseen(text: str, file: str) -> list[Problem]:
    """Characters that nobody sees, each at its place."""
    found: list[Problem] = []
    for number, line in enumerate(lines_of(text), 1):
        columns = [match.start() for match in _UNSEEN.finditer(line)]
        if match := _INDENTED_BY_OTHERS.match(line):
            columns.append(match.end() - 1)
        found += [_character(file, number, column + 1, line, line[column]) for column in dict.fromkeys(columns)]
    return found


def garbled(text: str, file: str) -> list[Problem]:
    """Letters that were read in another encoding once, and saved so: the first of each line."""
    if not _GARBLED.search(text):
        return []
    return [
        Problem(
            code="garbled-letters",
            message=phrase("expected letters as they were typed, found `{found}`", found=match[0]),
            hint=phrase("The file was opened with another encoding once. Type the word anew, and save it as UTF-8."),
            file=file,
            line=number,
            column=match.start() + 1,
            source=line,
        )
        for number, line in enumerate(lines_of(text), 1)
        if (match := _GARBLED.search(line))
    ]


def _character(file: str, line: int, column: int, source: str, character: str) -> Problem:
    name = unicodedata.name(character, "control character").lower()
    return Problem(
        code="unseen-character",
        message=phrase(
            "expected text that can be seen, found the character U+{ord:04X} ({name})", ord=ord(character), name=name
        ),
        hint=phrase("Delete it; it came in by copying from another program. Indent with ordinary spaces."),
        file=file,
        line=line,
        column=column,
        source=_UNSEEN.sub("\ufffd", source),
    )
