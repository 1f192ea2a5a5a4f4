"""A language not shipped is added by files alone, as docs/officers/languages.md tells it; no program changes."""

import json
import re
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from channels import KINDS
from communique.channel import Mail
from communique.installation import Installation
from communique.new_workspace.creation import make_workspace
from communique.occasion import Occasion
from communique.plan.samples import sample_recipient
from communique.problems import Problem
from communique.send import messages
from communique.texts.rendering import Addressee
from communique.website.site_of_workspace import site_of
from communique.workspace import Workspace
from tests.shipped_site import parsed, said

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
SHIPPED, NEW = {"es", "en", "fr", "pt", "ar"}, "uk"
CAMPAIGN = "accepted-into-ogp"
SETTINGS, GLOSSARY, PROCESS = (f"config/{name}.yaml" for name in ("settings", "glossary", "process"))


def translated(data: Any) -> Any:
    """Every text that is given per language, in one more."""
    if isinstance(data, dict):
        if data and data.keys() <= SHIPPED:
            return {**data, NEW: data.get("en", next(iter(data.values())))}
        return {key: translated(value) for key, value in data.items()}
    return [translated(value) for value in data] if isinstance(data, list) else data


def rewrite(city: Path, path: str, **changes: Any) -> None:
    """A file with its texts in one more language; JSON is YAML, too."""
    data = YAML(typ="safe").load((city / path).read_text(encoding="utf-8"))
    text = json.dumps({**translated(data), **changes}, default=str, ensure_ascii=False, indent=1)
    (city / path).write_text(text, encoding="utf-8")


def read(city: Path) -> tuple[Workspace | None, list[Problem]]:
    """The workspace, and everything wrong with it, its phrases included."""
    workspace, problems = Installation(root=city, variables={}, kinds=KINDS).read()
    phrases = workspace.words.problems(workspace.settings.languages) if workspace else []
    return workspace, [*problems, *phrases]


