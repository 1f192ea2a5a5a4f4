"""Everything that can be known to be wrong before anything is due."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest

from channels import KINDS
from communique.installation import Installation
from communique.new_workspace.creation import make_workspace
from communique.plan.checking import check, with_stand_ins
from communique.problems import Problem, Severity

NOW = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)  # a new workspace has the dates of the shipped one then


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace as `init` makes it, and as it is once looked at: what is not spoilt is looked at no more."""
    root = tmp_path_factory.mktemp("shipped") / "city"
    make_workspace(root, NOW)
    problems(root)
    return root


@pytest.fixture
def city(shipped: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return shutil.copytree(shipped, tmp_path / "city")


def problems(root: Path, *, whole: bool = False) -> list[Problem]:
    """What `communique check` finds; unless `whole`, in the one campaign that is spoilt here: all three take long."""
    installation = Installation(root=root, variables={}, kinds=KINDS)
    workspace = installation.workspace()
    database, known = installation.database(), installation.known_preflights
    try:
        planner = installation.planner(workspace, database, installation.channels(workspace))
        return check(replace(planner, preflight=known), {}, NOW, None if whole else {PurePosixPath(CAMPAIGN).stem})
    finally:
        known.keep()
        database.close()


def change(root: Path, path: str, old: str, new: str) -> None:
    """Edit a file of the workspace."""
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new, 1))


CAMPAIGN = "campaigns/accepted-into-ogp.yaml"
PUBLIC = "templates/accepted-into-ogp/tell-the-public"


def line_of(root: Path, path: str, words: str) -> int:
    """The line that holds these words."""
    lines = (root / path).read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def test_the_shipped_workspace_has_no_problems(city: Path) -> None:
    """Officers begin with a clean slate."""
    assert problems(city, whole=True) == []


def test_a_missing_translation_is_named_where_it_is_asked_for(city: Path) -> None:
    """A language without a text is a visible gap, at the announcement's line, never replaced by another language."""
    (city / PUBLIC / "fr/article.md").unlink()
    found = problems(city)

    assert {(each.code, each.file, each.line) for each in found} == {
        ("missing-translation", CAMPAIGN, line_of(city, CAMPAIGN, "tell-the-public:"))
    }


@pytest.mark.parametrize(
    ("path", "old", "new", "code"),
    [
        (f"{PUBLIC}/en/article.md", "{{ facts.plan_expected }}", "{{ facts.plan_expectd }}", "missing-fact"),
        (f"{PUBLIC}/en/article.md", "{{ facts.plan_expected }}", "{{ range(9) }}", "template-forbidden"),
        (f"{PUBLIC}/en/article.md", "{{ facts.plan_expected }}", "{% if x %}", "template-syntax"),
        (f"{PUBLIC}/en/article.md", "{{ facts.plan_expected }}", "{{ facts.meeting.start }}", "template-failed"),
        (f"{PUBLIC}/en/article.md", "{{ facts.plan_expected }}", "(mention date)", "placeholder-left"),
        (f"{PUBLIC}/en/article.md", "{{ facts.plan_expected }}", "Monday 9 February 2027", "weekday-mismatch"),
        (f"{PUBLIC}/en/article.md", "{{ facts.plan_expected }}", "3 March 2028", "dates-differ"),
        # Of a script's lengths the one that says the date, which is neither the first nor the shortest.
        (f"{PUBLIC}/en/radio-60.txt", "{{ milestones.kickoff.start | date }}", "3 March 2028", "dates-differ"),
        (f"{PUBLIC}/en/article.md", "summary:", "sumary:", "unknown-key"),
        (f"{PUBLIC}/en/article.md", "alt:", "alt: ''\ngreeting:", "missing-alt"),
        (f"{PUBLIC}/es/social.txt", "{{ link }}", "muy " * 80 + "{{ link }}", "refused-by-channel"),
    ],
)
def test_a_spoilt_text_is_found(city: Path, path: str, old: str, new: str, code: str) -> None:
    """Each fault of a text has its code and stands in the file that it is in."""
    change(city, path, old, new)

    assert (code, path) in {(each.code, each.file) for each in problems(city)}


