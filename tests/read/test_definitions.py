"""Campaign files: the shipped ones are read without a problem, faulty ones with exactly the problems they have."""

import re
from collections import Counter
from pathlib import Path

import pytest

from communique.campaign import Campaign
from communique.explain.problem_codes import CODES
from communique.moments import Milestone
from communique.problems import Problem, Severity
from communique.read.definitions import read_campaign
from communique.read.settings_file import read_settings
from communique.settings import Settings

ROOT = Path(__file__).parents[2]
FAULTY = sorted((ROOT / "tests/faulty").glob("*.yaml"))
_EXPECTED = re.compile(r"# expect: (.+)$")


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The shipped settings."""
    found, problems = read_settings((ROOT / "config/settings.yaml").read_bytes(), "config/settings.yaml")
    assert problems == []
    assert found is not None
    return found


def _read(path: Path, settings: Settings) -> tuple[Campaign | None, list[Problem]]:
    return read_campaign(path.read_bytes(), f"campaigns/{path.name}", settings, needs_audience={"email", "press"})


def _expected(path: Path) -> Counter[tuple[int, str]]:
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    return Counter(
        (number, code.strip())
        for number, line in enumerate(lines, 1)
        if (match := _EXPECTED.search(line))
        for code in match[1].split(",")
    )


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_faulty_files(path: Path, settings: Settings) -> None:
    """Each faulty file gives exactly the codes that stand beside its faults, at these lines, and no campaign."""
    campaign, problems = _read(path, settings)
    assert Counter((problem.line, problem.code) for problem in problems) == _expected(path)
    if any(problem.severity is Severity.ERROR for problem in problems):
        assert campaign is None
    else:
        assert campaign is not None


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_problems_speak_to_officers(path: Path, settings: Settings) -> None:
    """Every problem says where, what was expected and what was found; none speaks of Python or of pydantic."""
    for problem in _read(path, settings)[1]:
        assert problem.file == f"campaigns/{path.name}"
        assert problem.line >= 1
        assert 1 <= problem.column <= len(problem.source) + 1
        assert problem.message.startswith("expected ")
        assert "found" in problem.message or problem.code == "weekday-mismatch"
        words = f"{problem.message} {problem.hint}"
        assert not re.search(r"\b(tuple|dict|dictionary|str|NoneType|Input|valid string|regex|pattern)\b", words)
        assert problem.code in CODES


def test_the_corpus_is_large() -> None:
    """A hundred slips are watched over."""
    assert len(FAULTY) >= 100


@pytest.mark.parametrize("path", sorted((ROOT / "campaigns").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_campaigns(path: Path, settings: Settings) -> None:
    """The campaigns that others copy have no problem at all."""
    campaign, problems = _read(path, settings)
    assert problems == []
    assert campaign is not None
    assert campaign.campaign == path.stem


def test_read_without_settings() -> None:
    """While the settings cannot be read, everything else of a campaign still can be."""
    path = ROOT / "campaigns/accepted-into-ogp.yaml"
    campaign, problems = read_campaign(path.read_text(encoding="utf-8"), f"campaigns/{path.name}", None)
    assert problems == []
    assert campaign is not None
    assert isinstance(campaign.milestones["kickoff"], Milestone)
    assert campaign.facts["max_commitments"] == 5
    assert campaign.facts["mayor_quote"]["approved_on"] == "2027-01-11"


HINTS = [
    ("misspelt-key", "Did you mean `through`?"),
    ("key-at-wrong-level", "known in an entry of `announcements`"),
    ("text-for-list", "Write `[email]`"),
    ("number-title", '"2027"'),
    ("name-with-capitals", "Did you mean `tell-the-public`?"),
    ("language-in-capitals", "Did you mean `es`?"),
    ("language-by-name", "Did you mean `es`?"),
    ("bad-in-doubt", "`strict`, `resend`"),
    ("fact-with-hyphen", "Did you mean `process_page`?"),
    ("when-backwards", "Did you mean `acceptance + 2 hours`?"),
    ("when-business-days", "Did you mean `acceptance + 1 working day"),
    ("when-am", "Did you mean `acceptance + 1 working day at 10:00`?"),
    ("decimal-time", "`10:00`"),
    ("day-first", "`2027-01-18`"),
    ("wrong-weekday", "2027-01-18 is a Monday"),
    ("unknown-milestone", "Did you mean `acceptance`?"),
    ("unknown-channel", "Known here: bluesky"),
    ("unknown-audience", "Did you mean `internal-promoters`?"),
    ("unknown-gate", "Did you mean `thank-the-promoters`?"),
    ("circle", "tell-the-public waits for thank-the-promoters waits for tell-the-public"),
    ("invite-no-fact", "Did you mean `meeting`?"),
    ("no-comma", "Put commas between them: `website, x`"),
    ("end-with-dash", "Did you mean `2027-02-09 10:00 to 12:00`?"),
    ("no-space-in-offset", "Did you mean `acceptance + 2 hours`?"),
    ("zone-in-time", "no zone"),
    ("no-space-after-hyphen", "`- email`"),
    ("page-without-https", "Write `https://www.example.org/gov`"),
    ("agenda-does-not-add-up", "the sum of the rows, 55; found 60"),
    ("unknown-waiver", "Did you mean `public-before-promoters`?"),
    ("colon-in-title", 'Write "Open government: accepted" with quotes'),
    ("duplicate-key", "on line 18 and again on line 19"),
    ("weekday-in-fact", "That day is a martes"),
    ("dash-of-a-word-processor", "Did you mean `assembly - 1 week at 09:00`?"),
    ("day-31-of-november", "ends on 2026-11-30"),
    ("midnight-as-24", "`23:59`"),
    ("date-of-a-spreadsheet", "Did you mean `2027-02-01`?"),
    ("date-in-spanish", "Did you mean `2027-02-25 9:00`?"),
    ("no-break-space-after-colon", "Write `when: opening + 2 hours`"),
    ("no-break-space-before-colon", "a no-break space"),
    ("colon-of-another-script", "Write `when: opening + 2 hours`"),
    ("comma-of-another-script", "`internal-promoters, supporters`"),
    ("list-in-quotes", "Write `[email, website]`."),
    ("languages-in-capitals", "Did you mean `en`?"),
    ("language-of-three-letters", "Did you mean `en`?"),
    ("no-space-in-braces", "Write `en: Assembly hall`, with a space"),
    ("address-out-of-a-mail", "Write `budget@example.org`."),
    ("one-line-too-far-left", "The lines above and below begin 4 spaces in."),
    ("versions-not-merged", "two that were not merged"),
    ("translation-missing-in-a-list", "expected `partners[0]` in es, en; found none in en"),
    ("circle-of-three", "last waits for reminder waits for letter waits for last"),
]


@pytest.mark.parametrize(("stem", "said"), HINTS)
def test_hints(stem: str, said: str, settings: Settings) -> None:
    """A slip is answered with what was probably meant."""
    _, problems = _read(ROOT / f"tests/faulty/{stem}.yaml", settings)
    assert any(said in f"{problem.message} {problem.hint}" for problem in problems)


def test_a_campaign_waives_a_check(settings: Settings) -> None:
    """What the whole campaign waives, with a reason, is not reported, and the reason is kept."""
    text = (ROOT / "tests/faulty/max-commitments.yaml").read_text(encoding="utf-8")
    reason = "Our call for proposals allows ten."
    waived = f"{text}waive:\n  too-many-commitments: {reason}\n"
    campaign, problems = read_campaign(waived, "campaigns/max-commitments.yaml", settings, needs_audience={"email"})
    assert problems == []
    assert campaign is not None
    assert campaign.waive == {"too-many-commitments": reason}


def test_facts_that_only_look_like_languages(settings: Settings) -> None:
    """A mapping in which one key happens to be a language is a plain mapping."""
    text = (ROOT / "tests/faulty/max-commitments.yaml").read_text(encoding="utf-8")
    plain = text.replace("max_commitments: 10", "codes: {es: A, place: B, hall: C}")
    campaign, problems = read_campaign(plain, "campaigns/max-commitments.yaml", settings, needs_audience={"email"})
    assert problems == []
    assert campaign is not None


def test_a_weekday_in_a_fact_is_held_against_the_towns_own_months(settings: Settings) -> None:
    """January is `كانون الثاني` in Jordan, and no month at all in Morocco; the sixth of 2027 is a Wednesday."""
    shipped = ROOT / "campaigns/accepted-into-ogp.yaml"
    text = re.sub(
        r"(plan_expected:\n(?: .*\n)*? +ar: ).*", r"\1الاثنين 6 كانون الثاني 2027", shipped.read_text(), count=1
    )
    assert "كانون" in text
    found = {}
    for locale in ("ar-MA", "ar-JO"):
        here = settings.model_copy(update={"locales": {**settings.locales, "ar": locale}})
        found[locale] = [each.code for each in read_campaign(text, "campaigns/accepted-into-ogp.yaml", here)[1]]
    assert found == {"ar-MA": [], "ar-JO": ["weekday-mismatch"]}