def written_in_the_guide(key: str) -> str:
    """What docs/officers/languages.md writes under a key of the fixed phrases."""
    guide = (Path(__file__).parents[2] / "docs" / "officers" / "languages.md").read_text(encoding="utf-8")
    block = re.search(rf"(?ms)^   ```yaml\n(   {key}:.*?)^   ```", guide)
    assert block is not None
    return textwrap.dedent(block[1])


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workspace."""
    root = tmp_path_factory.mktemp("new") / "city"
    make_workspace(root, NOW)
    return root


@pytest.fixture(scope="module")
def steps(city: Path) -> list[list[Problem]]:
    """What an officer is told after each of the steps."""
    languages = [*("es", "en", "fr", "pt", "ar"), NEW]
    settings = (city / SETTINGS).read_text(encoding="utf-8")
    told = []

    def look() -> None:
        told.append(read(city)[1])

    (city / SETTINGS).write_text(settings.replace("languages: [es, en, fr, pt, ar]", f"languages: {languages}", 1))
    look()
    locales = {"en": "en-GB", "pt": "pt-PT", "ar": "ar-MA"}
    rewrite(city, SETTINGS, languages=languages, locales=locales)
    look()
    rewrite(city, GLOSSARY)
    rewrite(city, PROCESS)
    words = city / "templates/layouts/words"
    english = (words / "en.yaml").read_text(encoding="utf-8")
    ukrainian = english.replace("language_name: English", "language_name: Українська").replace("en_GB", "uk_UA")
    ukrainian = re.sub(r"(?ms)^speech:.*?(?=^cue_sheet:)", lambda _: written_in_the_guide("speech"), ukrainian)
    (words / f"{NEW}.yaml").write_text(ukrainian, encoding="utf-8")
    rewrite(city, f"campaigns/{CAMPAIGN}.yaml", languages=languages)
    for english_texts in (city / "templates" / CAMPAIGN).glob("*/en"):
        shutil.copytree(english_texts, english_texts.with_name(NEW))
    look()
    ukrainian = re.sub(r"(?ms)^counted:.*?(?=^skip:)", lambda _: written_in_the_guide("counted"), ukrainian)
    (words / f"{NEW}.yaml").write_text(ukrainian, encoding="utf-8")
    look()
    return told


def test_each_step_is_told_what_comes_next(steps: list[list[Problem]]) -> None:
    """The files in which the language is missing, one after the other; at the end nothing is."""
    files = [{problem.file for problem in told} for told in steps]
    assert files == [
        {SETTINGS},
        {GLOSSARY, PROCESS},
        {f"templates/layouts/words/{NEW}.yaml"},
        set(),
    ]
    assert {problem.code for told in steps for problem in told} == {"missing-translation"}
    assert all(NEW in problem.message and problem.hint for told in steps for problem in told)


def occasions(workspace: Workspace) -> Iterator[Occasion]:
    """Two announcements of the campaign, once everything has its date."""
    campaign = workspace.campaigns[CAMPAIGN]
    for name in ("thank-the-promoters", "open-the-process-page"):
        yield Occasion(
            campaign=campaign,
            announcement=name,
            occurrence="once",
            due_at=NOW + timedelta(days=90),
            milestones=campaign.milestones,
            has_page=name == "open-the-process-page",
        )


@pytest.mark.usefixtures("steps")
def test_pages_and_mails_speak_it(city: Path) -> None:
    """Dates, direction, the choice of languages and the feed are right without a line of code."""
    workspace, _ = read(city)
    assert workspace is not None
    thanks, opening = occasions(workspace)
    recipient = Addressee(recipient=sample_recipient(workspace.words, NEW), role="promoters")
    mail = workspace.renderer.mail(thanks, workspace.routes["email"], recipient, NOW)
    assert isinstance(mail, Mail)
    assert f'lang="{NEW}"' in mail.html
    assert "лютого" in mail.text or "січня" in mail.text
    published = [workspace.renderer.publication(opening, each, NOW) for each in workspace.settings.languages]
    milestones = {name: campaign.milestones for name, campaign in workspace.campaigns.items()}
    files = messages.pages(site_of(workspace, published, milestones, NOW)).files
    root = parsed(files[f"{NEW}/index.html"])
    assert (root.get("lang"), root.get("dir")) == (NEW, "ltr")
    assert f"{NEW}/{CAMPAIGN}/open-the-process-page/index.html" in files
    menu = next(item for item in parsed(files["es/index.html"]).iter("nav") if item.get("class") == "languages")
    assert "Українська" in said(menu)
    assert f"calendar/{NEW}.ics" in files
    assert NEW in workspace.feeds


@pytest.mark.usefixtures("steps")
def test_the_radio_speaks_it(city: Path) -> None:
    """Days and years as Ukrainian bends them, hours, shares, addresses and telephone numbers: no digit is left."""
    day = "9 лютого 2027\u202fр."
    text = f"{day} о 10:00 прийшло 35 %. Адреса: {{{{ pages.home }}}}, телефон: {{{{ government.contact.phone }}}}.\n"
    folder = city / "templates" / CAMPAIGN / "tell-the-public" / NEW
    for spot in folder.glob("radio-*.txt"):
        spot.unlink()
    (folder / "radio-30.txt").write_text(text, encoding="utf-8")
    workspace, _ = read(city)
    assert workspace is not None
    occasion = replace(next(occasions(workspace)), announcement="tell-the-public", has_page=True)
    (spot,) = workspace.renderer.script(occasion, workspace.routes["radio"], NEW).spots
    assert spot.text.startswith(
        "дев’ятого лютого дві тисячі двадцять сьомого року о десятій ранку прийшло тридцять п’ять відсот"
    )
    assert "abierto крапка puertoclaro крапка example крапка org, телефон: дев’ять п’ять п’ять, нуль" in spot.text
    assert re.search(r"\d|https", spot.text) is None
