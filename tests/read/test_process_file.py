"""`config/process.yaml`: every fault at its line."""

from dataclasses import replace

import pytest

from communique.problems import Severity
from communique.read.process_file import MOST_BYTES, Around, read_process
from communique.read.sources import Copy

AROUND = Around(
    languages=("en", "es"),
    milestones={"news": ["start", "end"], "broken": None},
    announcements={"news": ["minutes"], "broken": None},
    sources=Copy({"config/documents/rules.pdf": b"%PDF", "config/documents/scan.pdf": bytes(MOST_BYTES + 1)}),
)
GOOD = """\
stages:
  - name: {en: Start, es: Inicio}
    from: news/start
dates:
  - name: Meeting
    milestone: news/start
    place: Town Hall
    minutes: news/minutes
    called_off: news/end
ways:
  - name: {en: Write, es: Escribir}
    until: news/end
commitments: news/end
documents:
  - file: rules.pdf
    title: {en: Rules, es: Normas}
    published: 2027-01-19
    language: fr
    meeting: news/start
    shows: forum-rules
forum:
  text: All of us
  members:
    - {name: {en: Club, es: Peña}, sector: non-government}
monitoring: {name: University, text: It looks at everything}
reasoned_response: news/minutes
"""


def faults(text: str) -> list[tuple[str, int]]:
    """Codes and lines."""
    return [(each.code, each.line) for each in read_process(text, "config/process.yaml", AROUND)[1]]


def test_stages_and_dates_are_read_in_order() -> None:
    """Names in every language, or one for all; a place may be left out."""
    outline, problems = read_process(GOOD, "config/process.yaml", AROUND)
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
        ("minutes: news/minutes", "minutes: news/minute", ("unknown-announcement", 8)),
        ("called_off: news/end", "called_off: news/ends", ("unknown-milestone", 9)),
        ("until: news/end", "until: news/ends", ("unknown-milestone", 12)),
        ("until: news/end", "stage: news/end", ("unknown-milestone", 12)),
        ("until: news/end", "until: news/end\n    stage: news/start", ("wrong-value", 13)),
        ("commitments: news/end", "commitments: 5", ("wrong-type", 13)),
        ("file: rules.pdf", "file: Rules.pdf", ("missing-document", 15)),
        ("file: rules.pdf", "file: scan.pdf", ("document-too-large", 15)),
        ("file: rules.pdf", "file: ../rules.pdf", ("wrong-value", 15)),
        ("file: rules.pdf", "file: rules.html", ("wrong-value", 15)),
        (", es: Normas", "", ("missing-translation", 16)),
        ("2027-01-19", "19.1.2027", ("wrong-moment", 17)),
        ("shows: forum-rules", "shows: rules", ("wrong-value", 20)),
        (", es: Peña", "", ("missing-translation", 24)),
        ("sector: non-government", "sector: private", ("wrong-value", 24)),
        ("{name: University, ", "{", ("missing-key", 25)),
        ("response: news/minutes", "response: minutes", ("wrong-value", 26)),
    ],
)
def test_a_fault_is_at_its_line(old: str, new: str, fault: tuple[str, int]) -> None:
    """Also one that is not the first."""
    assert old in GOOD
    assert fault in faults(GOOD.replace(old, new, 1))


def test_a_comma_within_braces_asks_for_quotation_marks() -> None:
    """Where a name has one, what follows it looks like a key without a value."""
    text = GOOD.replace("es: Inicio", "es: Universidad, sede norte")
    hints = [each.hint for each in read_process(text, "config/process.yaml", AROUND)[1] if each.code == "missing-value"]
    assert hints == ["A comma ends a value within braces: put the whole text between quotation marks."]


def test_two_faults_are_told_at_once() -> None:
    """Neither hides the other."""
    text = GOOD.replace(", es: Inicio", "").replace("name: Meeting", "name: {es: Reunión}")
    assert faults(text) == [("missing-translation", 2), ("missing-translation", 5)]


def test_a_campaign_that_cannot_be_read_is_not_said_to_lack_a_milestone() -> None:
    """Its own fault is told, and enough."""
    assert faults(GOOD.replace("from: news/start", "from: broken/start")) == []


def test_a_campaign_that_is_gone_is_told_once() -> None:
    """At the first place that names it, and not at all where there is no campaign, which is told elsewhere."""
    assert faults(GOOD.replace("news/", "gone/")) == [("unknown-milestone", 3)]
    nothing = replace(AROUND, milestones={}, announcements={})
    assert read_process(GOOD, "config/process.yaml", nothing)[1] == []


def test_what_the_page_can_leave_out_is_a_warning() -> None:
    """A file that is not there yet stops no announcement."""
    text = GOOD.replace("rules.pdf", "plan.pdf").replace("minutes: news/minutes", "minutes: news/none")
    problems = read_process(text, "config/process.yaml", AROUND)[1]
    assert {each.severity for each in problems} == {Severity.WARNING}
    assert {each.code for each in problems} == {"missing-document", "unknown-announcement"}


def test_a_file_is_named_once() -> None:
    """Two entries for one file would show it twice."""
    entry = GOOD.partition("documents:\n")[2].partition("forum:")[0]
    assert ("repeated-name", 21) in faults(GOOD.replace(entry, entry * 2))


def test_a_date_in_another_notation_is_understood() -> None:
    """What was meant is said, as for the moments of a campaign."""
    problems = read_process(GOOD.replace("2027-01-19", "19.1.2027"), "config/process.yaml", AROUND)[1]
    assert [(each.message, each.hint) for each in problems] == [
        ("expected a date such as `2027-02-02`, found `19.1.2027`", "Did you mean `2027-01-19`?")
    ]
