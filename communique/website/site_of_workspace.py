"""The website of a workspace: its words, layouts and settings with what has been published."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from communique.channel import Form
from communique.delivery import Mode
from communique.public_record import Sealed
from communique.publication import Product, Publication, Release
from communique.store.recipients import calendar_entries
from communique.store.recipients.calendar_entries import Held
from communique.texts import addresses
from communique.texts.pictures import logo_of
from communique.website.process_state import Milestones, process_of
from communique.website.site import Site, lone_page
from communique.workspace import Workspace


def page_of(workspace: Workspace, publication: Publication, milestones: Milestones) -> str:
    """An announcement's page as it will be, whole in one document: for who looks at it before it is published."""
    named = {name: campaign.milestones for name, campaign in workspace.campaigns.items()}
    site = site_of(workspace, [publication], {**named, **milestones}, publication.published_at)
    return lone_page(site, publication)


def site_of(
    workspace: Workspace,
    published: Sequence[Publication],
    milestones: Milestones,
    now: datetime,
    *,
    free: Sequence[Release] = (),
    offered: Sequence[Product] = (),
    record: Sequence[Sealed] = (),
    named_index: bool = False,
) -> Site:
    """The whole website as it is now.

    Args:
        workspace: with its words and layouts.
        published: what has a page.
        milestones: by campaign, as they hold.
        now: aware.
        free: releases that anybody may read.
        offered: what other channels have made for everybody.
        record: what has been announced, entry by entry.
        named_index: whether it is to be read from a folder.
    """
    settings = workspace.settings
    facts = workspace.renderer.facts
    return Site(
        publications=published,
        releases=free,
        products=offered,
        settings=settings,
        glossary={language: facts.about_us(language) for language in settings.languages},
        words={language: workspace.words.of(language) for language in settings.languages},
        processes={language: process_of(workspace, milestones, language, now) for language in settings.languages},
        today=now.astimezone(settings.timezone).date(),
        render=lambda name, language, context: workspace.templates.fill_layout(name, {**context, "language": language}),
        subscribe=_subscribe(workspace),
        logo=logo_of(workspace.sources, settings.look.logo) or b"",
        # Who writes letters has what it takes to print.
        prints=any(route.form is Form.LETTER for route in workspace.routes.values()),
        record=record,
        named_index=named_index,
    )


def held_dates(site: Site) -> dict[str, Held]:
    """When the dates are that stand in its calendars, by their names; the same in every language."""
    dates = site.dates(site.settings.languages[0])
    return {date.id: Held(date.starts_at, None if date.all_day else date.ends_at, date.called_off) for date in dates}


def as_calendars_know_it(site: Site, connection: Connection, mode: Mode, now: datetime) -> Site:
    """The same, with the entries that stand in people's calendars already."""
    return replace(site, entries=calendar_entries.entries(connection, mode, held_dates(site), now))


def _subscribe(workspace: Workspace) -> dict[str, str]:
    """Where people subscribe, by language; nowhere without a newsletter."""
    if not workspace.can_subscribe:
        return {}
    page = addresses.page(workspace.settings.public_address, "subscribe")
    return {language: f"{page}?language={language}" for language in workspace.settings.languages}
