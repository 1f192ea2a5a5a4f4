"""The website between two announcements: dates pass, stages begin, documents become public, files are edited."""

from collections.abc import Mapping
from datetime import datetime

from communique.channel import Channel, Form, Message
from communique.delivery import Mode
from communique.send import messages
from communique.send.products import on_offer
from communique.store.announcements import declarations, public_record, publications, releases
from communique.store.database import Database
from communique.store.recipients import calendar_entries
from communique.website.site_contents import Site
from communique.website.site_of_workspace import as_calendars_know_it, held_dates, site_of
from communique.workspace import Workspace


def put_in_place(
    workspace: Workspace, database: Database, channels: Mapping[str, Channel], mode: Mode, now: datetime
) -> None:
    """Write the website of every open channel as it is now, if anything was published on it: nothing opens it early.

    What has not changed is left alone, so that its date keeps its meaning for caches.

    Raises:
        ChannelError: one could not be written.
    """
    with database.reading() as connection:
        published = publications.on_website(connection, mode)
        free = releases.free(connection, mode, now, press=workspace.newsrooms)
        record = public_record.entries(connection, mode)
        offered = on_offer(workspace, connection, mode, channels)
        milestones = {
            name: declarations.milestones_of(connection, campaign) for name, campaign in workspace.campaigns.items()
        }
    names = [route.name for route in workspace.routes.values() if route.form is Form.PAGES and route.name in channels]
    if not published or not names:
        return
    shown = site_of(workspace, published, milestones, now, free=free, offered=offered, record=record)
    content = messages.pages(_entered(shown, database, mode, now))
    language = workspace.settings.languages[0]
    for name in names:
        message = Message(key=name, reference=name, created_at=now, language=language, content=content)
        channels[name].send(message, lambda: None)


def _entered(site: Site, database: Database, mode: Mode, now: datetime) -> Site:
    """With what calendars know its dates by, which is written down before they learn it."""
    dates = held_dates(site)
    with database.reading() as connection:
        known = as_calendars_know_it(site, connection, mode, now)
        if calendar_entries.are_kept(connection, mode, dates, now):
            return known
    with database.begin() as connection:
        calendar_entries.keep(connection, mode, dates, now)
    return known
