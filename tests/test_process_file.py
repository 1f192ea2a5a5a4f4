"""`config/process.yaml`: every fault at its line."""

import pytest

from communique.read.process_file import read_process

MILESTONES = {"news": ["start", "end"], "broken": None}
GOOD = """\
stages:
  - name: {en: Start, es: Inicio}
    from: news/start
dates:
  - name: Meeting
    milestone: news/start
    place: Town Hall
"""


def faults(text: str) -> list[tuple[str, int]]:
    """Codes and lines."""
    return [(each.code, each.line) for each in read_process(text, "config/process.yaml", ("en", "es"), MILESTONES)[1]]


def test_stages_and_dates_are_read_in_order() -> None:
    """Names in every language, or one for all; a place may be left out."""
    outline, problems = read_process(GOOD, "config/process.yaml", ("en", "es"), MILESTONES)
    assert problems == []
    assert outline is not None
    assert [(stage.name, stage.begins) for stage in outline.stages] == [({"en": "Start", "es": "Inicio"}, "news/start")]
    assert [(date.name, date.milestone, date.place) for date in outline.dates] == [
        ("Meeting", "news/start", "Town Hall")
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (", es: Inicio", "", ("missing-translation", 2)),
        ("name: Meeting", "name: {en: Meeting}", ("missing-translation", 5)),
        ("from: news/start", "form: news/start", ("unknown-key", 3)),
        ("    from: news/start\n", "", ("missing-key", 2)),
        ("milestone: news/start", "milestone: start", ("wrong-value", 6)),
        ("stages:\n", "stages: none\nx:\n", ("wrong-type", 1)),
        ("place: Town Hall", "place: {es: Ayuntamiento}", ("missing-translation", 7)),
        ("milestone: news/start", "milestone: news/strat", ("unknown-milestone", 6)),
        ("place: Town Hall", "place: [Town Hall]", ("wrong-type", 7)),
        ("place: Town Hall", "place: Town: Hall", ("yaml-syntax", 7)),
    ],
)
def test_a_fault_is_at_its_line(old: str, new: str, fault: tuple[str, int]) -> None:
    """Also one that is not the first."""
    assert old in GOOD
    assert fault in faults(GOOD.replace(old, new, 1))


def test_two_faults_are_told_at_once() -> None:
    """Neither hides the other."""
    text = GOOD.replace(", es: Inicio", "").replace("name: Meeting", "name: {es: Reunión}")
    assert faults(text) == [("missing-translation", 2), ("missing-translation", 5)]


def test_a_campaign_that_cannot_be_read_is_not_said_to_lack_a_milestone() -> None:
    """Its own fault is told, and enough."""
    assert faults(GOOD.replace("from: news/start", "from: broken/start")) == []
