"""No film flashes: the general flash threshold of WCAG 2.3.1, on pictures made for it, and on the film itself."""

import itertools

import pytest

from channels.film.flashes import HEIGHT, WIDTH, Still, flashing

BLACK, WHITE = bytes(WIDTH * HEIGHT), b"\xff" * (WIDTH * HEIGHT)
#: A fifth of one part of nine turns white.
A_LITTLE = b"\xff" * 2 + BLACK[2:]


def film(*pictures: bytes, every: float) -> list[Still]:
    """One picture after another."""
    return [Still(number * every, picture) for number, picture in enumerate(pictures)]


def back_and_forth(one: bytes, other: bytes, times: int) -> list[bytes]:
    """So many changes."""
    return list(itertools.islice(itertools.cycle([one, other]), times + 1))


@pytest.mark.parametrize(
    ("stills", "begins"),
    [
        (film(*back_and_forth(BLACK, WHITE, 7), every=0.14), 0.14),  # three and a half flashes in less than a second
        (film(*back_and_forth(BLACK, WHITE, 6), every=0.1), None),  # three
        (film(*back_and_forth(BLACK, WHITE, 40), every=0.2), None),  # five changes a second, for eight seconds
        (film(*back_and_forth(BLACK, A_LITTLE, 20), every=0.05), None),  # too small
        (film(*back_and_forth(WHITE, b"\xee" * len(WHITE), 20), every=0.05), None),  # both are bright
        (film(*[bytes([value]) * len(WHITE) for value in range(0, 250, 12)], every=0.05), None),  # it only brightens
        (film(*back_and_forth(BLACK, BLACK[: len(BLACK) // 3] + WHITE[len(BLACK) // 3 :], 20), every=0.1), 0.1),
    ],
)
def test_more_than_three_in_a_second_are_too_many(stills: list[Still], begins: float | None) -> None:
    """Opposing changes of a tenth of luminance, in more than a quarter of what the eye sees at once."""
    assert flashing(stills) == (None if begins is None else pytest.approx(begins))
