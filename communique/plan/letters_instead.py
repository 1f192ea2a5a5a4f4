"""Which announcements go by letter to whoever their mails do not reach: while they still make sense."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from communique.channel import Form
from communique.delivery import Mode
from communique.occasion import Occasion
from communique.plan.latecomers import owe_corrections
from communique.plan.owing import references
from communique.plan.standing import Standing
from communique.routes import Route
from communique.store import epochs
from communique.store.database import Database
from communique.store.deliveries import ledger, letters_instead
from communique.store.deliveries.letters_instead import Instead
from communique.workspace import Workspace


@dataclass(frozen=True)
class LettersInstead:
    """Those of one workspace: a letter that goes beside a mail is for whom no mail reaches, also once that is known."""

    workspace: Workspace
    database: Database
    mode: Mode

    def owe(self, standings: Iterable[Standing], now: datetime) -> int:
        """Owe them for mails that came back since these were frozen; how many."""
        return sum(self._owe(each.occasion, now) for each in standings if each.is_frozen and each.occasion)

    def _owe(self, occasion: Occasion, now: datetime) -> int:
        routes = self._routes(occasion)
        if {Form.MAIL, Form.LETTER} - {route.form for route in routes}:
            return 0
        with self.database.reading() as connection:
            row = ledger.frozen(connection, self.mode, occasion)
            if row is None or row.expires_at < now:
                return 0
            waiting = [
                each
                for each in self._letters(connection, occasion, routes, row, now)
                if letters_instead.are_owed(connection, each)
            ]
        if not waiting:
            return 0  # which is nearly always so: no transaction that writes
        with self.database.begin() as connection:
            number = sum(letters_instead.owe(connection, each) for each in waiting)
            for each in waiting:
                owe_corrections(connection, self.workspace, self.mode, row, each.channel, now=now)
            return number

    def _routes(self, occasion: Occasion) -> Sequence[Route]:
        through = occasion.campaign.announcements[occasion.announcement].through
        routes = (self.workspace.routes[name] for name in through if name in self.workspace.routes)
        return [route for route in routes if not route.is_newsletter]

    def _letters(
        self, connection: Connection, occasion: Occasion, routes: Sequence[Route], row: Any, now: datetime
    ) -> Sequence[Instead]:
        campaign, announcement = occasion.campaign, occasion.announcement
        mails = [route.name for route in routes if route.form is Form.MAIL]
        found = []
        for route in routes:
            spoken = route.spoken(campaign.languages_of(announcement))
            if spoken and route.form is Form.LETTER:
                named = campaign.campaign, announcement, occasion.occurrence, route.name
                identities = references(self.workspace, epochs.ledger_of(connection), self.mode, named)
                letters = Instead(
                    occurrence=row, channel=route.name, instead_of=mails, spoken=spoken, references=identities, now=now
                )
                found.append(letters)
        return found
