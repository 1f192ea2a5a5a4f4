"""How much the words of mails and pages stand out, by the colours that their style sheets give them.

Contrast is computed as WCAG 2.2 (1.4.3) says, for the light and the dark scheme. Letters of every size are held to that
of running text: programs and readers change sizes. Colours behind pictures and gradients are not known, and not judged;
nor are rules that depend on elements beside (`li + li`), on what a reader does (`:hover`), or on a width.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

import cssselect2
import tinycss2
import tinycss2.color4

from communique.plan.checks.html_outline import Outline, Path
from communique.texts.accent import READABLE, WHITE, contrast

_SCHEMES = ("light", "dark")
#: What a browser shows where nobody says otherwise (Chromium's), by scheme.
_CANVAS = {"light": (WHITE, "#000000"), "dark": ("#121212", "#ffffff")}
_OF_THE_PROGRAM = {"light": "#0000ee", "dark": "#9e9eff"}
_SAID = {"color", "background-color", "background", "display", "visibility"}
_NAME = "--"
_MOST_NAMES = 10  #: that stand for each other

_CONVERTED = {"srgb", "hsl", "hwb"}  #: those that tinycss2 knows in sRGB; of others nothing is said


@dataclass(frozen=True, slots=True)
class Faint:
    """Words that stand out too little."""

    words: str
    colour: str  #: `#rrggbb`, as is the other
    ground: str
    ratio: float
    scheme: str
    selector: str  #: of the rule that gives them their colour; empty when the program does


def faint_in(seen: Outline) -> list[Faint]:
    """Each rule and pair of colours once."""
    sheets = "\n".join(seen.sheets)
    found: dict[tuple[str, str, str], Faint] = {}
    for path, words in seen.texts.items():
        for scheme in _SCHEMES:
            drawn = _drawn(sheets, scheme, path)
            if drawn is None:
                continue
            colour, ground, selector = drawn
            ratio = contrast(colour, ground)
            if ratio < READABLE:
                found.setdefault((selector, colour, ground), Faint(words, colour, ground, ratio, scheme, selector))
    return list(found.values())


@lru_cache(maxsize=4096)  # the mails and pages of a town have some hundred ways to words in common
def _drawn(sheets: str, scheme: str, path: Path) -> tuple[str, str, str] | None:
    """Colour, ground, and the selector that gives the colour; None where it is not seen, or not known on what."""
    ground, ink = _CANVAS[scheme]
    selector, names = "", dict[str, str]()
    for element in _chain(path):
        said = _said(sheets, scheme, element)
        names |= {name: value for name, (value, _) in said.items() if name.startswith(_NAME)}
        display, seen = (said.get(each, ("", ""))[0] for each in ("display", "visibility"))
        if display == "none" or seen == "hidden":
            return None
        value = _filled(said.get("background-color", ("", ""))[0], names)
        if "url(" in value or "gradient(" in value:
            return None
        ground = _mixed(value, ground) or ground
        if element.local_name == "a" and "color" not in said:
            ink, selector = _OF_THE_PROGRAM[scheme], ""
        if "color" in said:
            value, whose = said["color"]
            given = _filled(value, names)
            if given not in {"inherit", "currentcolor"}:
                ink, selector = _mixed(given, ground) or ink, whose
    return ink, ground, selector


def _chain(path: Path) -> Iterator[cssselect2.ElementWrapper]:
    """The elements of a path, each the only child of the one before."""
    root = element = None
    for name, attributes in path:
        made = ET.Element(name, dict(attributes))
        if element is None:
            root = made
        else:
            element.append(made)
        element = made
    if root is not None:
        yield from cssselect2.ElementWrapper.from_html_root(root).iter_subtree()


def _said(sheets: str, scheme: str, element: cssselect2.ElementWrapper) -> dict[str, tuple[str, str]]:
    """What the style sheets say of an element: each property's value, and the selector it stands under."""
    heard: dict[str, tuple[tuple[bool, tuple[int, int, int], int], str, str]] = {}
    rules = [rule for tests, of_rule in _rules(sheets, scheme) if tests.test(element) for rule in of_rule]
    own = element.etree_element.get("style", "")
    at_it = [((important, (9, 9, 9), 0), name, value, "") for name, value, important in _declared(own)]
    for rank, name, value, selector in [*rules, *at_it]:
        known = "background-color" if name == "background" else name
        if known not in heard or heard[known][0] <= rank:
            heard[known] = rank, value, selector
    if "bgcolor" in element.etree_element.attrib:
        heard.setdefault("background-color", ((False, (0, 0, 0), 0), element.etree_element.attrib["bgcolor"], ""))
    return {name: (value, selector) for name, (_, value, selector) in heard.items()}


@lru_cache(maxsize=16)
def _rules(sheets: str, scheme: str) -> Sequence[tuple[Any, Sequence[tuple[Any, str, str, str]]]]:
    found = []
    for order, (prelude, content) in enumerate(_applying(sheets, scheme)):
        declared = _declared(content)
        try:
            selectors = cssselect2.compile_selector_list(prelude) if declared else []
        except cssselect2.SelectorError:  # newer than the library: programs that do not know it pass it over, too
            continue
        words = " ".join(tinycss2.serialize(prelude).split())
        for each in selectors:
            if each.pseudo_element is None:
                said = [
                    ((important, each.specificity, order), name, value, words) for name, value, important in declared
                ]
                found.append((each, said))
    return found


def _applying(sheets: str, scheme: str) -> Iterator[tuple[Any, Any]]:
    """Rules of a scheme on a wide screen."""
    rules = list(tinycss2.parse_stylesheet(sheets, skip_comments=True, skip_whitespace=True))
    while rules:
        rule = rules.pop(0)
        if rule.type == "qualified-rule":
            yield rule.prelude, rule.content
        elif rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content is not None:
            asked = tinycss2.serialize(rule.prelude).lower().replace(" ", "")
            if asked in {f"(prefers-color-scheme:{scheme})", "screen", "all"}:
                inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                rules[:0] = inner


def _declared(content: Any) -> list[tuple[str, str, bool]]:
    listed = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    return [
        (each.name if each.name.startswith(_NAME) else each.lower_name, _plain(each.value), each.important)
        for each in listed
        if each.type == "declaration" and (each.lower_name in _SAID or each.name.startswith(_NAME))
    ]


def _plain(value: Any) -> str:
    return str(tinycss2.serialize(value)).strip()


def _filled(value: str, names: Mapping[str, str]) -> str:
    """With what names stand for: `var(--ink)`, `var(--ink, #000)`."""
    for _ in range(_MOST_NAMES):
        found = next((each for each in tinycss2.parse_component_value_list(value) if _is_name(each)), None)
        if found is None:
            break
        name, _, otherwise = _plain(found.arguments).partition(",")
        value = value.replace(_plain([found]), names.get(name.strip(), otherwise.strip()))
    return value.lower()


def _is_name(token: Any) -> bool:
    return bool(token.type == "function" and token.lower_name == "var")


def _mixed(value: str, under: str) -> str:
    """The colour among these words on what is under it, as `#rrggbb`; empty when there is none."""
    for each in tinycss2.parse_component_value_list(value):
        colour = tinycss2.color4.parse_color(each)
        if isinstance(colour, tinycss2.color4.Color) and colour.space in _CONVERTED:
            parts = zip(colour.to("srgb").coordinates, (1, 3, 5), strict=True)
            share = colour.alpha
            mixed = (part * 255 * share + int(under[at : at + 2], 16) * (1 - share) for part, at in parts)
            return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in mixed)
    return ""
