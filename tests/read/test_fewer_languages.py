"""A YAML file in fewer languages: nothing moves but what is taken out."""

import pytest

from communique.problems import ProblemsError
from communique.read.fewer_languages import only_in

KNOWN = ("es", "en", "ar")
WRITTEN = """\
languages: [ar, en, es]                 # the first is the default
title: {es: "Uno, {dos}", en: 'It''s one }', ar: واحد}   # said
locales: {en: en-GB, ar: ar-MA}
# a word on what follows
facts:
  place:
    es: Sala 2

    en: |
      Room 2,

      upstairs
    ar: قاعة
  words: {es: a, more: b}               # no text in several languages
  partners:
    - {en: Residents' Association, es: Vecinos}
    - the same everywhere
channels:
  x: {kind: x, languages: [en]}
  y:
    languages: [es, en]
"""
IN_SPANISH = """\
languages: [es]                 # the first is the default
title: {es: "Uno, {dos}"}   # said
# a word on what follows
facts:
  place:
    es: Sala 2

  words: {es: a, more: b}               # no text in several languages
  partners:
    - {es: Vecinos}
    - the same everywhere
channels:
  x: {kind: x, languages: [es]}
  y:
    languages: [es]
"""


def test_what_is_said_in_others_goes_and_all_else_stays() -> None:
    """Comments, quotation marks, blocks and braces included; what a language had alone goes as a whole."""
    assert only_in(WRITTEN, "config/settings.yaml", ["es"], KNOWN) == IN_SPANISH


def test_what_held_nothing_but_texts_of_others_goes_with_them() -> None:
    """Titles of which one is left stay; a key without anything below it would be a fault."""
    titles = "titles:          # for officers\n  kickoff: {es: Reunión}\n  plan:\n    es: Plan\nfacts: {es_only: 1}\n"
    assert only_in(titles, "campaigns/news.yaml", ["ar"], KNOWN) == "facts: {es_only: 1}\n"
    one_more = titles.replace("Reunión", "Reunión, ar: لقاء")
    assert only_in(one_more, "campaigns/news.yaml", ["ar"], KNOWN).startswith(
        "titles:          # for officers\n  kickoff: {ar: لقاء}\nfacts:"
    )


def test_the_first_language_is_the_one_named_first() -> None:
    """And a list that had some of them keeps these."""
    written = only_in(WRITTEN, "config/settings.yaml", ["en", "es"], KNOWN)
    assert written.splitlines()[:3] == [
        "languages: [en, es]                 # the first is the default",
        """title: {es: "Uno, {dos}", en: 'It''s one }'}   # said""",
        "locales: {en: en-GB}",
    ]
    assert "languages: [en]}" in written
    assert "      Room 2,\n\n      upstairs\n  words" in written


def test_a_file_that_cannot_be_read_is_not_touched() -> None:
    """Its problem is told."""
    with pytest.raises(ProblemsError):
        only_in("title: {es: a", "config/settings.yaml", ["es"], KNOWN)
