"""Who gets an announcement only after it was corrected: by a letter in the place of a mail, or sent again.

They are owed word of what is wrong with it, as those are who had it before.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from communique.channel import Form, Reach
from communique.correction import told_as
from communique.delivery import Mode
from communique.plan.owing import references
from communique.store import epochs
from communique.store.announcements import corrections, notices
from communique.store.recipients.ways import Way
from communique.workspace import Workspace


def owe_corrections(
    connection: Connection, workspace: Workspace, mode: Mode, row: Any, channel: str, *, now: datetime
) -> int:
    """Word of each correction to whoever has a copy through a channel and is owed none yet; how many.

    `row`: what was announced, in the ledger. A correction that was not to go through that channel stays away from it.
    """
    route, owed = workspace.routes.get(channel), 0
    if route is None or route.reach is not Reach.EACH:
        return 0  # pages and feeds show it anyway
    way = Way.POST if route.form is Form.LETTER else Way.MAIL
    for each in corrections.of(connection, row.id):
        if notices.leaves_out(connection, row.id, each.told_by, channel, each.correction.at):
            continue
        named = row.campaign, row.announcement, told_as(row.occurrence, each.correction.number), channel
        identities = references(workspace, epochs.ledger_of(connection), mode, named)
        more = notices.owe_to_each(connection, row.id, each.told_by, channel, identities, way, now=now, later=True)
        if more:
            notices.count(connection, each.told_by)
            notices.keep_alive(connection, each.told_by, row.expires_at)
        owed += more
    return owed
