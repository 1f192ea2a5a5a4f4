"""A rehearsal in which things go wrong: what comes of it, said by the parts that do it in real life."""

import re
from pathlib import Path

import lxml.html
import pytest

from channels import KINDS
from communique.installation import Installation
from communique.rehearse.faults import FaultError, Reader
from tests.command_line import CommandLine
from tests.web.desk.test_desk_in_spanish import ENGLISH, said
from tests.workspaces import START, Town, build

_MEETING = "---\nheadline: We meet\nsummary: We meet.\n---\nWe meet on {{ milestones.start.start | date }}.\n"
_MORE = """\
  reminder:
    when: start - 1 day
    to: [friends]
    through: [email]
  thanks:
    when: start + 1 day
    to: [friends]
    through: [email]
  post:
    when: start - 2 days
    through: [x]
"""
PEOPLE = 6
#: What a server has said, and how a header is called.
_THEIRS = re.compile(r"550 5\.1\.1 .*|\([A-Z][\w-]+\)")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """An invitation, a post, a reminder a day before the meeting, and thanks after it."""
    made = build(tmp_path_factory.mktemp("town"))
    made.campaign("when: start\n", "when: start - 3 days\n")
    made.add(_MORE)
    for name in ("hello", "reminder", "thanks"):
        made.say(name, {"en": _MEETING})
    made.write("templates/news/post/en/social.txt", "We meet.\n")
    return made


@pytest.fixture(scope="module")
def played(town: Town) -> tuple[str, Path]:
    """What the command says, and its folder."""
    return play(town, "en", "result")


