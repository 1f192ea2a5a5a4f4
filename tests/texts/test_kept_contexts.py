"""What texts may say of an occasion is put together once for all of its channels, and for each language alone."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from communique.occasion import Occasion
from communique.plan.preflight import preflight
from communique.texts.facts import Facts
from tests.workspaces import Town


def test_facts_are_put_together_once_for_each_language(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many channels, roles and checks ask for them."""
    asked: Counter[tuple[str, bool]] = Counter()
    of = Facts.of

    def counting(self: Facts, occasion: Occasion, language: str, *, counted: bool = False) -> dict[str, Any]:
        asked[language, counted] += 1
        return of(self, occasion, language, counted=counted)

    monkeypatch.setattr(Facts, "of", counting)
    found = preflight(town.workspace, town.opened.adapters, town.occasion())
    assert (len(found.samples), asked) == (1, {("en", False): 1})


def test_who_adds_to_what_may_be_said_adds_to_their_own(town: Town) -> None:
    """As a mail does its recipient, of whom a page must not speak."""
    renderer, occasion = town.workspace.renderer, town.occasion()
    renderer.known(occasion, "en")["recipient"] = "Ana"
    assert "recipient" not in renderer.known(occasion, "en")


def test_another_occasion_has_its_own(town: Town) -> None:
    """And the first one is still right when it is asked for again."""
    renderer = town.workspace.renderer
    one = town.occasion()
    other = replace(one, announcement="goodbye")
    names = [renderer.known(each, "en")["announcement"]["name"] for each in (one, other, one)]
    assert names == ["hello", "goodbye", "hello"]
