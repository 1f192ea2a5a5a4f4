"""What programs would not show of a mail's HTML, what people who hear it would miss, and what stands out too little.

Which program shows what is known from caniemail's data (`communique/pages/mail-programs`, made by `make
mail-programs`), of which that is kept without which a mail lacks a part or lies in a heap. Warnings only.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from communique.channel import Mail
from communique.phrase import phrase
from communique.plan.checks.html_contrast import faint_in
from communique.plan.checks.html_outline import Outline, outline_of
from communique.plan.checks.structure import faint_words, heading_faults, link_faults
from communique.problems import Problem, Severity

SHELL = "templates/layouts/mail.html"
#: Per cent of the mails that were opened (Litmus, December 2021, a billion opens a month, most of them in the USA; what
#: Apple's proxies fetch is counted as opened): an order of size, and no more.
SHARES = {"Apple Mail": 57, "Gmail": 30, "Outlook": 4, "Yahoo! Mail": 3}
_DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;{}]+)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def check_mail_html(
    samples: Mapping[tuple[str, str], Any],
    paths: Mapping[tuple[str, str], str],
    written: Mapping[tuple[str, str], str],
) -> Iterator[tuple[Problem, str]]:
    """Everything of the mails among the samples, with words of the line where it is; of their shell each thing once.

    `written`: the HTML of each text alone, whose links are looked at where they are written.
    """
    for way, sample in samples.items():
        if not isinstance(sample, Mail):
            continue
        seen = outline_of(sample.html)
        yield from ((problem, "") for problem in _not_shown(seen))
        yield from ((problem, "") for problem in _not_heard(seen))
        yield from link_faults(seen, SHELL, "mail-hard-to-hear", written.get(way, ""))
        yield from faint_words(faint_in(seen), SHELL)
        if not sample.text.strip():
            message = phrase("expected a mail with a text for programs that show no HTML, found none")
            hint = phrase("Fill templates/layouts/mail.txt: filters count a mail without one as spam.")
            yield _warning("mail-without-text", message, hint, paths[way]), ""


@cache
def _features() -> list[dict[str, Any]]:
    path = files("communique") / "pages" / "mail-programs" / "support.json"
    return json.loads(path.read_text(encoding="utf-8"))["features"]  # type: ignore[no-any-return]


def _not_shown(seen: Outline) -> Iterator[Problem]:
    styles = _COMMENT.sub("", "\n".join([*seen.sheets, *seen.styles]))
    declared = [(name.lower(), value.strip().lower()) for name, value in _DECLARATION.findall(styles)]
    for each in _features():
        if _is_used(each, seen, declared, styles):
            of = ", ".join(f"{name} ({SHARES[name]} %)" if name in SHARES else name for name in each["without"])
            message = phrase(
                "expected HTML that mail programs show, found `{each}`; not every version shows it of {of}",
                each=each["title"],
                of=of,
            )
            hint = phrase("Take it out, or look at the mail without it. {each}", each=each["address"])
            yield _warning("not-shown-in-mail", message, hint, SHELL)


def _is_used(feature: Mapping[str, Any], seen: Outline, declared: list[tuple[str, str]], styles: str) -> bool:
    if "element" in feature:
        return feature["element"] in seen.elements
    if "function" in feature:
        return any(f"{feature['function']}(" in value for _, value in declared)
    wanted = feature["property"]
    if wanted.startswith("@"):
        return wanted in styles
    return any(name == wanted and feature.get("value", value) in value.split() for name, value in declared)


def _not_heard(seen: Outline) -> Iterator[Problem]:
    if not seen.language:
        message = phrase("expected the language of the mail in `<html lang=…>`, found none")
        yield _warning(
            "mail-hard-to-hear", message, phrase('Write `<html lang="{{ language }}" dir="{{ dir }}">`.'), SHELL
        )
    yield from heading_faults(seen, SHELL, "mail-hard-to-hear")
    for table in seen.tables:
        if not (table.has_heads or table.is_layout):
            message = phrase('expected `role="presentation"` at a table that only arranges, found one without')
            yield _warning(
                "mail-hard-to-hear", message, phrase("Screen readers would read its rows and columns aloud."), SHELL
            )
    for name in seen.unspoken:
        message = phrase("expected `alt` at every picture, found none at {name}", name=name)
        hint = phrase('Say what it shows; `alt=""` where it shows nothing.')
        yield _warning("mail-hard-to-hear", message, hint, SHELL)


def _warning(code: str, message: str, hint: str, file: str) -> Problem:
    return Problem(code=code, message=message, hint=hint, severity=Severity.WARNING, file=file, line=1, column=1)
