"""Subscribing: a form, the same one for the government's own website, and the page that says to look at one's mail.

The answer, and the work behind it, is the same for addresses we know and for others. Nothing that was typed is sent to
anybody but the address itself, and that only as an address.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from sqlalchemy import Connection

from communique.language.formatting import locale_of, short_span
from communique.localisation.localised import localise
from communique.pace import Rate
from communique.store.recipients import limits, people, requests
from communique.store.recipients.letters import LetterKind
from communique.store.recipients.people import AddressError
from communique.store.recipients.requests import VALID, Kind, Request
from communique.subscription import Choices, How
from communique.texts import tokens
from communique.web.choice_fields import choice_fields, chosen
from communique.web.public_pages import PublicPages
from communique.web.route_table import Answer, PublicPage
from communique.web.visits import Visit

#: One mail a day to one address, whatever is posted.
ONCE_A_DAY = Rate(1, timedelta(days=1))
_TRAP = "company_fax"  #: a field that people do not see
_WRONG, _MANY = 422, 429


@dataclass(frozen=True)
class SubscribePages:
    """`/subscribe` and `/subscribe/embedded`, each with its page for afterwards."""

    pages: PublicPages

    def table(self) -> list[PublicPage]:
        """Their addresses."""
        form, framed = _Form("subscribe", How.FORM, self.pages), _Form("subscribe/embedded", How.EMBEDDED, self.pages)
        return [
            PublicPage(path=form.path, show=form.show, act=form.act),
            PublicPage(path=f"{form.path}/sent", show=form.sent),
            PublicPage(path=framed.path, show=framed.show, act=framed.act, embeddable=True),
            PublicPage(path=f"{framed.path}/sent", show=framed.sent, embeddable=True),
        ]


@dataclass(frozen=True)
class _Form:
    path: str
    how: How
    pages: PublicPages

    def show(self, visit: Visit) -> Answer:
        """The empty form."""
        language = self._language(visit)
        return self._page(language, Choices(language=language), address="", error="")

    def act(self, visit: Visit) -> Answer:
        """Owe a mail that asks the address to confirm, if the limits allow it."""
        language = self._language(visit)
        if not self.pages.workspace.can_subscribe:
            return self._page(language, Choices(language=language), address="", error="")
        choices = chosen(self.pages.workspace, visit, Choices(language=language))
        address = visit.address("email")
        try:
            key = people.address_key(address)
        except AddressError:
            return self._page(language, choices, address=address, error="missing" if not address else "wrong")
        if not visit.field(_TRAP):
            with self.pages.database.begin() as connection:
                if busy := self._over_limits(connection, visit):
                    return self._busy(language, busy)
                if self._is_first_today(connection, key):
                    self._ask(connection, choices, address, key, wording=consent_text(self.pages, language))
        at = self.pages.path(f"{self.path}/sent?language={choices.language}")
        return Answer(status=303, location=at)

    def sent(self, visit: Visit) -> Answer:
        """Look at your mail."""
        language = self._language(visit)
        html = self.pages.fill("sent", language, self._frame(), at=f"{self.path}/sent")
        return Answer(body=html, language=language)

    def _over_limits(self, connection: Connection, visit: Visit) -> timedelta:
        """How long to wait when the network, or everybody together, has asked too often; nothing when not."""
        limit, now = self.pages.workspace.settings.subscribing, self.pages.clock()
        if wait := limits.wait(connection, "total", "", limit.in_total, now):
            return wait
        network = tokens.digests("network", visit.network(limit.proxies), self.pages.key)[0]
        if limits.count(connection, "network", network, limit.per_network, now):
            return timedelta()
        return limits.wait(connection, "network", network, limit.per_network, now)

    def _is_first_today(self, connection: Connection, address_key: str) -> bool:
        key = tokens.digests("address", address_key, self.pages.key)[0]
        return limits.count(connection, "address", key, ONCE_A_DAY, self.pages.clock())

    def _ask(self, connection: Connection, choices: Choices, address: str, key: str, wording: str) -> None:
        now = self.pages.clock()
        limits.count(connection, "total", "", self.pages.workspace.settings.subscribing.in_total, now)
        request = Request(
            reference=secrets.token_hex(16),
            kind=Kind.SUBSCRIBE,
            address=address,
            address_key=key,
            person=None,
            how=self.how,
            choices=choices,
            wording=requests.digest_of(wording),
            asked_at=now,
            expires_at=now + VALID,
            confirmed_at=None,
            old_confirmed_at=None,
            done_at=None,
        )
        requests.ask(connection, request, {LetterKind.CONFIRM: address}, wording)

    def _language(self, visit: Visit) -> str:
        return self.pages.language(visit.query.get("language", ""), visit.languages)

    def _frame(self) -> dict[str, Any]:
        return {"embedded": self.how is How.EMBEDDED}

    def _page(self, language: str, choices: Choices, *, address: str, error: str) -> Answer:
        workspace = self.pages.workspace
        if not workspace.can_subscribe:
            html = self.pages.fill("notice", language, {**self._frame(), "notice": "closed"}, at=self.path)
            return Answer(body=html, language=language, status=404)
        context = {
            **self._frame(),
            **choice_fields(workspace, choices, language),
            "address": address,
            "error": error,
            "trap": _TRAP,
            "consent": consent_lines(self.pages, language),
        }
        html = self.pages.fill("subscribe", language, context, at=self.path)
        return Answer(body=html, language=language, status=_WRONG if error else 200)

    def _busy(self, language: str, wait: timedelta) -> Answer:
        """For how long is rounded up: who comes back then is let in."""
        seconds = ceil(wait.total_seconds())
        locale = locale_of(language, self.pages.workspace.settings.locales)
        context = {**self._frame(), "notice": "busy", "wait": short_span(seconds, locale)}
        html = self.pages.fill("notice", language, context, at=self.path)
        return Answer(body=html, language=language, status=_MANY, retry_after=seconds)


def consent_lines(pages: PublicPages, language: str) -> list[str]:
    """What people agree to when they press the button, as the form shows it."""
    settings = pages.workspace.settings
    name = str(localise(settings.government.name, language, settings.languages))
    return [name, *(str(each) for each in pages.workspace.words.of(language)["subscribe"]["consent"])]


def consent_text(pages: PublicPages, language: str) -> str:
    """The same, as it is kept."""
    return "\n".join(consent_lines(pages, language))


def titles(pages: PublicPages, choices: Choices, language: str) -> list[str]:
    """What the public calls the chosen topics; empty: all."""
    names = pages.workspace.settings.topics_in(language)
    return [names.get(each, each) for each in choices.topics]
