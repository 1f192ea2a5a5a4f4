"""Whose edits an announcement carries that others have not approved yet: nobody approves an own edit."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from communique.occasion import Occasion
from communique.plan.file_check import owner_of
from communique.read.yaml_positions import read
from communique.settings import Approvals
from communique.store.desk import approvals, file_versions
from communique.store.desk.file_versions import Edit


def editors(connection: Connection, rule: Approvals, occasion: Occasion, digest: str) -> list[str]:
    """Who has edited it at the desk since an earlier state of it had all its approvals, or ever."""
    since = max(_approved_at(connection, rule, occasion, digest), default=None)
    found: set[str] = set()
    for edit in file_versions.edits_since(connection, since):
        if edit.who not in found and _is_of(connection, edit, occasion):
            found.add(edit.who)
    return sorted(found)


def _approved_at(connection: Connection, rule: Approvals, occasion: Occasion, digest: str) -> Iterator[datetime]:
    words = [each for each in approvals.words(connection, occasion) if not each.asks_for_changes]
    for earlier in {each.digest for each in words} - {digest}:
        given = [each for each in words if each.digest == earlier]
        if not approvals.lacking(rule, occasion.campaign.authors, [each.who for each in given]):
            yield max(each.at for each in given)


def _is_of(connection: Connection, edit: Edit, occasion: Occasion) -> bool:
    """Whether an edit could have changed what the announcement says."""
    owner, campaign = owner_of(edit.path), occasion.campaign
    if owner.campaign not in {"", campaign.campaign} or owner.announcement not in {"", occasion.announcement}:
        return False
    if edit.path != f"campaigns/{campaign.campaign}.yaml":
        return True
    made = file_versions.by_id(connection, edit.path, edit.id)
    earlier = file_versions.before(connection, edit.path, edit.id)
    if made is None or earlier is None:
        return True
    then, now = (_as_it_concerns(each.data, occasion) for each in (earlier, made))
    return then is None or then != now


def _as_it_concerns(data: bytes, occasion: Occasion) -> object:
    """A campaign's file without its other announcements; None where it cannot be read."""
    document, _ = read(data, f"campaigns/{occasion.campaign.campaign}.yaml")
    if document is None or not isinstance(document.data, dict):
        return None
    named = document.data.get("announcements")
    own = named.get(occasion.announcement) if isinstance(named, dict) else named
    return {**document.data, "announcements": own}
