"""What stopped the YAML reader, said as the slip that usually causes it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from communique.phrase import Phrase, phrase
from communique.problems import Problem
from communique.read.file_text import shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A syntax error in the reader's own words. Lines and columns count from 1; 0 is none."""

    problem: str
    context: str
    line: int
    column: int
    began: int  #: the line on which the list, mapping or text began that was being read
    text_began: int  #: the line on which the quoted text began that was read last


@dataclass(frozen=True, slots=True)
class _Cause:
    line: int
    column: int
    message: str
    hint: str
    mended: str | None = None  #: the line as the hint wants it, so that reading can go on


_Finder = Callable[[Fault, Sequence[str]], _Cause | None]
_KEY = r"^(?P<before>\s*(?:-\s+)*(?:[^\s:#'\"{}\[\]][^:#]*?|\"[^\"]*\"|'[^']*')\s*:\s+)"
_VALUE = re.compile(_KEY + r"(?P<value>\S.*)$")
_ITEM = re.compile(r"^(?P<before>\s*(?:-\s+)+)(?P<value>\S.*)$")
_CURLY_QUOTES = re.compile(r"^[“”„«‘’‚]")
_STARTERS = {
    "*": phrase("an asterisk"),
    "&": phrase("an ampersand"),
    "!": phrase("an exclamation mark"),
    "%": phrase("a percent sign"),
    "@": phrase("an at sign"),
    "`": phrase("a backtick"),
    "|": phrase("a vertical bar"),
    ">": phrase("a greater-than sign"),
    "?": phrase("a question mark"),
    "-": phrase("a hyphen"),
    ",": phrase("a comma"),
}


#: The number of a line, and the line as it should be.
Mended = tuple[int, str]


def explain_syntax(fault: Fault, lines: Sequence[str], file: str) -> tuple[list[Problem], Mended | None]:
    """The problems a syntax error stands for: one, or every line that is indented by a tab.

    With the line mended, where that can be told, what comes after can be read as well.
    """
    if tabs := _tabs(fault, lines):
        return [_problem(cause, lines, file, "yaml-tab") for cause in tabs], None
    cause = next((cause for find in _FINDERS if (cause := find(fault, lines))), None) or _unknown_cause(fault, lines)
    mended = None if cause.mended is None else (cause.line, cause.mended)
    return [_problem(cause, lines, file, "yaml-syntax")], mended


def _problem(cause: _Cause, lines: Sequence[str], file: str, code: str) -> Problem:
    return Problem(
        code=code,
        message=cause.message,
        hint=cause.hint,
        file=file,
        line=cause.line,
        column=cause.column,
        source=shown(lines, cause.line, cause.column),
    )


def _tabs(fault: Fault, lines: Sequence[str]) -> list[_Cause]:
    if r"'\t'" not in fault.problem:
        return []
    hint = phrase("Replace it by spaces: two for each level. Most editors can show and convert tabs.")
    indented = [
        _Cause(number, line.index("\t") + 1, phrase("expected spaces, found a tab at the beginning of the line"), hint)
        for number, line in enumerate(lines, 1)
        if number >= fault.line and re.match(r" *\t\s*[^\s#]", line)
    ]
    if indented and indented[0].line == fault.line:
        return indented
    return [_Cause(fault.line, fault.column, phrase("expected a space, found a tab"), hint)]


def _marks_of_other_programs(_fault: Fault, lines: Sequence[str]) -> _Cause | None:
    for number, line in enumerate(lines, 1):
        if re.match(r"(?:<{7}|>{7})(?:\s|$)", line):
            message = phrase("expected one version of the file, found the marks of two that were not merged")
            return _Cause(number, 1, message, phrase("Keep one of the two, and delete the lines of <, = and >."))
        if re.match(r"\s*```", line):
            return _Cause(
                number,
                1,
                phrase("expected `key: value`, found the frame of a quotation"),
                phrase("Delete the line."),
                "",
            )
    return None


def _quotes_left_open(fault: Fault, lines: Sequence[str]) -> _Cause | None:
    began = fault.began if "quoted scalar" in fault.context and "end" in fault.problem else 0
    if not began and 0 < fault.text_began < fault.line:
        began = fault.text_began
    if not began:
        return None
    line = _line(lines, began)
    marks = [line.rfind(mark) for mark in ('"', "'") if line.count(mark) % 2]
    column = max(marks, default=0) + 1
    hint = phrase("Put the same mark at the end of the text. Inside '…' an apostrophe is written twice: 'it''s'.")
    mended = f"{line.rstrip()}{line[column - 1]}" if marks else None
    return _Cause(began, column, phrase("expected a closing quotation mark, found none on this line"), hint, mended)


