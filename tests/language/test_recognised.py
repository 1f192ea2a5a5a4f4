"""Sentences that lie in the ledger as English texts, found again by the catalogue and said in Spanish."""

import pytest

from communique.language.catalogue import sentences
from communique.language.recognised import recognised


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("en pausa", None),
        ("not approved: 2 approvals missing", "no aprobado: faltan 2 aprobaciones"),
        ("has answered since", "ha respondido entretanto"),
        ("Ana asks for changes: Wrong day", "Ana pide cambios: Wrong day"),
        (
            "expected a contrast of at least 4.5:1, found #777 on #888 with 1.2:1 (“Hola”)",
            "se esperaba un contraste de 4.5:1 como mínimo; hay #777 sobre #888, con 1.2:1 («Hola»)",
        ),
    ],
)
def test_a_kept_sentence_is_said(text: str, expected: str | None) -> None:
    """What stands in its places stays as it is written, numbers too; what is no sentence of ours is nothing."""
    assert recognised(text, "es") == expected


def test_a_sentence_about_braces_is_found_within_another_one() -> None:
    """Its braces are no places."""
    told = "`{% for %}` needs a fact that is a list: lines that begin with a hyphen."
    assert (
        recognised(f"the text cannot be made: {told}", "es") == f"no se puede hacer el texto: {sentences('es')[told]}"
    )


def test_a_strangers_words_are_read_in_one_walk() -> None:
    """Words that a server made to fit a sentence in ten thousand million ways, and then do not: they stay."""
    trap = "; 1 coming, 1 perhaps, 1 not coming, 1 without an answer" * 70

    assert recognised(f"1{trap}\0", "es") is None