@pytest.mark.parametrize(
    ("spanish", "english", "named"),
    [
        ("Hasta el 5 de diciembre.", "Until 6 December.", "12-05 (month and day), 12-06 (month and day)"),
        ("Hasta el 5 de diciembre.", "Until 6 December 2027.", "2027-12-06, 12-05 (month and day)"),
        ("Hasta el 5 de diciembre de 2026.", "Until 5 December 2027.", "2026-12-05, 2027-12-05"),
        ("Hasta el 5 de diciembre.", "Until 5 December 2027.", None),
        ("Hasta el 5 de diciembre.", "Until December 5.", None),
    ],
)
def test_a_date_without_its_year_is_compared(city: Path, spanish: str, english: str, named: str | None) -> None:
    """One language may leave out the year, and no language may say another day."""
    for language, words in (("es", spanish), ("en", english)):
        change(city, f"{PUBLIC}/{language}/article.md", "\n## ", f"\n{words}\n\n## ")
    for language in ("fr", "pt", "ar"):
        shutil.copy(city / f"{PUBLIC}/es/article.md", city / f"{PUBLIC}/{language}/article.md")
    found = [each for each in problems(city) if (each.code, each.file) == ("dates-differ", f"{PUBLIC}/en/article.md")]
    assert {named in each.message for each in found} == ({True} if named else set())


QUOTED = "> {{ facts.mayor_quote.text }}\n>\n> — {{ facts.signatory.name }}, {{ facts.signatory.office }}\n\n"


@pytest.mark.parametrize(
    ("edits", "named"),
    [
        (
            {
                "## How to take part\n\n- **Follow": "Follow",
                QUOTED: "",
                "[the Partnership’s website]({{ partnership.website }})": "its website",
                "The acceptance letter": "For 1,250 people. The acceptance letter",
            },
            (
                "4 headings in `es`, 3 in `en`; 7 items of lists in `es`, 6 in `en`; 2 quotations in `es`, 1 in `en`; "
                "1250 in `en` only; https://www.opengovpartnership.org in `es` only"
            ),
        ),
        ({"The acceptance letter": "For 5 people. The acceptance letter"}, ""),
    ],
    ids=["parts", "a small number"],
)
def test_a_translation_says_neither_less_nor_more(city: Path, edits: dict[str, str], named: str) -> None:
    """What was left out, or added to one language, is named once; small numbers may be words in one of them."""
    for old, new in edits.items():
        change(city, f"{PUBLIC}/en/article.md", old, new)
    found = [each for each in problems(city) if each.code == "languages-differ"]
    told = [(each.file, each.message.partition("found ")[2], each.severity) for each in found]
    assert told == ([(f"{PUBLIC}/en/article.md", named, Severity.WARNING)] if named else [])


def test_the_public_does_not_hear_it_before_the_promoters(city: Path) -> None:
    """Telling the public first is an error at the line that says when."""
    change(
        city, CAMPAIGN, "when: acceptance + 1 working day at 08:00\n    after: thank-the-promoters", "when: acceptance"
    )
    line = line_of(city, CAMPAIGN, "open-the-process-page:") + 2

    assert ("public-before-promoters", line) in {(each.code, each.line) for each in problems(city)}


def test_an_invitation_to_a_meeting_that_is_over_is_an_error(city: Path) -> None:
    """Nobody is invited to the past."""
    change(city, CAMPAIGN, "when: acceptance + 2 hours", "when: kickoff + 2 hours")
    change(city, CAMPAIGN, "    not_after: kickoff\n", "")

    assert "meeting-in-the-past" in {each.code for each in problems(city)}