def play(town: Town, language: str, folder: str) -> tuple[str, Path]:
    """Everything goes wrong, some of it at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMUNIQUE_KEY", "key")
        patch.delenv("DATABASE_URL", raising=False)
        line = CommandLine(town.root, patch)
        outage = (
            "--outage",
            "email for 8 minutes from start - 1 day",
            "--outage",
            "x for 3 minutes from start - 2 days",
        )
        moved = ("--moved", "start to start + 7 days on start - 20 hours")
        other = ("--bounce", "10%", "--kill", "start - 3 days", "--into", str(town.root / folder))
        said = line(
            "--language", language, "rehearse", "news", "--people", str(PEOPLE), *outage, *moved, *other, now=START
        )
    assert said.code == 0, said.errors
    return said.text, town.root / folder


@pytest.fixture(scope="module")
def reader(town: Town) -> Reader:
    """Reads what officers write behind the options."""
    workspace = Installation(root=town.root, variables={"COMMUNIQUE_KEY": "key"}, kinds=KINDS).workspace()
    return Reader(workspace=workspace, milestones={"news": workspace.campaigns["news"].milestones})


def chapter(folder: Path, heading: str) -> str:
    """The words of one section."""
    page = lxml.html.fromstring((folder / "what-went-wrong.html").read_text(encoding="utf-8"))
    [found] = page.xpath(f"//section[h2[contains(., '{heading}')]]")
    return " ".join(found.text_content().split())


def test_a_rehearsal_can_be_read_in_spanish(town: Town) -> None:
    """Every page of it, with what the ledger and the networks say; officers' mails are in the settings' language."""
    _, folder = play(town, "es", "ensayo")
    pages = [*folder.glob("*.html"), *folder.glob("announcements/*.html")]
    found = {}
    for path in pages:
        page = lxml.html.fromstring(path.read_bytes())
        assert page.get("lang") == "es"
        for mail in page.xpath("//section[@aria-labelledby='told']/details"):
            mail.drop_tree()
        quoted = [each.text_content() for each in page.xpath("//*[@class='quoted']")]
        _, english = said(lxml.html.tostring(page, encoding="unicode"))
        english = [each for each in english if ENGLISH.search(_THEIRS.sub("", each))]
        if ours := [each for each in quoted if not each.startswith("250 ")] + english:
            found[path.name] = ours
    assert len(pages) == 7
    assert found == {}


def test_a_mailbox_that_is_no_more_is_written_to_once(played: tuple[str, Path]) -> None:
    """What comes back is read, as in real life, and keeps later mails from it; settings that read nothing are named."""
    said, folder = played
    assert "6 planned = 6 sent; 1 came back" in said
    assert said.count("6 planned = 5 sent + 1 excluded") == 2
    found = chapter(folder, "Mail came back")
    assert "1 mailbox was no more. 1 mail came back" in found
    assert "Reminder: 1 person Thanks: 1 person" in found
    assert "do not say where returned mail is read" in found


def test_an_outage_makes_it_late_and_nothing_else(played: tuple[str, Path]) -> None:
    """The channel rests, officers are told, and everybody who is to get it gets it."""
    _, folder = played
    found = chapter(folder, "E-mail was away")
    assert "Reminder 5 copies went late" in found
    assert "Post 1 copy went late" in chapter(folder, "X was away")
    told = chapter(folder, "What the officers were mailed")
    assert "Your settings name nobody" in told
    assert "email" in told
    assert "Hello" not in found


def test_a_milestone_that_moves_drafts_a_correction_for_who_knows_the_old_date(played: tuple[str, Path]) -> None:
    """What had gone is to be corrected, what is to come shifts."""
    _, folder = played
    found = chapter(folder, "Start moved")
    assert "It was Tuesday 1 December 2026, 10:00, and became Tuesday 8 December 2026, 10:00." in found
    assert "Hello 6 copies name it" in found
    assert "Reminder 5 copies name it" in found
    assert "ThanksWednesday 2 December 2026, 10:00 CET (09:00 UTC)Wednesday 9 December 2026" in found
    assert "HelloSaturday" not in found
    draft = (folder / "drafts/templates/news/hello/en/correction.md").read_text(encoding="utf-8")
    assert "December 8, 2026" in draft


def test_a_sender_that_is_killed_loses_nothing_and_what_it_repeats_is_said(played: tuple[str, Path]) -> None:
    """A real process, killed between a mail that the server has and its word for it."""
    _, folder = played
    assert "when the server had 3 mails" in chapter(folder, "The sender was killed")
    assert "Of 1 mail nobody could know whether it had gone" in chapter(folder, "In doubt")
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert "none lost, none twice, none unexplained. 1 mail was handed over twice, which the ledger knows." in index


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        ("outage", "email", "expected `CHANNEL for LENGTH from MOMENT`"),
        ("outage", "emial for 2 hours from start", "Did you mean `email`?"),
        ("outage", "website for 2 hours from start", "which writes files here"),
        ("outage", "email for 2h from start", "expected a length of time"),
        ("outage", "email for 0 hours from start", "above nothing"),
        ("outage", "email for 2 hours from strat", "Did you mean `start`?"),
        ("outage", "email for 2 hours from later", "which is unknown yet"),
        ("outage", "email for 2 hours from 2026-12-01", "expected a time of day"),
        ("bounce", "3", "expected a share"),
        ("bounce", "0%", "expected a share"),
        ("bounce", "101%", "expected a share"),
        ("move", "start", "expected `MILESTONE to DATE"),
        ("move", "strat to 2026-12-09", "Did you mean `start`?"),
        ("move", "start to 2026-12-01 10:00", "found the same"),
        ("move", "start to tomorrow", "no milestone `tomorrow`"),
        ("moment", "noon", "no milestone `noon`"),
        ("declared", "later", "expected `MILESTONE DATE`"),
        ("declared", "latter 2026-12-09", "Did you mean `later`?"),
        ("declared", "later tomorrow", "no milestone `tomorrow`"),
        ("declared", "start 2026-12-09", "expected a milestone without a date"),
    ],
)
def test_nonsense_is_refused_with_what_was_expected(reader: Reader, kind: str, words: str, said: str) -> None:
    """Before anything is played."""
    with pytest.raises(FaultError) as error:
        getattr(reader, kind)(words)
    assert said in str(error.value)
