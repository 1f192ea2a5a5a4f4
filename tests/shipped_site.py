"""The website of the shipped workspace, made in memory, and read as a browser reads it (html5lib, strictly)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from ruamel.yaml import YAML

from communique.channel import Image
from communique.localisation.localised import localise
from communique.public_record import Entry, EntryKind, Sealed, Text, hash_of, seal
from communique.publication import Publication, Release
from communique.read.sources import Folder
from communique.settings import Glossary, Settings
from communique.texts.templates import Templates
from communique.website.process import (
    AgendaRow,
    Commitment,
    Document,
    FeedLinks,
    Forum,
    KeyDate,
    Monitoring,
    Process,
    Stage,
    StageStatus,
    Way,
    WayStatus,
)
from communique.website.site import Site, build_site

WORKSPACE = Path(__file__).parent.parent


ROOT = "https://abierto.puertoclaro.example.org/"


LANGUAGES = ("es", "en", "fr", "pt", "ar")


FIRST = datetime(2027, 1, 19, 9, tzinfo=UTC)


RULES = b"%PDF-1.7 Rules of the forum"


HOSTILE = "<script>alert(1)</script> {{7*7}} \" ' &"


@cache
def yaml(path: str) -> Any:
    """A file of the workspace."""
    return YAML(typ="safe").load((WORKSPACE / path).read_text())


def words(language: str) -> Mapping[str, Any]:
    """The fixed phrases of a language."""
    return yaml(f"templates/layouts/words/{language}.yaml")  # type: ignore[no-any-return]


SETTINGS = Settings.model_validate(yaml("config/settings.yaml"))


GLOSSARY = Glossary.model_validate(yaml("config/glossary.yaml")).model_dump()


TEMPLATES = Templates(Folder(WORKSPACE), {"en": "en-GB"}, words)


def render(name: str, language: str, context: Mapping[str, Any]) -> str:
    """As the engine does it: sandboxed and strict."""
    return TEMPLATES.fill_layout(name, {**context, "language": language})


def publication(name: str, language: str, day: int = 0, **changes: object) -> Publication:
    """An announcement."""
    made = Publication(
        campaign="accepted-into-ogp",
        announcement=name,
        occurrence="once",
        language=language,
        audience="public",
        headline=f"{name} ({language})",
        summary=f"Summary of {name}",
        html=f'<p>Text of {name}, with a <a href="{ROOT}{language}/">link</a>.</p><h2>More</h2><p>…</p>',
        text="…",
        path=f"{language}/accepted-into-ogp/{name}/",
        published_at=FIRST + timedelta(days=day),
        updated_at=FIRST + timedelta(days=day),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def release(language: str, **changes: object) -> Release:
    """A release about `tell-the-public`, with a picture of its own."""
    made = Release(
        campaign="accepted-into-ogp",
        announcement="tell-the-media",
        occurrence="once",
        language=language,
        about="tell-the-public",
        headline=f"Release ({language})",
        summary="Summary of the release",
        html="<p><strong>For immediate release</strong></p><p>Text.</p><h2>Press contact</h2>",
        text="For immediate release\n\nText.\n",
        path=f"{language}/press/accepted-into-ogp/tell-the-media/",
        published_at=FIRST + timedelta(days=1),
        picture=Image(data=b"town", media_type="image/jpeg", alt="A town", width=8, height=4, credit="Ana & Sons"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def process(language: str) -> Process:
    """A process under way."""
    return Process(
        stages=(
            Stage(name="Accepted", status=StageStatus.DONE, dates="18 January"),
            Stage(name="Kickoff", status=StageStatus.CURRENT, dates="9 February"),
            Stage(name="Proposals", status=StageStatus.NEXT, dates="15 March"),
        ),
        dates=(
            KeyDate(
                name="Proposals open",
                id="co-creation-kickoff/proposals-open",
                starts_at=datetime(2027, 3, 14, 23, tzinfo=UTC),
                all_day=True,
            ),
            KeyDate(
                name="Kickoff",
                id="co-creation-kickoff/kickoff",
                starts_at=datetime(2027, 2, 9, 9, tzinfo=UTC),
                ends_at=FIRST + timedelta(days=21, hours=2),
                minutes="accepted-into-ogp/why-we-joined",
                agenda=(
                    AgendaRow(
                        starts_at=datetime(2027, 2, 9, 9, tzinfo=UTC), moment="Welcome", description="", minutes=15
                    ),
                    AgendaRow(
                        starts_at=datetime(2027, 2, 9, 9, 15, tzinfo=UTC),
                        moment="Challenges",
                        description="In small groups.",
                        minutes=40,
                    ),
                ),
            ),
        ),
        documents=(
            Document(
                file="rules.pdf",
                title="Rules of the forum",
                published=date(2027, 2, 1),
                language="es",
                language_name="español",
                size="1 kB",
                data=RULES,
                meeting="co-creation-kickoff/kickoff",
            ),
        ),
        commitments=(
            Commitment(
                title="Open contracts",
                text="Every contract online.",
                responsible="Office for Contracts",
                status="substantial",
            ),
            Commitment(title="Clear letters"),
        ),
        ways=(
            Way(
                name="Send a proposal",
                status=WayStatus.OPEN,
                link="https://puertoclaro.example.org/proposals",
                closes="30 April 2027",
            ),
            Way(name="Vote", status=WayStatus.OPENS, text="Online.", opens="1 May 2027"),
            Way(name="Old survey", status=WayStatus.CLOSED),
        ),
        forum=Forum(
            text="It decides together.", government=("Office for Participation",), non_government=("University",)
        ),
        monitoring=Monitoring(name="Institute", text="It is independent.", website="https://institute.example.org/ogp"),
        feeds=(FeedLinks(title=words(language)["feed_title"], path=f"feeds/public/{language}/"),),
    )


@cache
def record() -> tuple[Sealed, ...]:
    """The public record of what is on the site, and of a mail that is not."""
    when = {"campaign": "accepted-into-ogp", "occurrence": "once", "at": FIRST}
    texts = (Text(language="es", sha256=hash_of("…")),)
    told = [
        Entry(
            kind=EntryKind.ANNOUNCED,
            announcement="thank-the-promoters",
            channel="email",
            channel_kind="email",
            to=("internal", "promoters"),
            people=34,
            **when,
        ),
        Entry(kind=EntryKind.ANNOUNCED, announcement="tell-the-public", channel_kind="website", texts=texts, **when),
        Entry(
            kind=EntryKind.ANNOUNCED,
            announcement="tell-the-public",
            channel="letter",
            channel_kind="letter",
            to=("invited",),
            fewer_than=10,
            **when,
        ),
        Entry(kind=EntryKind.WITHDRAWN, announcement="why-we-joined", **when),
    ]
    chain: list[Sealed] = []
    for each in told:
        chain.append(seal(each, chain[-1] if chain else None, FIRST))
    return tuple(chain)


def site(**changes: object) -> Site:
    """The website of the shipped workspace."""
    made = Site(
        publications=[
            publication(name, language, day)
            for day, name in enumerate(("open-the-process-page", "tell-the-public", "why-we-joined"))
            for language in LANGUAGES
        ],
        settings=SETTINGS,
        glossary={language: localise(GLOSSARY, language, LANGUAGES) for language in LANGUAGES},
        words={language: words(language) for language in LANGUAGES},
        processes={language: process(language) for language in LANGUAGES},
        today=date(2027, 1, 25),
        render=render,
        releases=[release(language) for language in LANGUAGES],
        record=record(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@cache
def files() -> Mapping[str, bytes]:
    """Its files."""
    return build_site(site())


def pages() -> list[str]:
    """Paths of its pages."""
    return [path for path in files() if path.endswith(".html")]


def parsed(html: bytes) -> Element:
    """The document as a browser understands it; a single parse error fails."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(html, transport_encoding="utf-8")  # type: ignore[no-any-return]


def page(path: str) -> Element:
    """A page of the site."""
    return parsed(files()[path])


def said(element: Element) -> str:
    """Its text, on one line."""
    return " ".join("".join(element.itertext()).split())