@pytest.mark.parametrize(
    ("moment", "code"),
    [("2027-03-28 02:30", "date-gap"), ("2027-10-31 02:30", "date-fold")],
)
def test_times_the_clock_jumps_over_or_shows_twice_are_pointed_out(city: Path, moment: str, code: str) -> None:
    """Europe/Madrid has no 02:30 on 28 March 2027, and two of them on 31 October."""
    change(city, CAMPAIGN, "when: acceptance + 2 working days at 12:00", f"when: {moment}")

    assert code in {each.code for each in problems(city)}


def test_one_fault_does_not_hide_another(city: Path) -> None:
    """With a key misspelt in one announcement, the texts of the others are still checked."""
    change(city, CAMPAIGN, "through: [x, mastodon, bluesky, telegram]", "throgh: [x, mastodon, bluesky, telegram]")
    change(city, f"{PUBLIC}/en/article.md", "{{ facts.plan_expected }}", "{{ facts.nothing }}")

    assert {"unknown-key", "missing-fact"} <= {each.code for each in problems(city)}


def test_a_waived_check_is_silent(city: Path) -> None:
    """A reason on record takes the check away for that announcement."""
    change(city, f"{PUBLIC}/en/article.md", "{{ facts.plan_expected }}", "3 March 2028")
    reason = "    waive: {dates-differ: The English text names one more date on purpose.}\n"
    change(city, CAMPAIGN, "  tell-the-public:\n", f"  tell-the-public:\n{reason}")

    assert problems(city) == []


def test_a_networks_own_text_in_one_language_may_name_more_dates_than_the_short_one_in_another(city: Path) -> None:
    """LinkedIn in two languages, of which one has a text of its own; another date in it is still an error."""
    change(city, "config/settings.yaml", "network: linkedin", "network: linkedin\n    card: square")
    change(
        city,
        "config/settings.yaml",
        "card: square                        # its picture: 1080 × 1080\n    languages: [es]",
        "languages: [es, en]",
    )
    assert (city / f"{PUBLIC}/es/linkedin.txt").is_file()
    (city / f"{PUBLIC}/en/linkedin.txt").unlink()
    assert "dates-differ" not in {each.code for each in problems(city)}
    change(city, f"{PUBLIC}/en/social.txt", "Follow the process", "Follow it until 3 March 2028")
    assert {each.code for each in problems(city) if each.file.startswith(f"{PUBLIC}/en/")} >= {"dates-differ"}


def test_a_series_that_ends_before_it_begins_is_an_error(city: Path) -> None:
    """Until a milestone that is over at the first time: nothing would ever go out, and nobody would know."""
    change(
        city,
        CAMPAIGN,
        "when: acceptance + 2 working days at 10:00",
        "when: kickoff\n    every: 1 week until acceptance",
    )

    found = [each for each in problems(city) if each.code == "ends-before-it-begins"]
    assert [each.line for each in found] == [line_of(city, CAMPAIGN, "every: 1 week")]


def test_the_first_of_a_series_is_checked_however_late_it_is(city: Path) -> None:
    """Its end is unknown, and its beginning further ahead than the plan looks."""
    change(
        city,
        CAMPAIGN,
        "when: acceptance + 2 working days at 10:00",
        "when: kickoff + 20 months\n    every: 1 month until finished",
    )
    change(city, CAMPAIGN, "milestones:\n", "milestones:\n  finished: unknown\n")
    (city / "templates/accepted-into-ogp/why-we-joined/es/article.md").unlink()

    assert "missing-translation" in {each.code for each in problems(city)}