def _backslash(fault: Fault, _lines: Sequence[str]) -> _Cause | None:
    if "double-quoted" not in fault.context:
        return None
    message = phrase('expected a plain text between "…", found a backslash')
    return _Cause(fault.line, fault.column, message, phrase("Put the text in single quotes '…', or write \\\\ for \\."))


def _bracket_left_open(fault: Fault, lines: Sequence[str]) -> _Cause | None:
    if "flow" not in fault.context or not fault.began:
        return None
    line = _line(lines, fault.began)
    for opening, closing, kind in (("[", "]", "sequence"), ("{", "}", "mapping")):
        if kind in fault.context and line.count(opening) > line.count(closing) and fault.line > fault.began:
            message = phrase("expected a closing `{closing}`, found none on this line", closing=closing)
            hint = phrase(
                "Put {closing} at the end of the list; a text that begins with {opening} needs quotes.",
                closing=closing,
                opening=opening,
            )
            return _Cause(
                fault.began,
                line.rindex(opening) + 1,
                message,
                hint,
                f"{_without_comment(line)}{closing}",
            )
    return None


def _text_that_needs_quotes(fault: Fault, lines: Sequence[str]) -> _Cause | None:
    line = _line(lines, fault.line)
    match = _VALUE.match(line) or _ITEM.match(line)
    if match is None:
        return None
    value, column = re.split(r"\s#", match["value"])[0].strip(), len(match["before"]) + 1
    if _CURLY_QUOTES.match(value):
        message = phrase(
            "expected straight quotation marks, found {value}, which a word processor makes", value=value[0]
        )
        return _Cause(fault.line, column, message, phrase('Write "{bare}".', bare=_bare(value)), _in_quotes(match))
    found = _needs_quotes(value)
    if not found:
        return None
    message = phrase("expected a text in quotes, found one that {found}", found=found)
    return _Cause(
        fault.line, column, message, phrase("Write {quoted} with quotes.", quoted=_quoted(value)), _in_quotes(match)
    )


def _in_quotes(match: re.Match[str]) -> str:
    value = _without_comment(match["value"]).replace("'", "''")
    return f"{match['before']}'{value}'"


def _without_comment(text: str) -> str:
    return re.split(r"\s#", text)[0].rstrip()


def _needs_quotes(value: str) -> str:
    """Why a text cannot stand without quotes; empty when it can."""
    if value[0] in _STARTERS:
        return phrase("begins with {sign} ({meaning})", sign=value[0], meaning=_STARTERS[value[0]])
    if value[0] in "[{":
        opened, closing = value[0], "]" if value[0] == "[" else "}"
        rest = value[value.rfind(closing) + 1 :].strip() if closing in value else ""
        return phrase("begins with {sign}", sign=opened) if rest and not rest.startswith("#") else ""
    if value[0] in "\"'":
        end = value.find(value[0], 1)
        rest = value[end + 1 :].strip() if end > 0 else ""
        return phrase("goes on after its closing {sign}", sign=value[0]) if rest and not rest.startswith("#") else ""
    return "has a colon and a space in it" if re.search(r":(\s|$)", value) else ""


def _colon_of_another_kind(fault: Fault, lines: Sequence[str]) -> _Cause | None:
    """A colon of East Asian script, or one with a space after it that only looks like one."""
    for number in (_line_before(fault.line, lines), fault.line):
        text = _line(lines, number).split(" #")[0].rstrip()
        if match := re.match(r"(\s*(?:-\s+)*)([A-Za-z_][\w-]*)(：|:[\u00a0\u2007\u202f\u3000])\s*(\S.*)$", text):
            written = f"{match[2]}: {match[4]}"
            message = phrase(
                "expected a colon and a space after `{key}`, found characters that only look like them",
                key=match[2],
            )
            return _Cause(
                number,
                match.start(3) + 1,
                message,
                phrase("Write `{written}`.", written=written),
                f"{match[1]}{written}",
            )
    return None


def _colon_left_out(fault: Fault, lines: Sequence[str]) -> _Cause | None:
    """A line without `: ` is taken for the beginning of the next one's key."""
    if "mapping values" not in fault.problem and "could not find expected ':'" not in fault.problem:
        return None
    for number in dict.fromkeys((fault.began, _line_before(fault.line, lines), fault.line)):
        text = _line(lines, number).split(" #")[0].rstrip()
        if not number or not text.strip() or text.lstrip().startswith("#"):
            continue
        column = len(text) - len(text.lstrip()) + 1
        if re.match(r"\s*-[^\s-]", text):
            message = phrase("expected a space after the hyphen, found none")
            mended = f"{text[:column]} {text[column:]}"
            return _Cause(number, column, message, phrase("Write `- {words}`.", words=text.strip()[1:]), mended)
        if match := re.match(r"(\s*(?:-\s+)*)([A-Za-z_][\w-]*):(\S.*)$", text):
            written = f"{match[2]}: {match[3]}"
            message = phrase("expected a space after `{key}:`, found none", key=match[2])
            return _Cause(
                number,
                column,
                message,
                phrase("Write `{written}`.", written=written),
                f"{match[1]}{written}",
            )
        if not re.search(r":(\s|$)", text) and not re.match(r"\s*-\s", text):
            return _no_colon(number, column, text.strip(), lines)
    return None


