"""Mail that comes back in a rehearsal, as a mail server would write it (RFC 3464)."""

import random
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import format_datetime
from pathlib import Path

from communique.bounces.collector import AT_ONCE, Collector
from communique.bounces.sources import deliver
from communique.send.mail_sink import AcceptedMail
from communique.settings.mailboxes import Bounces
from communique.store.database import Database
from communique.workspace import Workspace

FOLDER = "returned"  #: a maildir below the rehearsal's folder
_REPORT = """\
Return-Path: <>
Date: {date}
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: {sender}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@mx.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="returned"

--returned
Content-Type: text/plain; charset=us-ascii

<{recipient}>: 550 5.1.1 Recipient address rejected: nobody has this mailbox

--returned
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: {date}

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 Recipient address rejected: nobody has this mailbox

--returned
Content-Type: text/rfc822-headers

Message-ID: {reference}

--returned--
"""


@dataclass
class ReturnedMail:
    """Of one rehearsal."""

    folder: Path
    workspace: Workspace
    gone: Collection[str] = ()  #: addresses that nobody reads any more
    came_back: int = 0
    _seen: int = field(default=0, init=False)

    def look(self, accepted: list[AcceptedMail], database: Database, now: datetime) -> None:
        """Send back what was accepted since the last look for those who are gone; it is read as in real life."""
        new, self._seen = accepted[self._seen :], len(accepted)
        returned = [mail for mail in new if set(mail.recipients) & set(self.gone)]
        for mail in returned:
            self._send_back(mail, now)
        if not returned:
            return
        settings = self.workspace.settings.bounces
        rules = Bounces(maildir=FOLDER, soft=settings.soft, within=settings.within)
        assert self.workspace.key is not None  # noqa: S101 - a rehearsal has one
        for _ in range(0, len(returned), AT_ONCE):
            reader = Collector(folder=self.folder / "var", find_secret=lambda _: None, clock=lambda: now)
            reader.begin(rules, database, self.workspace.key)
            reader.wait()

    def _send_back(self, mail: AcceptedMail, now: datetime) -> None:
        self.came_back += 1
        report = _REPORT.format(
            date=format_datetime(now),
            sender=mail.envelope_from,
            recipient=mail.recipients[0],
            number=self.came_back,
            reference=message_from_bytes(mail.data, policy=policy.compat32)["Message-ID"],
        )
        deliver(self.folder / FOLDER, report.replace("\n", "\r\n").encode(), f"{self.came_back:06}.rehearsal")


def without_mailbox(addresses: list[str], share: float, chance: random.Random) -> list[str]:
    """Whose mailbox is no more: that share of them, somebody at least."""
    return chance.sample(addresses, min(len(addresses), max(1, round(share * len(addresses)))))
