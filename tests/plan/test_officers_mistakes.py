"""Mistakes as officers make them, each planted in the files of a sound campaign: named before anything could go out."""

import pytest

from communique.plan.checks.copied_text import check_copied_text
from communique.plan.checks.reading import Text
from communique.problems import Severity
from communique.store.recipients.people_file import read_people
from tests.mistakes_in_texts import AT_THE_TOP, IN_ENGLISH, IN_SPANISH, RIGHT_ENGLISH, RIGHT_SPANISH
from tests.planted_mistakes import (
    CAMPAIGN,
    EN,
    END_EN,
    END_ES,
    ES,
    MISTAKES,
    SAID_BY_TEXTS,
    SEEN_IN_TEXTS,
    SHORT,
    C,
    E,
    W,
    changed,
    found_in,
    sound,
)
from tests.shipped_site import SETTINGS
from tests.workspaces import Town

__all__ = ["sound"]  # a fixture


def test_a_mistake_is_found_with_its_place_and_its_remedy(sound: Town) -> None:
    """At its file and line, as heavy as it is, with words that say what to do."""
    assert found_in(sound) == []
    missed = []
    for it in MISTAKES:
        fills_texts = it.file != C or it.code in SEEN_IN_TEXTS
        with changed(sound, it.file, (it.old, it.new), fills_texts=fills_texts) as found:
            file = EN if it.code in SAID_BY_TEXTS else it.file
            named = [each for each in found if (each.code, each.severity, each.file) == (it.code, it.severity, file)]
            missed += [] if any(each.line or file != it.file for each in named) else [(it, found)]
    assert missed == []


@pytest.mark.parametrize(("file", "end", "planted"), [(EN, END_EN, IN_ENGLISH), (ES, END_ES, IN_SPANISH)])
def test_mistakes_in_a_text_are_found_all_at_once(
    sound: Town, file: str, end: str, planted: list[tuple[str, Severity, str]]
) -> None:
    """Each at its own line, with what to do; and nothing else is said."""
    written = "\n\n".join(words for _, _, words in planted) + "\n"
    with changed(sound, file, (end, written)) as found:
        lines = (sound.root / file).read_text(encoding="utf-8").splitlines()
        at = [(code, str(weight), lines.index(words.splitlines()[0]) + 1) for code, weight, words in planted]
        said = {(each.code, str(each.severity), each.line) for each in found if each.file == file}
        assert [each for each in at if each not in said] == []
        # The other language has none of them, which is said as well.
        assert {code for code, *_ in said} - {"languages-differ"} == {code for code, *_ in at}
        assert all(each.hint for each in found)


def test_what_a_careful_officer_writes_is_left_alone(sound: Town) -> None:
    """Right words that look like mistakes, in both languages, all at once."""
    for file, end, right in ((EN, END_EN, RIGHT_ENGLISH), (ES, END_ES, RIGHT_SPANISH)):
        with changed(sound, file, (end, "\n\n".join(right) + "\n")) as found:
            assert [str(each) for each in found if each.code != "languages-differ"] == []


def test_two_campaigns_that_tell_one_meeting_in_two_ways(sound: Town) -> None:
    """Another day, or another room: at the meeting of the one that comes later by its name."""
    other = CAMPAIGN.partition("announcements:")[0].replace("campaign: news", "campaign: other")
    other += "announcements:\n  hello: {when: start, to: [friends], through: [email]}\n"
    path = sound.root / "campaigns/other.yaml"
    for language in ("en", "es"):
        sound.write(f"templates/other/hello/{language}/article.md", SHORT)
    line = other.splitlines().index("  gathering:") + 1
    found = {}
    for changes in (("", ""), ("meeting: 2026-12-15", "meeting: 2026-12-16"), ("en: Hall 2", "en: Hall 4")):
        path.write_text(other.replace(*changes), encoding="utf-8")
        said = [each for each in found_in(sound) if each.code == "meetings-differ"]
        found[changes[1]] = [(each.severity, each.file, each.line) for each in said]
    path.unlink()
    wrong = [(W, "campaigns/other.yaml", line)]
    assert found == {"": [], "meeting: 2026-12-16": wrong, "en: Hall 4": wrong}


def test_mails_of_two_campaigns_in_the_same_minute(sound: Town) -> None:
    """To the same people: at the campaign that comes later by its name, and only while they meet."""
    path = sound.root / "campaigns/other.yaml"
    for language in ("en", "es"):
        sound.write(f"templates/other/hello/{language}/article.md", SHORT)
    found = {}
    for hour in ("10:00", "11:00"):
        path.write_text(
            "campaign: other\ntitle: Other\nlanguages: [en, es]\nannouncements:\n"
            f"  hello: {{when: 2026-12-02 {hour}, to: [friends], through: [email]}}\n",
            encoding="utf-8",
        )
        said = [each for each in found_in(sound) if each.code == "at-the-same-minute"]
        found[hour] = [(each.severity, each.file, each.line, "news/reminder" in each.message) for each in said]
    path.unlink()
    assert found == {"10:00": [(W, "campaigns/other.yaml", 5, True)], "11:00": []}


