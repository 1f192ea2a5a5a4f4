"""What has been said in public, in the ledger: pages and feeds are made from here alone."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from communique.channel import Image
from communique.delivery import Mode
from communique.publication import Publication
from communique.store.announcements import corrections, pictures, retractions
from communique.store.database import publications

_ELSEWHERE = {"corrections", "retraction", "card"}  #: what the row does not hold


def publish(connection: Connection, mode: Mode, publication: Publication, *, on_website: bool, in_feed: bool) -> None:
    """Keep it, in the place of what was kept when the same occurrence fell due before, and nobody got it."""
    known = (
        publications.c.mode == mode,
        publications.c.campaign == publication.campaign,
        publications.c.announcement == publication.announcement,
        publications.c.occurrence == publication.occurrence,
        publications.c.language == publication.language,
    )
    connection.execute(delete(publications).where(*known))
    at = _free_second(connection, mode, publication)
    values = {name: value for name, value in asdict(publication).items() if name not in _ELSEWHERE}
    values |= {"published_at": at, "updated_at": at}
    values |= {
        "picture": picture_as_kept(connection, publication.picture),
        "mode": mode,
        "on_website": on_website,
        "in_feed": in_feed,
    }
    connection.execute(insert(publications).values(**values))


def _free_second(connection: Connection, mode: Mode, publication: Publication) -> datetime:
    """A second that no other announcement of the language has: readers order a feed's entries by it."""
    taken = {
        row.published_at
        for row in connection.execute(
            select(publications.c.published_at).where(
                publications.c.mode == mode, publications.c.language == publication.language
            )
        )
    }
    at = publication.published_at.replace(microsecond=0)
    while at in taken:
        at += timedelta(seconds=1)
    return at


def on_website(connection: Connection, mode: Mode) -> Sequence[Publication]:
    """Everything with a page, the newest first."""
    return _published(connection, mode, publications.c.on_website)


def last_on_website(connection: Connection, mode: Mode) -> datetime | None:
    """When something was last published there that has not been withdrawn; None when nothing was."""
    withdrawn = retractions.in_mode(connection, mode)
    named = (publications.c.campaign, publications.c.announcement, publications.c.occurrence)
    rows = connection.execute(
        select(*named, publications.c.published_at)
        .where(publications.c.mode == mode, publications.c.on_website)
        .order_by(publications.c.published_at.desc())
    )
    return next((row.published_at for row in rows if tuple(row)[:3] not in withdrawn), None)


def in_feed(connection: Connection, mode: Mode) -> Sequence[Publication]:
    """Everything in feeds, the newest first."""
    return _published(connection, mode, publications.c.in_feed)


def _published(connection: Connection, mode: Mode, where: ColumnElement[bool]) -> Sequence[Publication]:
    rows = connection.execute(
        select(publications)
        .where(publications.c.mode == mode, where)
        .order_by(publications.c.published_at.desc(), publications.c.path)
    )
    found = rows.mappings().all()
    data = pictures.kept(connection, (row["picture"]["sha256"] for row in found if row["picture"]))
    withdrawn, corrected = retractions.in_mode(connection, mode), corrections.in_mode(connection, mode)
    published = []
    for row in found:
        key = row["campaign"], row["announcement"], row["occurrence"]
        published.append(
            replace(_publication(row, data), retraction=withdrawn.get(key), corrections=corrected.get(key, ()))
        )
    return published


def _publication(row: Mapping[Any, Any], data: Mapping[str, bytes]) -> Publication:
    values = {name: row[name] for name in Publication.__dataclass_fields__ if name in row}
    return Publication(**{**values, "picture": picture_of(row["picture"], data)})


def picture_of(kept: Mapping[str, Any], data: Mapping[str, bytes]) -> Image | None:
    """A picture as `picture_as_kept` has left it; `data`: bytes by hash."""
    described = dict(kept)
    return Image(data=data[described.pop("sha256")], **described) if described else None


def picture_as_kept(connection: Connection, image: Image | None) -> dict[str, Any]:
    """The picture's row in `pictures`, and what is not in its bytes."""
    if image is None:
        return {}
    described = {name: value for name, value in asdict(image).items() if name != "data"}
    return {"sha256": pictures.keep(connection, image.data), **described}
