"""What lies under the texts of a drawing, also where groups move, scale, colour and fade them."""

import pytest

from communique.drawing.layers import texts_on_grounds

PAGE = '<rect x="0" y="0" width="400" height="300" fill="#ffffff"/>'
BOX = 'x="10" y="10" width="100" height="20"'


def seen(inside: str) -> list[tuple[str, str]]:
    """Colour and ground of each text."""
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">{PAGE}{inside}</svg>'
    return [(each.colour, each.ground) for each in texts_on_grounds(drawing)]


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        (f'<text {BOX} fill="#777777">Hello</text>', ("#777777", "#ffffff")),
        (f'<g fill="#999999"><text {BOX}>Hello</text></g>', ("#999999", "#ffffff")),
        (f'<g opacity="0.5"><g><text {BOX} fill="#000000">Hello</text></g></g>', ("#808080", "#ffffff")),
        (f'<text {BOX} fill="#000000" fill-opacity="0.4">Hello</text>', ("#999999", "#ffffff")),
        # A band at 200, 100: the text stands on it only where its group moves it to.
        (
            (
                '<rect x="200" y="100" width="150" height="50" fill="#14508c"/>'
                f'<g transform="translate(200 100)"><text {BOX} fill="#222222">Hello</text></g>'
            ),
            ("#222222", "#14508c"),
        ),
        (
            (
                '<g transform="scale(2)"><rect x="0" y="0" width="120" height="40" fill="#14508c" opacity="0.5"/></g>'
                f'<text {BOX} fill="#222222">Hello</text>'
            ),
            ("#222222", "#8aa8c6"),
        ),
    ],
)
def test_groups_hand_on_what_they_say(inside: str, found: tuple[str, str]) -> None:
    """Colour, opacity and place: what is faint in a group is as faint as outside."""
    assert seen(inside) == [found]


def test_rows_stand_where_they_are_drawn() -> None:
    """Of groups with `data-step`: the second row lies on the band, and the first does not."""
    band = '<rect x="0" y="100" width="400" height="50" fill="#14508c"/>'
    rows = f'<g><text {BOX} fill="#222222">Hello</text></g>' * 2
    assert seen(f'{band}<g data-step="100">{rows}</g>') == [("#222222", "#ffffff"), ("#222222", "#14508c")]


def test_what_is_turned_or_round_is_left_out() -> None:
    """Nothing is said of what is not known."""
    assert seen(f'<circle cx="20" cy="20" r="15" fill="#14508c"/><text {BOX} fill="#ffffff">1</text>') == []
    assert seen(f'<g transform="rotate(10)"><text {BOX} fill="#eeeeee">Hello</text></g>') == []
