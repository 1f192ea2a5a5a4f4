"""Ukrainian, the worked example of docs/officers/languages.md: a town that speaks nothing else runs the campaigns."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from ruamel.yaml import YAML

from channels import KINDS
from channels.paper.envelopes import ENVELOPES, closers_of, style_of
from channels.paper.press import Press
from communique.channel import Secret
from communique.installation import Installation
from communique.moments import Milestone
from communique.new_workspace.creation import make_workspace
from communique.occasion import Occasion
from communique.plan.checking import check
from communique.plan.samples import sample_recipient
from communique.postal_address import PostalAddress
from communique.problems import ProblemsError
from communique.read.further_language import with_language
from communique.rehearse.rehearsal import Rehearsal, finish, prepare
from communique.texts.rendering import Addressee
from communique.timeline import occurrences
from communique.workspace import Workspace
from tests.command_line import CommandLine
from tests.shipped_messages import HORIZON, UNKNOWN

NOW = datetime(2026, 11, 17, 8, tzinfo=UTC)
SHIPPED, TAG = {"es", "en", "fr", "pt", "ar"}, "uk"
CAMPAIGN = "accepted-into-ogp"
TEXTS = Path(__file__).parents[2] / "languages" / TAG / "templates"
HOME = PostalAddress(street="вул. Героїв Майдану, 12", city="Львів", postcode="79000", country="UA")
#: Letters that Ukrainian does not have.
STRANGE = re.compile(r"[ыэъёЫЭЪЁ]")


def alone(data: Any, key: str = "") -> Any:
    """Each text that is given per language, in Ukrainian only; the titles that officers read stay as they are."""
    if key == "milestone_titles" or (key == "title" and isinstance(data, dict) and TAG not in data):
        return data
    if key in ("languages", "locales"):
        return [TAG] if key == "languages" else {}
    if isinstance(data, dict):
        is_text = data and data.keys() <= {*SHIPPED, TAG}
        return data[TAG] if is_text else {each: alone(value, each) for each, value in data.items()}
    return [alone(each) for each in data] if isinstance(data, list) else data


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workspace with Ukrainian, from which the other languages are then taken out."""
    root = tmp_path_factory.mktemp("uk") / "city"
    make_workspace(root, NOW, [TAG])
    for file in [*(root / "config").glob("*.yaml"), *(root / "campaigns").glob("*.yaml")]:
        data = alone(YAML(typ="safe").load(file.read_text(encoding="utf-8")))
        for document in data.get("documents", []):
            document["language"] = TAG
        file.write_text(json.dumps(data, default=str, ensure_ascii=False), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def played(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The good news, played to its end: of spots the shortest, and no film, for those take the time."""
    file = city / f"campaigns/{CAMPAIGN}.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(' "video",', ""), encoding="utf-8")
    for spot in (city / f"templates/{CAMPAIGN}").rglob("*-[36]0.txt"):
        spot.unlink()
    workspace = Installation(root=city, variables={"COMMUNIQUE_KEY": "key"}, kinds=KINDS).workspace()
    folder = tmp_path_factory.mktemp("played") / "rehearsal"
    rehearsal = prepare(workspace, city, folder, [CAMPAIGN], number=3, chance=Random(1))
    rehearsal.play(lambda _standing: None)
    yield rehearsal
    finish(rehearsal)


def test_nothing_is_wrong_with_any_campaign(city: Path) -> None:
    """No text too long for its network or its seconds, no sentence too long, nothing missing."""
    installation = Installation(root=city, variables={}, kinds=KINDS)
    workspace = installation.workspace()
    assert workspace.words.problems(workspace.settings.languages) == []
    database = installation.database()
    try:
        planner = installation.planner(workspace, database, installation.channels(workspace))
        found = check(planner, {}, NOW)
        assert [(each.file, each.code, each.message) for each in found] == []
    finally:
        database.close()


def occasions(workspace: Workspace, days: int = 0) -> Iterator[Occasion]:
    """Every announcement, as if each milestone came so many days later."""
    for campaign in workspace.campaigns.values():
        milestones = {name: later(UNKNOWN.get(name, each), days) for name, each in campaign.milestones.items()}
        for each in occurrences(campaign, milestones, workspace.almanac, HORIZON):
            assert each.due_at is not None
            yield Occasion(
                campaign=campaign,
                announcement=each.announcement,
                occurrence=each.occurrence,
                due_at=each.due_at,
                milestones=milestones,
                has_page=True,
            )


def later(milestone: Milestone, days: int) -> Milestone:
    """The same, so many days later."""
    start, end = (moment and moment + timedelta(days=days) for moment in (milestone.start, milestone.end))
    return replace(milestone, start=start, end=end)


def test_spots_fit_whenever_it_happens(city: Path) -> None:
    """As those of the other languages: a town has its own days, and some take longer to say."""
    workspace = Installation(root=city, variables={}, kinds=KINDS).workspace()
    radio = workspace.routes["radio"]
    spoken = [
        spot
        for days in (-20, -9, 305)
        for occasion in occasions(workspace, days)
        if radio.name in occasion.campaign.announcements[occasion.announcement].through
        for spot in workspace.renderer.script(occasion, radio, TAG).spots
    ]
    assert len(spoken) > 30
    assert [spot.file for spot in spoken if spot.takes > spot.seconds] == []


@pytest.mark.parametrize("announcement", ["thank-the-promoters", "invite-the-promoters"])
def test_an_invitation_has_its_code_on_its_page(city: Path, announcement: str) -> None:
    """On paper it says once what the box with the code says anyway."""
    workspace = Installation(root=city, variables={}, kinds=KINDS).workspace()
    occasion = next(each for each in occasions(workspace) if each.announcement == announcement)
    reader = Addressee(recipient=sample_recipient(workspace.words, TAG), role="promoters")
    renderer = workspace.renderer_with(Secret("0123456789abcdef0123456789abcdef"))
    html = renderer.letter(occasion, workspace.routes["letter"], reader, HOME, "4f1a").html
    assert Press().print(html, style_of(ENVELOPES["din-5008-b"]), closers_of(html)).pages == 1


#: A date has the full stop of its “р.”, and a sentence that ends with it needs none.
TWO_STOPS = re.compile(r"date \}\}\**\.")


BENT = re.compile(r"(?i)\b(?:міст[оауі]|[уво]|до|з|із|від|для|про|на)\s+\{\{ government\.(?:place|name)")


def test_it_is_written_as_it_is_printed() -> None:
    """No second full stop behind a date, no straight apostrophe, no hyphen for a dash, no letter of Russian.

    Nor a word before the town's name that would bend it: Львів, but у Львові.
    """
    typed = re.compile(rf"(?<=\w)'(?=\w)|[“”]|\w - \w|{STRANGE.pattern}")
    texts = [each for each in TEXTS.rglob("*") if each.suffix in (".md", ".txt")]
    assert len(texts) > 60
    for file in texts:
        text = file.read_text(encoding="utf-8")
        assert not TWO_STOPS.search(text), file
        assert not BENT.search(text), file
        assert not typed.search(re.sub(r"\{[{%].*?[%}]\}", "", text)), file


def test_a_campaign_goes_through_every_channel(played: Rehearsal) -> None:
    """Mails, pages, posts, packs and what is spoken are in Ukrainian, and each was accepted."""
    assert all(each.holds for each in played.balances())
    mails = [message_from_bytes(mail.data, policy=policy.default) for mail in played.mails]
    said = [
        str(part.get_content()) for mail in mails for part in mail.walk() if part.get_content_type() == "text/plain"
    ]
    assert any("Доброго дня" in text and re.search(r"лютого 2027\sр\.", text) for text in said)
    texts = {
        file: file.read_text(encoding="utf-8")
        for file in played.folder.rglob("*.txt")
        if TAG in file.stem.split("-") or TAG in file.parts
    }
    kinds = {part for file in texts for part in file.parts}
    assert {"facebook", "linkedin", "radio", "tv"} <= kinds
    for network in ("x", "mastodon", "bluesky", "telegram"):
        assert list((played.folder / "posts" / network).rglob("*.json")), network
    strange = {name: found[0] for name, text in texts.items() if (found := STRANGE.search(text))}
    assert strange == {}
    page = (played.folder / "public" / TAG / CAMPAIGN / "tell-the-public" / "index.html").read_text(encoding="utf-8")
    assert f'lang="{TAG}"' in page
    assert "Партнерство «Відкритий Уряд»" in page


def test_every_shipped_text_has_its_own() -> None:
    """What is added in English is in Ukrainian, too; it may have networks' own texts, as Spanish does, and no other."""
    root = Path(__file__).parents[2]

    def texts(folder: Path, language: str) -> set[tuple[str, ...]]:
        files = folder.glob(f"*/*/{language}/*.*")
        return {tuple(part for part in file.relative_to(folder).parts if part != language) for file in files}

    english, found = texts(root / "templates", "en"), texts(root / f"languages/{TAG}/templates", TAG)
    assert english <= found <= english | texts(root / "templates", "es")


def test_the_guide_says_what_is_shipped() -> None:
    """How dates, hours and addresses are spoken stands in docs/officers/languages.md as in the language's own words."""
    root = Path(__file__).parents[2]
    guide = (root / "docs/officers/languages.md").read_text("utf-8")
    block = re.search(r"(?ms)^   ```yaml\n(   speech:.*?)^   ```", guide)
    assert block is not None
    spoken = YAML(typ="safe").load(block[1])["speech"]
    words = YAML(typ="safe").load((root / f"languages/uk/templates/layouts/words/{TAG}.yaml").read_text("utf-8"))
    assert words["speech"] == spoken


def test_init_knows_which_languages_are_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one is refused before a folder is made, and the guide is named."""
    told = CommandLine(tmp_path, monkeypatch)("init", str(tmp_path / "city"), "--language", "xx")
    assert told.code != 0
    assert "(pt-BR, uk), found xx" in told.errors
    assert "officers/languages.md" in told.errors
    assert not (tmp_path / "city").exists()


def test_texts_go_where_the_other_languages_stand() -> None:
    """In braces and on lines of their own, comments kept; a text for nothing is refused at its line."""
    written = (
        'languages: [es, en]  # first\nname: {es: A, en: B}\nlist:\n  - place:\n      es: C\n      en: "D"  # so\n'
    )
    put_in = with_language(written, "a.yaml", "uk", "name: Є\nlist: [{place: 'Ї: ї'}]\n", "uk/a.yaml")
    assert put_in == (
        'languages: [es, uk, en]  # first\nname: {es: A, uk: "Є", en: B}\n'
        'list:\n  - place:\n      es: C\n      uk: "Ї: ї"\n      en: "D"  # so\n'
    )
    with pytest.raises(ProblemsError) as refused:
        with_language(written, "a.yaml", "uk", "name: Є\nnaem: Є\n", "uk/a.yaml")
    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == ("uk/a.yaml", 2)
