"""Preferences: what somebody gets, how often and in which language, for whoever has the link of a mail to them."""

import secrets
from dataclasses import dataclass

from communique.store.recipients import limits, people, requests, subscribers, suppression_list
from communique.store.recipients.letters import LetterKind
from communique.store.recipients.people import AddressError, Person
from communique.store.recipients.requests import VALID, Kind, Request
from communique.subscription import How
from communique.texts import tokens
from communique.web.choice_fields import choice_fields, chosen
from communique.web.leave import person_of
from communique.web.masking import shortened
from communique.web.public_pages import PublicPages
from communique.web.route_table import Answer, PublicPage
from communique.web.subscribe_pages import ONCE_A_DAY, consent_text
from communique.web.visits import Visit

_GONE, _WRONG = 404, 422


@dataclass(frozen=True)
class PreferencePages:
    """`/preferences/TOKEN`, and `/preferences/TOKEN/address` to change the address."""

    pages: PublicPages

    def table(self) -> list[PublicPage]:
        """Their addresses."""
        return [
            PublicPage(path="preferences/{token}", show=self.show, act=self.act),
            PublicPage(path="preferences/{token}/address", show=self.show_address, act=self.act_address),
        ]

    def show(self, visit: Visit) -> Answer:
        """What is chosen now."""
        return self._page(visit, self._person(visit), saved=False)

    def act(self, visit: Visit) -> Answer:
        """Choose anew. Who has left stays away: only a confirmed subscription brings anybody back."""
        person = self._person(visit)
        if person is None:
            return self._page(visit, None, saved=False)
        with self.pages.database.begin() as connection:
            present = subscribers.choices_of(connection, person)
            choices = chosen(self.pages.workspace, visit, present)
            subscribers.choose(connection, person.id, choices, self.pages.clock())
        return self._page(visit, self._person(visit), saved=True)

    def show_address(self, visit: Visit) -> Answer:
        """A field for the new address."""
        person = self._person(visit)
        if person is not None and self._has_left(person):
            return self._page(visit, person, saved=False)
        return self._address_page(visit, person, address="", error="", sent=False)

    def act_address(self, visit: Visit) -> Answer:
        """Owe a mail to both addresses; nothing changes before both have confirmed. Who has left stays away."""
        person = self._person(visit)
        if person is None:
            return self._address_page(visit, None, address="", error="", sent=False)
        if self._has_left(person):
            return self._page(visit, person, saved=False)
        address = visit.address("email")
        try:
            key = people.address_key(address)
        except AddressError:
            error = "missing" if not address else "wrong"
            return self._address_page(visit, person, address=address, error=error, sent=False)
        self._ask(person, address, key)
        return self._address_page(visit, person, address="", error="", sent=True)

    def _ask(self, person: Person, address: str, key: str) -> None:
        """Once a day a person, and once a day for the new address, whatever else is asked with it."""
        now = self.pages.clock()
        mine, new = (
            tokens.digests(purpose, value, self.pages.key)[0]
            for purpose, value in (("person", str(person.id)), ("address", key))
        )
        with self.pages.database.begin() as connection:
            if not limits.count(connection, "person", mine, ONCE_A_DAY, now):
                return
            if not limits.count(connection, "address", new, ONCE_A_DAY, now):
                return
            choices = subscribers.choices_of(connection, person)
            wording = consent_text(self.pages, self.pages.language(choices.language, ()))
            request = Request(
                reference=secrets.token_hex(16),
                kind=Kind.CHANGE,
                address=address,
                address_key=key,
                person=person.id,
                how=How.FORM,
                choices=choices,
                wording=requests.digest_of(wording),
                asked_at=now,
                expires_at=now + VALID,
                confirmed_at=None,
                old_confirmed_at=None,
                done_at=None,
            )
            owed = {LetterKind.CHANGE_NEW: address, LetterKind.CHANGE_OLD: person.address}
            requests.ask(connection, request, owed, wording)

    def _has_left(self, person: Person) -> bool:
        """Whether nothing is mailed to them: then there is no address to change."""
        with self.pages.database.reading() as connection:
            return suppression_list.suppression(connection, person.address_key) is not None

    def _person(self, visit: Visit) -> Person | None:
        return person_of(self.pages, tokens.PREFERENCES, visit.token)

    def _language(self, visit: Visit, person: Person | None) -> str:
        own = person.language if person is not None else ""
        return self.pages.language(visit.query.get("language", ""), visit.languages, own)

    def _page(self, visit: Visit, person: Person | None, *, saved: bool) -> Answer:
        # After a choice of language, the page speaks the one that was chosen.
        language = person.language if saved and person is not None else self._language(visit, person)
        language = self.pages.language(language, ())
        if person is None:
            return self._gone(language)
        with self.pages.database.reading() as connection:
            choices = subscribers.choices_of(connection, person)
        context = {
            **choice_fields(self.pages.workspace, choices, language),
            "address": shortened(person.address),
            "saved": saved,
            "left": self._has_left(person),
            "links": {
                "address": self.pages.path(f"preferences/{visit.token}/address?language={language}"),
                "leave": self.pages.path(f"leave/{tokens.sign(tokens.LEAVE, str(person.id), self.pages.key)}"),
            },
        }
        html = self.pages.fill("preferences", language, context, at=f"preferences/{visit.token}")
        return Answer(body=html, language=language)

    def _address_page(self, visit: Visit, person: Person | None, *, address: str, error: str, sent: bool) -> Answer:
        language = self._language(visit, person)
        if person is None:
            return self._gone(language)
        back = self.pages.path(f"preferences/{visit.token}?language={language}")
        context = {"address": address, "present": shortened(person.address), "error": error, "sent": sent, "back": back}
        html = self.pages.fill("address", language, context, at=f"preferences/{visit.token}/address")
        return Answer(body=html, language=language, status=_WRONG if error else 200)

    def _gone(self, language: str) -> Answer:
        html = self.pages.fill("notice", language, {"notice": "gone", "languages": []}, at="")
        return Answer(body=html, language=language, status=_GONE)
