"""Who comes to the desk: begin by a link that opens once, sign in, sign out, choose another password."""

from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote

from sqlalchemy import Connection

from communique.pace import Rate
from communique.store.desk import journal, officers
from communique.store.desk.officers import Duty, Officer, Opened
from communique.store.recipients import limits
from communique.texts import tokens
from communique.web.desk import passwords
from communique.web.desk.asking import Ask, Reply, inside
from communique.web.desk.desk_pages import LANGUAGES, DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office
from communique.web.desk.openid_pages import OpenIDPages

#: Wrong answers at one name, and from one network: whoever guesses gets nowhere, whoever mistypes gets in.
_PER_NAME, _PER_NETWORK = Rate(10, timedelta(minutes=15)), Rate(50, timedelta(minutes=15))
#: Mails with a link, to one person and for one network.
_MAILS_PER_NAME, _MAILS_PER_NETWORK = Rate(3, timedelta(minutes=15)), Rate(20, timedelta(hours=1))
_SCOPE_MAIL = "desk-mail"
_SCOPE_NAME, _SCOPE_NETWORK = "desk-name", "desk-network"
_SEE_OTHER, _GONE, _WRONG, _TOO_MANY = 303, 404, 422, 429
_LONGEST_NAME = 200


@dataclass(frozen=True)
class SignInPages:
    """`/sign-in`, `/sign-in-link`, `/begin/TOKEN`, `/sign-out`, `/password`, `/language`."""

    office: Office
    pages: DeskPages
    openid: OpenIDPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path="sign-in", show=self.show_sign_in, act=self.sign_in, is_open=True),
            DeskPage(path="sign-in-link", act=self.ask_for_link, is_open=True),
            DeskPage(path="begin/{token}", show=self.show_begin, act=self.begin, is_open=True),
            DeskPage(path="sign-out", act=self.sign_out),
            DeskPage(path="password", show=self.show_password, act=self.change_password),
            DeskPage(path="language", act=self.change_language),
        ]

    def show_sign_in(self, ask: Ask) -> Reply:
        """The form; whoever is signed in goes on."""
        if ask.officer is not None:
            return Reply(status=_SEE_OTHER, location="/")
        return self._sign_in_page(ask)

    def sign_in(self, ask: Ask) -> Reply:
        """By name (or address) and password."""
        if "password" not in self.office.ways_in:
            return self._sign_in_page(ask, error="no_passwords", status=_WRONG)
        name, password = ask.visit.field("name", _LONGEST_NAME), _password(ask, "password")
        now = self.office.clock()
        if not self._may_try(ask, name):
            return self._sign_in_page(ask, error="too_many", status=_TOO_MANY)
        with self.office.database.reading() as connection:
            found = officers.by_name(connection, name)
        fits = passwords.fits(password, found.password if found is not None else "")
        renewed = passwords.hashed(password) if found and fits and passwords.is_outdated(found.password) else ""
        with self.office.database.begin() as connection:
            if found is None or not fits:
                return self._sign_in_page(ask, error="wrong_password", status=_WRONG)
            self._take_back(connection, ask, name)
            if renewed:
                officers.set_password(connection, found, renewed)
            session = officers.begin_session(connection, found, now)
            journal.note(connection, who=found.name, what="signed in at the desk", now=now)
        return Reply(status=_SEE_OTHER, location=inside(ask.visit.field("to")), session=session)

    def ask_for_link(self, ask: Ask) -> Reply:
        """A link to the mailbox of whoever the name or address stands for. The answer is the same for nobody."""
        name, now = ask.visit.field("name", _LONGEST_NAME), self.office.clock()
        if "link" not in self.office.ways_in:
            return self._sign_in_page(ask)
        with self.office.database.begin() as connection:
            counted = [limits.count(connection, *each, now) for each in self._mail_counters(connection, ask, name)]
            found = officers.by_name(connection, name) if all(counted) else None
            if found is not None and found.address:
                officers.link(connection, found, officers.MAILED_FOR, now, is_mailed=True)
                journal.note(connection, who=found.name, what="was mailed a link to sign in at the desk", now=now)
        return Reply(body=self.pages.fill("notice.html", ask, {"notice": "link_mailed"}))

    def sign_out(self, ask: Ask) -> Reply:
        """The session ends here and in the ledger."""
        with self.office.database.begin() as connection:
            officers.end_session(connection, ask.session)
        return Reply(status=_SEE_OTHER, location="/sign-in?said=signed_out", session="")

    def show_begin(self, ask: Ask) -> Reply:
        """Who opens the link, and what they are asked for. Nothing is used up by looking: mail scanners look."""
        return self._begin_page(ask, self._opened(ask))

    def begin(self, ask: Ask) -> Reply:
        """Use the link: be somebody, with a password, and signed in."""
        now, opened = self.office.clock(), self._opened(ask)
        if opened is None:
            return self._begin_page(ask, opened)
        name, password = ask.visit.field("name", _LONGEST_NAME), _password(ask, "password")
        is_needed = self._needs_password(opened)
        if opened.officer is None and not name:
            return self._begin_page(ask, opened, error="no_name")
        if (is_needed or password) and (error := _fault(password, opened.officer.name if opened.officer else name)):
            return self._begin_page(ask, opened, error=error)
        hashed = passwords.hashed(password) if password and "password" in self.office.ways_in else ""
        with self.office.database.begin() as connection:
            # Asked again, now that nobody else can write.
            opened = officers.use_link(connection, self._reference(ask), now)
            if opened is None:
                return self._begin_page(ask, opened)
            officer = opened.officer or officers.invite(
                connection, name, list(Duty), language=self.pages.language(ask), now=now
            )
            if hashed:
                officers.set_password(connection, officer, hashed)
            session = officers.begin_session(connection, officer, now)
            did = "began as the first officer of the desk" if opened.officer is None else "opened a one-time link"
            journal.note(connection, who=officer.name, what=did, now=now)
        return Reply(status=_SEE_OTHER, location="/", session=session)

    def show_password(self, ask: Ask) -> Reply:
        """The form for another password."""
        return Reply(body=self.pages.fill("password.html", ask, {}))

    def change_password(self, ask: Ask) -> Reply:
        """Every session ends, and this browser has a new one."""
        now, who = self.office.clock(), ask.who
        if "password" not in self.office.ways_in:
            return self._password_page(ask, "no_passwords", _WRONG)
        if not self._may_try(ask, who.name):
            return self._password_page(ask, "too_many", _TOO_MANY)
        if who.password and not passwords.fits(_password(ask, "present"), who.password):
            return self._password_page(ask, "wrong_password", _WRONG)
        with self.office.database.begin() as connection:
            self._take_back(connection, ask, who.name)
        if error := _fault(_password(ask, "password"), who.name):
            return self._password_page(ask, error, _WRONG)
        hashed = passwords.hashed(_password(ask, "password"))
        with self.office.database.begin() as connection:
            officers.set_password(connection, who, hashed)
            session = officers.begin_session(connection, who, now)
            journal.note(connection, who=who.name, what="chose another password for the desk", now=now)
        return Reply(status=_SEE_OTHER, location="/?said=password", session=session)

    def change_language(self, ask: Ask) -> Reply:
        """Of the pages, from now on."""
        language = ask.visit.field("language")
        if language in LANGUAGES:
            with self.office.database.begin() as connection:
                officers.set_language(connection, ask.who, language)
        return Reply(status=_SEE_OTHER, location=inside(ask.visit.field("to")))

    def _may_try(self, ask: Ask, name: str) -> bool:
        """Whether a password may be tried. It counts from then on: what comes meanwhile is to find it counted."""
        with self.office.database.reading() as connection:  # who floods waits for no writer, and no writer for them
            if self._is_shut(connection, ask, name):
                return False
        with self.office.database.begin() as connection:
            if self._is_shut(connection, ask, name):
                return False
            for each in self._counters(connection, ask, name):
                limits.count(connection, *each, self.office.clock())
        return True

    def _is_shut(self, connection: Connection, ask: Ask, name: str) -> bool:
        now = self.office.clock()
        return any(limits.reached(connection, *each, now) for each in self._counters(connection, ask, name))

    def _take_back(self, connection: Connection, ask: Ask, name: str) -> None:
        """It was right."""
        for each in self._counters(connection, ask, name):
            limits.take_back(connection, *each, self.office.clock())

    def _counters(self, connection: Connection, ask: Ask, name: str) -> list[tuple[str, str, Rate]]:
        """What wrong answers are counted under: keyed hashes, one of whoever the name stands for."""
        found = officers.by_name(connection, name)
        who = str(found.id) if found is not None else f"nobody {name.casefold()}"
        network = ask.visit.network(self.office.settings.subscribing.proxies)
        return [
            (_SCOPE_NAME, tokens.digests(_SCOPE_NAME, who, self.office.key)[0], _PER_NAME),
            (_SCOPE_NETWORK, tokens.digests(_SCOPE_NETWORK, network, self.office.key)[0], _PER_NETWORK),
        ]

    def _mail_counters(self, connection: Connection, ask: Ask, name: str) -> list[tuple[str, str, Rate]]:
        """What mails are counted under: whoever the name stands for, and the network that asks."""
        who, network = (key for _, key, _ in self._counters(connection, ask, name))
        return [(_SCOPE_MAIL, who, _MAILS_PER_NAME), (_SCOPE_MAIL, network, _MAILS_PER_NETWORK)]

    def _opened(self, ask: Ask) -> Opened | None:
        """What the link opens; a mailed one only where people sign in by mail."""
        with self.office.database.reading() as connection:
            opened = officers.opened_by(connection, self._reference(ask), self.office.clock())
        return None if opened is not None and opened.is_mailed and "link" not in self.office.ways_in else opened

    def _reference(self, ask: Ask) -> str:
        return tokens.verify(tokens.DESK, ask.visit.token, self.office.key) or ""

    def _needs_password(self, opened: Opened) -> bool:
        """Whoever reads the officer's mail can sign in by it again."""
        if "password" not in self.office.ways_in:
            return False
        return opened.officer is None or not (opened.officer.password or opened.is_mailed)

    def _provider(self) -> dict[str, str]:
        """What the sign-in page says of it; nothing is asked for that."""
        provider = self.openid.provider
        if provider is None:
            return {}
        leave = str(provider.known.get("end_session_endpoint", ""))
        mark = "&" if "?" in leave else "?"
        client = quote(provider.settings.client_id)
        return {"name": provider.settings.name, "leave": f"{leave}{mark}client_id={client}" if leave else ""}

    def _sign_in_page(self, ask: Ask, error: str = "", status: int = 200) -> Reply:
        context = {
            "to": ask.visit.field("to") or ask.visit.query.get("to", ""),
            "name": ask.visit.field("name", _LONGEST_NAME),
            "error": error,
            "is_over": ask.has_ended,
            "provider": self._provider(),
            "said": "signed_out" if ask.visit.query.get("said") == "signed_out" else "",
        }
        wait = int(_PER_NAME.per.total_seconds()) if status == _TOO_MANY else 0
        return Reply(body=self.pages.fill("sign-in.html", ask, context), status=status, retry_after=wait)

    def _begin_page(self, ask: Ask, opened: Opened | None, error: str = "") -> Reply:
        if opened is None:
            return Reply(body=self.pages.fill("notice.html", ask, {"notice": "link_used"}), status=_GONE)
        if opened.officer is not None:
            ask = replace(ask, language=opened.officer.language)
        context = {
            "opened": opened.officer,
            "name": ask.visit.field("name", _LONGEST_NAME),
            "needs_password": self._needs_password(opened),
            "shortest": passwords.SHORTEST,
            "error": error,
        }
        return Reply(body=self.pages.fill("begin.html", ask, context), status=_WRONG if error else 200)

    def _password_page(self, ask: Ask, error: str, status: int) -> Reply:
        return Reply(body=self.pages.fill("password.html", ask, {"error": error}), status=status)


def invitation(connection: Connection, office: Office, officer: Officer | None) -> str:
    """A link by which somebody begins; None: the first of all."""
    reference = officers.link(connection, officer, officers.INVITED_FOR, office.clock())
    return office.link(reference)


def _password(ask: Ask, name: str) -> str:
    """As it was typed: spaces count."""
    return (ask.visit.form.get(name) or [""])[0][: passwords.LONGEST + 1]


def _fault(password: str, name: str) -> str:
    """Why a password will not do: a word of `errors`. Its length counts, and no kinds of signs (NIST SP 800-63B)."""
    if len(password) < passwords.SHORTEST:
        return "short_password"
    if len(password) > passwords.LONGEST:
        return "long_password"
    return "own_name" if name.casefold() in password.casefold() else ""