def test_the_unknown_end_of_a_series_stands_half_a_year_after_its_first_time(city: Path) -> None:
    """For previews, which show it; not in fifty years, and no earlier than any other unknown day."""
    workspace = Installation(root=city, variables={}, kinds=KINDS).workspace()
    campaign = workspace.campaigns["co-creation-kickoff"]
    stood_in = with_stand_ins(campaign, campaign.milestones, workspace.almanac, NOW)
    first = campaign.milestones["kickoff"].start
    assert first is not None
    assert stood_in["plan-published"].start == first + timedelta(weeks=13, days=180)
    assert stood_in["kickoff"] == campaign.milestones["kickoff"]
    late = NOW + timedelta(days=900)
    assert with_stand_ins(campaign, campaign.milestones, workspace.almanac, late)["plan-published"].start == (
        late + timedelta(days=180)
    ).replace(hour=10, tzinfo=None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kickoff: 2027-02-09 10:00 to 12:00", "kickoff: 2027-02-09 22:00 to 01:00"),
        ("max_commitments: 5", "max_commitments: #5"),
        ("to: [internal-promoters, external-promoters]", "to: [internal_promoters]"),
        ("    invite: meeting ", "    invite: yes "),
        ("title: {es: El ingreso", "titel: {es: El ingreso"),
    ],
)
def test_what_follows_from_a_fault_is_not_told_again(city: Path, old: str, new: str) -> None:
    """One fault in the file, one problem: neither the texts that name it nor the order of announcements is blamed."""
    change(city, CAMPAIGN, old, new)

    [problem] = problems(city)
    assert (problem.file, problem.line) == (CAMPAIGN, line_of(city, CAMPAIGN, new.strip()))


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("config/settings.yaml", "timezone: Europe/Madrid", "timezone: Europe/Sevilla"),
        ("config/glossary.yaml", "  pt: plano de ação\n", ""),
    ],
)
def test_a_fault_of_the_settings_does_not_hide_one_of_a_campaign(city: Path, path: str, old: str, new: str) -> None:
    """Both are seen at once."""
    change(city, path, old, new)
    change(city, CAMPAIGN, "when: acceptance + 3 hours", "when: acceptance + 3 ours")

    _, found = Installation(root=city, variables={}, kinds=KINDS).read()
    assert {path, CAMPAIGN} == {each.file for each in found}


@pytest.mark.parametrize(
    ("old", "new"), [("-kickoff/proposals-open", "-kickoff/proposals"), ("into-ogp/acceptance", "into-opg/acceptance")]
)
def test_the_process_page_names_milestones_that_are_there(city: Path, old: str, new: str) -> None:
    """A stage that can never come is pointed out, and stops nothing."""
    change(city, "config/process.yaml", old, new)

    [problem] = problems(city)
    assert (problem.code, problem.severity) == ("unknown-milestone", "warning")
    assert problem.line == line_of(city, "config/process.yaml", new)
    assert "Did you mean" in problem.hint


def test_the_milestones_of_a_broken_campaign_are_not_missed(city: Path) -> None:
    """What cannot be read is not said to be absent."""
    change(city, CAMPAIGN, "languages: [es,", "languages: [[es,")

    assert {each.file for each in problems(city)} == {CAMPAIGN}


ARTICLE = f"{PUBLIC}/en/article.md"


