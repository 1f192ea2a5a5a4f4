"""What other channels have made of announcements, for the website to offer."""

from collections.abc import Mapping

from sqlalchemy import Connection

from communique.channel import Channel, Form, Offering
from communique.delivery import Mode
from communique.publication import Product
from communique.store.announcements import products
from communique.workspace import Workspace

_FORMS = frozenset({Form.SCRIPT, Form.VIDEO, Form.INFOGRAPHIC})


def offering(workspace: Workspace, channels: Mapping[str, Channel]) -> dict[str, Offering]:
    """The open channels that write something for the website, in the order of the settings."""
    found: dict[str, Offering] = {}
    for name, route in workspace.routes.items():
        channel = channels.get(name)
        if route.form in _FORMS and isinstance(channel, Offering):
            found[name] = channel
    return found


def on_offer(
    workspace: Workspace, connection: Connection, mode: Mode, channels: Mapping[str, Channel]
) -> list[Product]:
    """Everything of which there are files, of each announcement, language and form the first channel's."""
    offers = offering(workspace, channels)
    found: dict[tuple[str, ...], Product] = {}
    for row in sorted(products.made(connection, mode, offers), key=lambda row: list(offers).index(row.channel)):
        form = workspace.routes[row.channel].form
        files = offers[row.channel].offered(row.reference)
        if files and row.content:
            product = Product(
                campaign=row.campaign,
                announcement=row.announcement,
                occurrence=row.occurrence,
                language=row.language,
                form=form,
                said=row.content,
                made_at=row.finished_at,
                files=files,
            )
            found.setdefault((row.campaign, row.announcement, row.occurrence, row.language, form), product)
    return list(found.values())
