"""What keeps a text from being filled, in an officer's words and at its line."""

import difflib
import re
import traceback
from collections.abc import Iterator

from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from communique.language.formatting import NotADateError
from communique.phrase import Phrase, phrase, told_by
from communique.problems import Problem, did_you_mean
from communique.texts.template_environment import HAS_NO_DATE, NOT_KNOWN, RefusedError, TooMuchError, UnfitValueError

#: What Python may say to a text that cannot be filled. No MemoryError: what a text may ask for is bounded, so that the
#: machine is to blame, and has more of it later.
FAILURES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)
_TEXT_TO_BLAME = (TemplateError, NotADateError, TooMuchError, UnfitValueError, RecursionError, SyntaxError)
_TAGS = ("if", "elif", "else", "endif", "for", "endfor", "set")
_VALUE = re.compile(r"\{\{.*?\}\}")
_FEW, _NEAREST = 6, 3  #: names that are there: so many are all told, of more those that come nearest
_DOCS = phrase("docs/officers/writing.md says what a template may contain.")
_PRINTED = phrase("A value stands in double braces: `{{ facts.meeting.place }}`.")
_MAILS_ONLY = phrase("Only a mail knows whom it is written to; pages and posts speak to everybody.")


def is_internal(error: BaseException, path: str) -> bool:
    """Whether an error comes out of our own code, so that the text at a path is not to blame for it.

    What a text does wrong fails in the template or in Jinja, or is one of the errors we raise for it.
    """
    if isinstance(error, _TEXT_TO_BLAME):
        return False
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    filled = [number for number, frame in enumerate(frames) if frame.f_code.co_filename == path]
    called = frames[filled[-1] :] if filled else frames[-1:]
    return any(str(frame.f_globals.get("__name__")).startswith("communique.") for frame in called)


def problem_of(error: Exception, path: str, source: str, line: int) -> Problem:
    """An error of Jinja or of Python, as the problem of the text.

    Args:
        error: what was raised; one of FAILURES, or a TemplateError.
        path: the text's file.
        source: what was filled.
        line: where its first line stands in the file.
    """
    file, at = path, _line_of(error, path)
    if isinstance(error, TemplateSyntaxError):
        code, file = (
            "template-forbidden" if isinstance(error, RefusedError) else "template-syntax",
            error.filename or path,
        )
        at, message, hint = _syntax(error, source)
    elif isinstance(error, UndefinedError):
        code, said = "missing-fact", str(error.message)
        message, hint = _lacking(said), _missing_hint(said, _source_line(source, at))
    elif isinstance(error, TemplateError):
        code = "template-forbidden" if isinstance(error, SecurityError) else "template-failed"
        message, hint = str(error.message), ""
    else:
        code, message = (
            "template-failed",
            phrase("this text cannot be filled: {why}", why=told_by(error)),
        )
        hint = error.hint if isinstance(error, UnfitValueError) else ""
        hint = (
            phrase("Only dates and times can be written by this filter.") if isinstance(error, NotADateError) else hint
        )
    shown = _source_line(source, at) if file == path else ""
    column = _column(shown, message)
    at += line - 1
    return Problem(code=code, message=message, hint=hint, file=file, line=at, column=column, source=shown)


def _lacking(message: str) -> Phrase:
    """What a filler of templates says is not there; its own words stay English."""
    if message.endswith(HAS_NO_DATE):
        return phrase(
            "this text needs the date of `{milestone}`, which is unknown yet",
            milestone=message.removesuffix(HAS_NO_DATE),
        )
    name, is_ours, known = message.partition(" is not among ")
    if not is_ours:
        asked, is_name, _ = message.partition(NOT_KNOWN)
        what = phrase("the name {name} is not known", name=asked) if is_name else Phrase(message)
        return phrase("this text needs something that is not there: {what}", what=what)
    asked, words = name.strip("'"), known.split(", ")
    if len(words) == 1 and known.isidentifier():  # and not words for all of a kind
        return phrase("expected {known}, the only name there is here; found `{name}`", known=known, name=asked)
    if len(words) <= _FEW:
        return phrase("expected one of {known}, found `{name}`", known=known, name=asked)
    nearest = difflib.get_close_matches(asked, words, n=_NEAREST, cutoff=0)
    return phrase(
        "expected one of {known} and {number} more, found `{name}`",
        known=", ".join(nearest),
        number=len(words) - len(nearest),
        name=asked,
    )


