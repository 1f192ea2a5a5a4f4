"""No film flashes: the general and red flash thresholds of WCAG 2.3.1, on pictures made for it."""

import itertools

import pytest

from channels.film.flashes import HEIGHT, WIDTH, Still, flashing

PLACES = WIDTH * HEIGHT


def of(red: int, green: int, blue: int) -> bytes:
    """A picture of one colour."""
    return bytes((red, green, blue)) * PLACES


BLACK, WHITE = of(0, 0, 0), of(255, 255, 255)
#: Of one part of nine a little turns white.
A_LITTLE = WHITE[:6] + BLACK[6:]
#: As dark as each other, by their luminance.
RED, GREY, BROWN = of(170, 0, 0), of(85, 85, 85), of(130, 70, 60)


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
        (film(*back_and_forth(WHITE, of(238, 238, 238), 20), every=0.05), None),  # both are bright
        (film(*[of(value, value, value) for value in range(0, 250, 12)], every=0.05), None),  # it only brightens
        (film(*back_and_forth(BLACK, BLACK[: len(BLACK) // 3] + WHITE[len(BLACK) // 3 :], 20), every=0.1), 0.1),
        (film(*back_and_forth(GREY, RED, 7), every=0.14), 0.14),  # as bright, and red
        (film(*back_and_forth(GREY, RED, 6), every=0.1), None),  # three
        (film(*back_and_forth(GREY, BROWN, 20), every=0.05), None),  # no saturated red
        (film(*back_and_forth(RED, of(190, 0, 0), 20), every=0.05), 0.05),  # from one red to another
        (film(*back_and_forth(RED, of(175, 0, 0), 20), every=0.05), None),  # which hardly differs
    ],
)
def test_more_than_three_in_a_second_are_too_many(stills: list[Still], begins: float | None) -> None:
    """Opposing changes of a tenth of luminance, or of red, in more than a quarter of what the eye sees at once."""
    assert flashing(stills) == (None if begins is None else pytest.approx(begins))
