"""Feeds before anybody has said anything: who finds the process page on the first day can already follow it."""

from collections.abc import Mapping
from datetime import datetime

from communique.channel import Channel, Form, Message
from communique.delivery import Mode
from communique.send import messages
from communique.store.announcements import publications
from communique.store.database import Database
from communique.workspace import Workspace


def put_in_place(
    workspace: Workspace, database: Database, channels: Mapping[str, Channel], mode: Mode, now: datetime
) -> None:
    """Write the feeds of every open channel, in every language it speaks, as the ledger has them: empty at first.

    A feed with entries takes its dates from them, so written again it is the same bytes. An empty one has none: it is
    dated the first of the month, so that a new start does not make it a new feed.

    Raises:
        ChannelError: one could not be written.
    """
    dated = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with database.reading() as connection:
        published = publications.in_feed(connection, mode)
    for route in workspace.routes.values():
        if route.form is not Form.FEED or route.name not in channels:
            continue
        for language in route.spoken(workspace.settings.languages):
            name = f"{route.name}/{language}"
            content = messages.feed(workspace, published, language)
            message = Message(key=name, reference=name, created_at=dated, language=language, content=content)
            channels[route.name].send(message, lambda: None)
