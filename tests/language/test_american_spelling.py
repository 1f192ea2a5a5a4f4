"""A town in the United States reads the shipped English texts as it spells."""

import re
from dataclasses import replace

from communique.localisation.american_spelling import AMERICAN, as_in_america
from tests.shipped_messages import sources, workspace
from tests.shipped_site import words

BRITISH = re.compile(
    r"(?i)(?<![\w/.@=-])"
    r"(?:\w*(?:organis|recognis|summaris)|programme|neighbour|colour|harbour|favour|centre\b|agree(?:s|d)? the )"
)


def test_words_are_spelt_as_there_and_names_in_braces_and_addresses_stay() -> None:
    """What is said changes; what the program or a reader's browser looks for does not."""
    assert as_in_america("Organisations agree the {{ recipient.organisation }} programme: /organisations-wanted/") == (
        "Organizations agree on the {{ recipient.organisation }} program: /organisations-wanted/"
    )


def test_no_shipped_text_or_phrase_is_left_in_british_spelling() -> None:
    """Texts are read in `en/` where there is no `en-US/`."""
    english = {path: text for path, text in sources().items() if "/en/" in path}
    bare = {path: re.sub(r"\{[{%].*?[%}]\}", "", as_in_america(text)) for path, text in english.items()}
    assert len(bare) > 50
    assert {path: found[0] for path, text in bare.items() if (found := BRITISH.search(text))} == {}
    assert BRITISH.search(as_in_america(str(words("en")))) is None


def test_a_text_is_filled_with_it() -> None:
    """For whoever speaks `en-US`; `en` stays as it is."""
    town = replace(workspace(), settings=workspace().settings.model_copy(update={"languages": ("en", AMERICAN)}))
    for language, said in (("en", "the programme"), (AMERICAN, "the program")):
        filled = town.templates.fill_text(
            "templates/news/hello/en/social.txt", "Join the programme.", {"language": language}
        )
        assert filled == f"Join {said}."
    assert town.words.of("en")["about"].endswith(
        "the programme for local governments of an international organisation:"
    )
    assert town.words.of(AMERICAN)["about"].endswith(
        "the program for local governments of an international organization:"
    )
