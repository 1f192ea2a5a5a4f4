"""Word of what went out, to be read aloud: the spot says at once that it corrects or withdraws."""

from datetime import datetime
from typing import Any

from communique.channel import Script
from communique.texts import scripts
from communique.texts.corrections import Mended
from communique.texts.rendering import Renderer
from communique.texts.retraction_notice import Withdrawn
from communique.texts.television import Screen
from communique.texts.wording import Wording

_LENGTHS = (15, 20, 30, 45, 60, 90)  #: seconds; the first that is long enough
_STEP = 30  #: beyond
_ENDS = tuple(".!?…؟")
_BRACKETS = str.maketrans("[]|", "()/")  # these mean something in a script for television


def correction_script(renderer: Renderer, mended: Mended, language: str, at: datetime, *, on_screen: bool) -> Script:
    """The spot that takes the place of those a station has.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
    """
    words, (text, _) = renderer.words.of(language)["correction"], mended.correction.said(language)
    said = {"headline": text.headline, "wrong": text.wrong, "right": text.right}
    return _script(renderer, "correction", str(words["title"]), said, language, at, on_screen=on_screen)


def retraction_script(
    renderer: Renderer, withdrawn: Withdrawn, language: str, at: datetime, *, on_screen: bool
) -> Script:
    """The spot that says that those a station has are withdrawn.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
    """
    words = renderer.words.of(language)["retraction"]
    reason, _ = withdrawn.retraction.reason(language)
    said = {"headline": withdrawn.headline, "reason": reason}
    return _script(renderer, "retraction", str(words["title"]), said, language, at, on_screen=on_screen)


def _script(
    renderer: Renderer, what: str, title: str, said: dict[str, str], language: str, at: datetime, *, on_screen: bool
) -> Script:
    words = renderer.words.of(language)
    layout = f"templates/layouts/{what}-{'tv' if on_screen else 'radio'}.txt"
    source = (renderer.sources.read(layout) or b"").decode()
    sentences = {name: _sentence(each) for name, each in said.items()}
    context = {**renderer.facts.about_us(language), **renderer.cards.beside(language), "words": words, **sentences}

    def lasting(seconds: int) -> Script:
        path = layout.replace(".txt", f"-{seconds}.txt")
        return scripts.script_of(
            renderer.templates,
            [Wording(path=path, top={}, body=source, raw=source.encode())],
            context,
            sources=renderer.sources,
            settings=renderer.facts.settings,
            words=words,
            headline=f"{title}{words['colon']} {said['headline']}",
            due_at=at,
            screen=Screen(cards=renderer.cards, shown=context) if on_screen else None,
            first=str(words["cue_sheet"]["no_longer"]),
        )

    takes = lasting(_LENGTHS[0]).spots[0].takes
    long_enough = next((each for each in _LENGTHS if takes <= each), _STEP * (int(takes // _STEP) + 1))
    return lasting(long_enough)


def _sentence(text: Any) -> str:
    plain = str(text).translate(_BRACKETS).strip()
    return plain if plain.endswith(_ENDS) else f"{plain}."