def test_posts_that_say_nothing_or_hashtags_that_are_none(sound: Town) -> None:
    """What only posts have: signs alone, hashtags that end at a hyphen, our own account with another letter."""
    found = []
    text = "templates/news/reminder/en/social.txt"
    with changed(sound, C, ("to: [friends]\n    through: [email]\n  release", "through: [x]\n  release")):
        for words in (
            "🎉🎉 #OpenGov",
            "We begin. #Open-Gov",
            "We begin. #2027",
            "We begin: 3 of 4, as #3 says. #OpenGov",
        ):
            for language in ("en", "es"):
                sound.write(text.replace("/en/", f"/{language}/"), words)
            found.append({each.code for each in found_in(sound) if each.file == text})
    for language in ("en", "es"):
        (sound.root / text.replace("/en/", f"/{language}/")).unlink()
    assert found == [{"wordless-subject"}, {"stray-sign"}, {"stray-sign"}, set()]


def test_a_room_of_the_process_page_that_no_campaign_has(sound: Town) -> None:
    """The page of the process is read by those who come without an invitation."""
    path = sound.root / "config/process.yaml"
    before = path.read_text(encoding="utf-8")
    right = "dates:\n  - name: Meeting\n    milestone: news/meeting\n    place: {en: Hall 2, es: Sala 2}\n"
    found = {}
    for place in ("es: Sala 2", "es: Sala 5"):
        path.write_text(right.replace("es: Sala 2", place), encoding="utf-8")
        found[place] = [(each.code, each.severity, each.file, each.line) for each in found_in(sound)]
    path.write_text(before, encoding="utf-8")
    assert found == {"es: Sala 2": [], "es: Sala 5": [("meetings-differ", W, "config/process.yaml", 4)]}


def test_a_mail_without_a_fallback_an_attachment_or_words_in_its_subject(sound: Town) -> None:
    """What only mails have: what not everybody has, what is not attached, and a subject of signs."""
    name = "templates/news/reminder/en/article.md"
    written = "You work at {{ recipient.organisation }}.\n\nThe agenda is attached to this mail.\n"
    changes = ((END_EN, written), ("headline: News", "headline: News\nsubject: 🎉"))
    with changed(sound, name, *changes) as found:
        said = {(each.code, each.severity, each.line) for each in found if each.file == name}
    assert said == {("no-fallback", W, 6), ("no-attachment", W, 8), ("wordless-subject", W, 3)}


def test_mistakes_at_the_top_of_a_text_are_found(sound: Town) -> None:
    """Where the officer wrote them, though they stand in every mail."""
    with changed(sound, EN, *((old, new) for _, _, old, new in AT_THE_TOP)) as found:
        named = {(each.code, each.severity): each.line for each in found}
    assert named == {("long-subject", W): 3, ("curly-quotes", W): 2}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_file_of_another_encoding_is_read_or_named(sound: Town, encoding: str) -> None:
    """A mark in front does no harm; what is no UTF-8 is said to be none."""
    path = sound.root / C
    right = path.read_bytes()
    path.write_bytes(right.decode().encode(encoding))
    codes = {each.code for each in found_in(sound)}
    path.write_bytes(right)
    assert codes == ({"file-encoding"} if encoding == "utf-16" else set())


@pytest.mark.parametrize("name", ["new.yml", "new.YAML", "new.yaml.txt"])
def test_a_file_that_nobody_reads_is_named(sound: Town, name: str) -> None:
    """By whatever another program has called it, and with the name that it needs."""
    path = sound.root / "campaigns" / name
    path.write_text(CAMPAIGN, encoding="utf-8")
    found = found_in(sound)
    path.unlink()
    assert [(each.code, each.severity, each.file) for each in found] == [("missing-file", E, f"campaigns/{name}")]
    assert "campaigns/new.yaml" in found[0].hint


def test_a_mistyped_address_in_a_list_is_named_and_taken(sound: Town) -> None:
    """It may be right: nobody is left out for it."""
    table = (
        b"address,name\nana@gmial.com,Ana\nbo@mail.com,Bo\ncy@town.con,Cy\nno-reply@town.org,Di\nnora@town.org,Nora\n"
    )
    found = read_people(table, "friends.csv", sound.workspace.settings.languages)
    assert [(each.code, each.line) for each in found.problems] == [("mistyped-address", line) for line in (2, 4, 5)]
    assert "cy@town.com" in found.problems[1].hint
    assert [row.address for row in found.rows][:2] == ["ana@gmial.com", "bo@mail.com"]


def test_a_name_that_ends_a_line_of_plain_text_is_still_our_own() -> None:
    """Mails break their lines anywhere, and `City of San Pedro Garza` and `García` below it name one town."""
    ours, theirs = ("El Ayuntamiento de Puerto\nClaro invita.", "El Ayuntamiento de Puerto\nHondo invita.")
    found = {
        text: [
            said
            for _, said in check_copied_text(
                SETTINGS, {("email", "es"): Text(language="es", file="a", text=text, html="")}
            )
        ]
        for text in (ours, theirs)
    }
    assert found == {ours: [], theirs: ["Ayuntamiento de Puerto Hondo"]}