def without_value(source: str, line: int, column: int) -> str:
    """The source with the faulty `{{ … }}` of a line (from 1) taken out; the same source where it cannot be told."""
    lines = source.split("\n")
    spans = [match.span() for match in _VALUE.finditer(lines[line - 1])] if 0 < line <= len(lines) else []
    around = [span for span in spans if span[0] < column <= span[1]] or (spans if len(spans) == 1 else [])
    if not around:
        return source
    start, end = around[0]
    lines[line - 1] = f"{lines[line - 1][:start]}{'·' * (end - start)}{lines[line - 1][end:]}"
    return "\n".join(lines)


def _syntax(error: TemplateSyntaxError, source: str) -> tuple[int, str, str]:
    """Line in the source, message, hint."""
    if isinstance(error, RefusedError):
        return error.lineno, told_by(error), _DOCS
    said = str(error.message)
    if said.startswith("Unexpected end of template"):
        opened = list(_left_open(source))
        if opened:
            at, tag = opened[-1]
            return at, phrase("expected `{{% end{tag} %}}` for this `{tag}`, found the end of the text", tag=tag), _DOCS
    if said.startswith("unexpected end of template"):
        return error.lineno, phrase("expected two braces that close a value, found the end of the text"), _PRINTED
    if match := re.match(r"Encountered unknown tag '(\w+)'", said):
        known = did_you_mean(match[1], _TAGS)
        return error.lineno, phrase("expected one of the tags, found '{found}'", found=match[1]), known
    if match := re.match(r"unexpected char '(.)'", said):
        is_quote = match[1] in "“”„«»‘’"
        straight = phrase("expected straight quotation marks, found '{found}'", found=match[1])
        name = phrase("expected a name or a filter, found '{found}'", found=match[1])
        return error.lineno, straight if is_quote else name, _DOCS if is_quote else _PRINTED
    return error.lineno, said, _PRINTED if "}" in said or "print statement" in said else _DOCS


def _left_open(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of every `if` and `for` that is not closed, the outermost first."""
    opened: list[tuple[int, str]] = []
    for match in re.finditer(r"\{%-?\s*(if|for|endif|endfor)\b", source):
        if match[1].startswith("end"):
            opened = opened[:-1]
        else:
            opened.append((source.count("\n", 0, match.start()) + 1, match[1]))
    yield from opened


def _missing_hint(message: str, shown: str) -> str:
    if message.endswith(HAS_NO_DATE):
        return phrase(
            "Set it by `communique declare`, or let the text say it only once it is known: "
            "`{{% if milestones.{milestone} is defined %}}`.",
            milestone=_as_written(message.removesuffix(HAS_NO_DATE)),
        )
    name, _, among = message.partition(" is not among ")
    if message.startswith("'recipient'"):
        return _MAILS_ONLY
    word = message.split("'")[1] if "'" in message else ""
    if match := re.search(rf"[a-z0-9]+(?:-[a-z0-9]+)*-{re.escape(word)}\b", shown):
        return phrase("A name is written with `_` here: `{name}`.", name=match[0].replace("-", "_"))
    if re.search(rf"\bgovernment\.(?:\w+\.)*{re.escape(word)}\b", shown):
        return phrase("Add it below `government:` in config/settings.yaml, or take it out of this text.")
    near = difflib.get_close_matches(name.strip("'"), among.split(", "), n=1)
    rule = phrase("Add it to `facts:` in the campaign file, or correct the name in the template.")
    if not near:
        return rule
    return phrase("{guess} {known}", guess=phrase("Did you mean `{near}`?", near=near[0]), known=rule)


def _line_of(error: BaseException, path: str) -> int:
    """The template's line: Jinja rewrites tracebacks so that a frame names the template."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _source_line(source: str, line: int) -> str:
    lines = source.splitlines()
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _as_written(name: str) -> str:
    """In a template: `proposals-open` is `proposals_open` there."""
    return name.replace("-", "_") if re.fullmatch(r"[\w-]+", name) else name


def _column(shown: str, message: str) -> int:
    """Where on the line the first quoted word of the message stands; else the only value, or the line's beginning."""
    words = message.split("'")[1::2] or message.split("`")[1::2]
    quoted = [found for word in words if (found := _as_written(word)) and found in shown]
    values = list(_VALUE.finditer(shown))
    if quoted:
        return shown.index(quoted[-1]) + 1
    return values[0].start() + 1 if len(values) == 1 else 1
