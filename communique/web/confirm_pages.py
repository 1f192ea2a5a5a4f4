"""Confirming: the links of the mails we sent on request. GET shows what was asked for, POST does it, once."""

from dataclasses import dataclass

from sqlalchemy import Connection

from communique.routes import SUBSCRIBERS
from communique.store.recipients import erasure, requests, subscribers
from communique.store.recipients.requests import Kind, Request
from communique.texts import tokens
from communique.web.masking import shortened
from communique.web.public_pages import PublicPages
from communique.web.route_table import Answer, PublicPage
from communique.web.subscribe_pages import titles
from communique.web.visits import Visit

_GONE = 404


@dataclass(frozen=True)
class ConfirmPages:
    """`/confirm/TOKEN` for the address that was given, `/confirm-old/TOKEN` for one that is to give way."""

    pages: PublicPages

    def table(self) -> list[PublicPage]:
        """Their addresses."""
        given, old = _Link("confirm", tokens.CONFIRM, self.pages), _Link("confirm-old", tokens.CONFIRM_OLD, self.pages)
        return [PublicPage(path=f"{each.path}/{{token}}", show=each.show, act=each.act) for each in (given, old)]


@dataclass(frozen=True)
class _Link:
    path: str
    purpose: str
    pages: PublicPages

    def show(self, visit: Visit) -> Answer:
        """What was asked for, and a button."""
        with self.pages.database.reading() as connection:
            request = self._asked(connection, visit)
        return self._page(visit, request)

    def act(self, visit: Visit) -> Answer:
        """Do it. A second time changes nothing, and shows the same."""
        now = self.pages.clock()
        with self.pages.database.begin() as connection:
            request = self._asked(connection, visit)
            if request is not None and request.done_at is None:
                requests.confirm(connection, request.reference, now, old=self._is_old)
                request = self._asked(connection, visit)
            if request is not None and request.done_at is None and _is_complete(request):
                self._do(connection, request)
                request = self._asked(connection, visit)
        return self._page(visit, request)

    @property
    def _is_old(self) -> bool:
        return self.purpose == tokens.CONFIRM_OLD

    def _asked(self, connection: Connection, visit: Visit) -> Request | None:
        reference = tokens.verify(self.purpose, visit.token, self.pages.key)
        request = requests.find(connection, reference, self.pages.clock()) if reference else None
        if request is None or (self._is_old and request.kind is not Kind.CHANGE):
            return None
        is_open_change = request.kind is Kind.CHANGE and request.done_at is None
        if is_open_change and not subscribers.may_change_address(connection, request):
            return None
        return request

    def _do(self, connection: Connection, request: Request) -> None:
        now = self.pages.clock()
        erasure.come_back(connection, tokens.digests(tokens.ERASED, request.address_key, self.pages.key))
        if request.kind is Kind.SUBSCRIBE:
            subscribers.subscribe(connection, request, audience=SUBSCRIBERS, now=now)
        else:
            subscribers.change_address(connection, request, now)
            requests.void_other_changes(connection, request, now)
        requests.done(connection, request.reference, now)

    def _page(self, visit: Visit, request: Request | None) -> Answer:
        own = request.choices.language if request is not None else ""
        language = self.pages.language(visit.query.get("language", ""), visit.languages, own)
        at = f"{self.path}/{visit.token}"
        if request is None:
            html = self.pages.fill("notice", language, {"notice": "gone", "languages": []}, at="")
            return Answer(body=html, language=language, status=_GONE)
        mine = request.old_confirmed_at if self._is_old else request.confirmed_at
        context = {
            "kind": str(request.kind),
            "is_old": self._is_old,
            "address": shortened(request.address),
            "topics": titles(self.pages, request.choices, language),
            "frequency": str(request.choices.frequency),
            "confirmed": mine is not None,
            "done": request.done_at is not None,
        }
        return Answer(body=self.pages.fill("confirm", language, context, at=at), language=language)


def _is_complete(request: Request) -> bool:
    """Whether every address it takes has confirmed."""
    if request.confirmed_at is None:
        return False
    return request.kind is Kind.SUBSCRIBE or request.old_confirmed_at is not None