@pytest.mark.parametrize(
    ("new", "code", "said"),
    [
        ("{{ facts.plan_expectd }}", "missing-fact", "Did you mean `plan_expected`?"),
        ("{{ milestones.plan-published.start }}", "missing-fact", "`plan_published`"),
        ("{{ recipient.name }}", "missing-fact", "Only a mail"),
        ("{{ facts.meeting }}", "template-failed", "Name one of its entries: at, title, place"),
        ("{{ facts.meeting.start }}", "template-failed", "| date"),
        ("{{ facts.partners }}", "template-failed", "| join_list"),
        ("{{ facts.max_commitments | reverse }}", "template-failed", "expected a list"),
        ("{{ facts.max_commitments | join_list }}", "template-failed", "expected a list"),
        ("{{ facts.partners[:0] | join_list }}", "template-failed", "expected at least one entry to name"),
        ("{{ facts.meeting.rsvp | datetime_iso }}", "template-failed", "expected a date"),
        ("{% for one in facts.max_commitments %}x{% endfor %}", "template-failed", "is a list"),
        ('{{ facts.meeting.start | date("%d") }}', "template-forbidden", "nothing in brackets"),
        ("{{ facts.plan_expected }", "template-syntax", "double braces"),
        ("{% if facts.meeting %}", "template-syntax", "expected `{% endif %}` for this `if`"),
        ("{% if facts.meeting %}x{% endfi %}", "template-syntax", "Did you mean `endif`?"),
        ("{{ facts[“meeting”].place }}", "template-syntax", "straight quotation marks"),
        ("{ facts.plan_expected }", "placeholder-left", "real words"),
        ("Room XX:XX", "placeholder-left", "`XX:XX`"),
        ("Monday 9 February 2027", "weekday-mismatch", "Tuesday"),
        ("{{ government.place }} on Monday 9 February", "weekday-mismatch", "Tuesday"),
        ("<p>Come</p>", "html-in-text", "`<p>`"),
        ("[the form] (https://www.example.org)", "broken-link", "found a space"),
        ("[the form](www.example.org)", "broken-link", "`https://www.example.org`"),
    ],
)
def test_a_slip_in_a_text_is_told_at_its_line_with_what_to_do(city: Path, new: str, code: str, said: str) -> None:
    """One fault, one problem, where it stands."""
    change(city, ARTICLE, "{{ facts.plan_expected }}", new)

    found = [each for each in problems(city) if each.code not in {"dates-differ", "languages-differ"}]
    assert [(each.code, each.file, each.line) for each in found] == [(code, ARTICLE, line_of(city, ARTICLE, new))]
    assert said in f"{found[0].message} {found[0].hint}"
    assert found[0].source in (city / ARTICLE).read_text(encoding="utf-8").split("\n")  # as it stands there


def test_every_fault_of_a_text_is_told_at_once(city: Path) -> None:
    """In the front matter and in the text, on the same line and on others, in every language."""
    change(city, ARTICLE, "{{ facts.plan_expected }}", "{{ facts.one }}, {{ facts.two }}\n\n{{ facts.three }}")
    change(city, ARTICLE, "headline: ", 'headline: "{{ facts.four }}" # ')
    change(city, f"{PUBLIC}/es/article.md", "{{ facts.plan_expected }}", "{{ facts.five }}")

    assert [each.message.split("`")[1] for each in problems(city)] == ["four", "one", "two", "three", "five"]


@pytest.mark.parametrize("name", ["Article.md", "article.md.txt", "../EN/article.md"])
def test_a_text_under_another_name_is_found(city: Path, name: str) -> None:
    """Capital letters, or an ending that an editor added: the file that was meant is named."""
    file = city / ARTICLE
    meant = (file.parent / name).resolve()
    meant.parent.mkdir(exist_ok=True)
    file.rename(meant)

    hint = next(each.hint for each in problems(city) if each.code == "missing-translation")
    assert meant.relative_to(city.resolve()).as_posix() in hint


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-text"),
        ("{{ link }} ñ".encode("latin-1"), "file-encoding"),
        ("{{ link }}".encode("utf-16"), "file-encoding"),
        (b"---\nheadline: Come\n\n{{ link }}\n", "missing-front-matter"),
    ],
)
def test_a_file_that_is_no_text_is_told_as_such(city: Path, content: bytes, code: str) -> None:
    """Empty, in another encoding, or swallowed by front matter that is never closed."""
    (city / f"{PUBLIC}/en/social.txt").write_bytes(content)

    assert [(each.code, each.line) for each in problems(city)] == [(code, 1)]


def test_a_missing_phrase_is_told_where_it_is_missing(city: Path) -> None:
    """Not in every text that needs it."""
    change(city, "templates/layouts/words/en.yaml", "\ntime_range:", "\nuntil:")

    assert {each.file.rpartition("/")[0] for each in problems(city)} == {"templates/layouts/words"}
