"""The tag in a return path: whose mail came back, and that nobody else can say so."""

from hypothesis import given
from hypothesis import strategies as st

from communique.bounces.tags import candidates, read_tag, tag_of
from communique.channel import Secret

KEY = Secret("0" * 64)
REFERENCE = "0123456789abcdef@open.littleton.example.org"
TAG = tag_of(1234, REFERENCE, KEY)


@given(st.integers(0, 2**63 - 1), st.text(max_size=80))
def test_a_tag_says_whose_it_is(delivery: int, reference: str) -> None:
    """Whatever the number; in lower case, short, and of letters that every server leaves alone."""
    tag = tag_of(delivery, reference, KEY)
    claim = read_tag(tag)
    assert claim is not None
    assert claim.number == delivery
    assert claim.holds(reference, KEY)
    assert tag == tag.lower()
    assert tag.isalnum()
    assert len(tag) <= 29


def test_it_survives_a_change_of_case() -> None:
    """Some servers write local parts in capitals."""
    claim = read_tag(TAG.upper())
    assert claim is not None
    assert claim.holds(REFERENCE, KEY)


def test_every_other_letter_makes_it_void() -> None:
    """Nobody makes one for somebody else from their own."""
    for position in range(len(TAG)):
        for letter in "az27":
            forged = TAG[:position] + letter + TAG[position + 1 :]
            claim = read_tag(forged)
            holds = claim is not None and claim.holds(REFERENCE, KEY)
            assert holds == (forged == TAG)


def test_it_is_of_one_mail_only() -> None:
    """In a ledger that was put back a number may be another's: the reference is signed, too."""
    claim = read_tag(TAG)
    assert claim is not None
    assert not claim.holds("another@open.littleton.example.org", KEY)
    assert not claim.holds(REFERENCE, Secret("another"))


def test_a_former_key_still_counts() -> None:
    """Keys change, and mails that went out before come back after."""
    claim = read_tag(TAG)
    assert claim is not None
    assert claim.holds(REFERENCE, Secret(f"new\n{KEY.reveal()}"))


def test_it_is_found_where_servers_wrap_it() -> None:
    """Sender rewriting (SRS), bounce address tags (BATV), a list's own return path."""
    for text in (
        f"bounces+{TAG}@littleton.example.org",
        f"<SRS0=HH8x=TT=littleton.example.org=bounces+{TAG}@forwarder.example>",
        f"prvs=12345=bounces+{TAG}@littleton.example.org",
        f"list-bounces+bounces+{TAG}=littleton.example.org@list.example",
        f'"bounces+{TAG.upper()}"@littleton.example.org; bounces+{TAG}@x.example',
    ):
        assert TAG in set(candidates(text))


def test_what_is_no_tag_is_none() -> None:
    """And raises nothing."""
    for text in ("", "a", "aaaaaaaaaaaaaaaa", "1" * 20, "é" * 20, "a" * 29, TAG + "a", TAG[:-1], f" {TAG}", "=" * 24):
        claim = read_tag(text)
        assert claim is None or not claim.holds(REFERENCE, KEY)
