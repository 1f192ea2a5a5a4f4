"""What the public reads of an announcement from the moment its audience is frozen: pages, feeds, press releases."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from communique.channel import Form
from communique.delivery import Mode
from communique.occasion import Occasion
from communique.plan.findings import routes_and_languages
from communique.publication import Publication
from communique.store.announcements import cancellations, publications, releases
from communique.store.announcements.cancellations import Shown
from communique.workspace import Workspace


def publish(
    workspace: Workspace,
    connection: Connection,
    mode: Mode,
    occasion: Occasion,
    now: datetime,
    *,
    but_for: Collection[str],
) -> None:
    """Keep it in the ledger, of which pages and feeds are made; nothing of what goes through channels `but_for`."""
    from communique.texts import press_kits

    ways = [each for each in routes_and_languages(workspace, occasion) if each[0].name not in but_for]
    forms: dict[str, set[Form]] = {}
    for route, language in ways:
        forms.setdefault(language, set()).add(route.form)
    for language, carried in forms.items():
        if carried & {Form.PAGES, Form.FEED}:
            publication: Publication = workspace.renderer.publication(occasion, language, now)
            publications.publish(
                connection,
                mode,
                _with_picture(publication),
                on_website=Form.PAGES in carried,
                in_feed=Form.FEED in carried,
            )
    # What is sent to newsrooms is on the website, too, once nobody is bound to silence.
    for route, language in ways:
        if route.is_press:
            releases.keep(connection, mode, press_kits.release(workspace.renderer, occasion, route, language, now))


def show(workspace: Workspace, connection: Connection, shown: Sequence[Shown], *, is_so: bool) -> None:
    """Have the pages and feed entries of what was cancelled, or is so no more, on the website and in feeds, or not."""
    routes = workspace.routes.values()
    cancellations.show(
        connection,
        shown,
        on_website=[each.name for each in routes if each.form is Form.PAGES],
        in_feed=[each.name for each in routes if each.form is Form.FEED],
        is_so=is_so,
    )


def _with_picture(publication: Publication) -> Publication:
    """With its card drawn: from now on the page is made from the ledger alone."""
    from communique.texts.cards import drawn

    return replace(publication, picture=drawn(publication.card), card=None) if publication.card else publication