def _no_colon(number: int, column: int, text: str, lines: Sequence[str]) -> _Cause:
    above = _line(lines, _line_before(number, lines)).split(" #")[0].rstrip()
    if above.endswith(("|", ">", "|-", ">-")):
        hint = phrase("Text below `{line}` begins two spaces further in than that line.", line=above.strip())
        return _Cause(number, column, phrase("expected an indented text, found one at the margin"), hint)
    word = text.split(maxsplit=1)[0]
    hint = phrase("Write `{word}: …`; if the line belongs to the text above, put that text in quotes.", word=word)
    value = text[len(word) :].strip().replace("'", "''")
    mended = f"{' ' * (column - 1)}{word}: '{value}'" if re.fullmatch(r"[a-z][\w-]*", word) else None
    return _Cause(
        number, column, phrase("expected `key: value`, found `{text}` without a colon", text=text), hint, mended
    )


def _misplaced(fault: Fault, lines: Sequence[str]) -> _Cause | None:
    """The line itself is fine, its distance from the margin is not."""
    if not re.search(r"mapping values|block end|block mapping start|not allowed here", fault.problem):
        return None
    line, above = _line(lines, fault.line), _line(lines, _line_before(fault.line, lines))
    indent, before = _indent(line), _indent(above)
    if re.match(r"\s*-\s+\S", above) and not re.match(r"\s*-\s", line):
        before = len(above) - len(re.sub(r"^[\s-]+", "", above))
    if indent == before or not line.strip():
        return None
    number = _line_before(fault.line, lines)
    if before < indent == _indent(_line(lines, _line_before(number, lines))):
        message = phrase(
            "expected this line to begin where the lines around it begin, found it {spaces} in", spaces=_spaces(before)
        )
        return _Cause(
            number, before + 1, message, phrase("The lines above and below begin {spaces} in.", spaces=_spaces(indent))
        )
    message = phrase(
        "expected this line to begin where the lines it belongs to begin, found it {spaces} in", spaces=_spaces(indent)
    )
    hint = phrase(
        "The text above begins {spaces} in. Entries of one list or mapping stand exactly below each other.",
        spaces=_spaces(before),
    )
    return _Cause(fault.line, indent + 1, message, hint)


def _comma_left_out(fault: Fault, _lines: Sequence[str]) -> _Cause | None:
    if "flow" not in fault.context:
        return None
    message = phrase("expected `,` between two entries or the closing bracket, found something else")
    hint = phrase(
        "Write lists as [a, b] and mappings as {a: 1, b: 2}; a text with a comma or a colon in it needs quotes."
    )
    return _Cause(fault.line, fault.column, message, hint)


def _unknown_cause(fault: Fault, lines: Sequence[str]) -> _Cause:
    number = min(fault.line, len(lines))
    while number > 1 and not _line(lines, number).strip():
        number -= 1
    column = fault.column if number == fault.line else 1
    message = phrase("expected `key: value` or `- item`, found something that is neither")
    hint = phrase("Compare it with the lines around it. A text with : # [ ] { } in it needs quotes.")
    return _Cause(number, column, message, hint)


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _line_before(number: int, lines: Sequence[str]) -> int:
    """The nearest line above that says something; 0 when there is none."""
    number -= 1
    while number > 0 and (not _line(lines, number).strip() or _line(lines, number).lstrip().startswith("#")):
        number -= 1
    return number


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _spaces(count: int) -> Phrase:
    return phrase("{number} space", number=count) if count == 1 else phrase("{number} spaces", number=count)


def _bare(value: str) -> str:
    return value.split(" #", maxsplit=1)[0].strip("“”„«»‘’‚\"' ")


def _quoted(value: str) -> str:
    text = _bare(value)
    return f"'{text}'" if '"' in text else f'"{text}"'


_FINDERS: tuple[_Finder, ...] = (
    _marks_of_other_programs,
    _quotes_left_open,
    _backslash,
    _bracket_left_open,
    _text_that_needs_quotes,
    _colon_of_another_kind,
    _colon_left_out,
    _misplaced,
    _comma_left_out,
)
