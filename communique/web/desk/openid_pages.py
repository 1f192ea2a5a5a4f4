"""Sign in by the town hall's own accounts: on to the provider (OpenID Connect), and back.

Coming back is a GET that acts, as OAuth has it: only for the browser that was sent, once, within ten minutes.
"""

import logging
import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import Connection

from communique.openid.journey import Identity, Journey
from communique.openid.provider import OpenIDError, Provider, provider_of
from communique.pace import Rate
from communique.settings.single_sign_on import Groups, OpenID
from communique.store.desk import journal, officer_identities, officers
from communique.store.desk.officers import Duty, Officer, TakenError
from communique.store.recipients import limits
from communique.texts import tokens
from communique.web.desk.asking import Ask, Reply, inside
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office

PATH = "sign-in/openid"  #: where the provider sends people back to: to be registered there
#: For one network: a town hall's whole staff is one.
_PER_NETWORK = Rate(100, timedelta(minutes=15))
_SCOPE = "desk-openid"
_SEE_OTHER, _FORBIDDEN, _GONE, _TOO_MANY, _UNAVAILABLE = 303, 403, 404, 429, 503
_STATUS = {"openid_away": _UNAVAILABLE}
_LONGEST_NAME = 200
_log = logging.getLogger(__name__)


@dataclass
class OpenIDPages:
    """`/sign-in/openid`."""

    office: Office
    pages: DeskPages
    _provider: Provider | None = field(default=None, init=False)

    def table(self) -> list[DeskPage]:
        """Its address."""
        return [DeskPage(path=PATH, show=self.come_back, act=self.set_out, is_open=True)]

    def set_out(self, ask: Ask) -> Reply:
        """On to the provider. By a page of ours: browsers hold redirects of a form against the policy of its page."""
        provider = self.provider
        if provider is None:
            return self._notice(ask, "openid_off", _GONE)
        now = self.office.clock()
        with self.office.database.begin() as connection:
            if not limits.count(connection, _SCOPE, self._network(ask), _PER_NETWORK, now):
                return replace(self._notice(ask, "openid_busy", _TOO_MANY), retry_after=_seconds(_PER_NETWORK.per))
        journey = self._journey(ask, provider, secrets.token_urlsafe(32))
        try:
            address = journey.address(self.pages.language(ask))
        except OpenIDError as error:
            return self._turned_away(ask, error)
        with self.office.database.begin() as connection:
            officer_identities.set_out(connection, journey.secret, inside(ask.visit.field("to")), now)
        body = self.pages.fill("onward.html", ask, {"address": address, "provider": provider.settings.name})
        return Reply(body=body, onward=journey.secret)

    def come_back(self, ask: Ask) -> Reply:
        """Signed in, if the provider vouches for somebody who works here."""
        provider, now = self.provider, self.office.clock()
        if provider is None:
            return self._notice(ask, "openid_off", _GONE)
        if not ask.onward:
            return self._notice(ask, "openid_strayed", _GONE)
        journey = self._journey(ask, provider, ask.onward)
        with self.office.database.begin() as connection:
            target = officer_identities.come_back(connection, ask.onward, now)
        if target is None:
            return self._turned_away(ask, OpenIDError("openid_strayed", "the browser is not expected, or not any more"))
        try:
            identity = journey.arrived(ask.visit.query)
            with self.office.database.begin() as connection:
                officer = self._officer(connection, identity, ask, provider.settings)
                officers.end_session(connection, ask.session)
                session = officers.begin_session(connection, officer, now)
                did = f"signed in at the desk by {provider.settings.name}"
                journal.note(connection, who=officer.name, what=did, now=now)
        except OpenIDError as error:
            return self._turned_away(ask, error)
        return Reply(status=_SEE_OTHER, location=inside(target), session=session, onward="")

    @property
    def provider(self) -> Provider | None:
        """As the settings are now; None where nobody signs in by one."""
        settings = self.office.settings.desk.openid if "openid" in self.office.ways_in else None
        if settings is None:
            self._provider = None
        elif self._provider is None or self._provider.settings != settings:
            self._provider = provider_of(settings, self.office.installation.find_secret, self.office.clock)
        return self._provider

    def _journey(self, ask: Ask, provider: Provider, secret: str) -> Journey:
        return Journey(provider=provider, secret=secret, key=self.office.key, back=f"{ask.origin}/{PATH}")

    def _officer(self, connection: Connection, identity: Identity, ask: Ask, settings: OpenID) -> Officer:
        """Who it is here.

        Raises:
            OpenIDError: nobody, or somebody else.
        """
        now = self.office.clock()
        known = officer_identities.officer_of(connection, identity.issuer, identity.subject)
        officer = known or officers.by_address(connection, identity.address)
        if (
            known is None
            and officer is not None
            and officer_identities.has_another(connection, officer, settings.issuer)
        ):
            raise OpenIDError("openid_another", f"{officer.name} signs in by another account with the same address")
        if settings.groups is not None:
            officer = self._by_groups(connection, officer, identity, settings.groups, ask)
        if officer is None:
            raise OpenIDError("openid_unknown", "nobody with this address works at the desk")
        if known is None:
            officer_identities.bind(connection, officer, identity.issuer, identity.subject, now)
            what = f"was recognised by an account of {settings.name}, which is theirs from now on"
            journal.note(connection, who=officer.name, what=what, now=now)
        return officer

    def _by_groups(
        self, connection: Connection, officer: Officer | None, identity: Identity, groups: Groups, ask: Ask
    ) -> Officer:
        """Somebody with the duties that their groups give them."""
        now = self.office.clock()
        duties = {Duty(each) for group in identity.groups for each in groups.duties.get(group, ())}
        if not duties:
            raise OpenIDError("openid_no_group", "none of their groups is among those of the settings")
        listed = ", ".join(sorted(duties))
        if officer is None:
            address, language = identity.address if "@" in identity.address else "", self.pages.language(ask)
            name = identity.name[:_LONGEST_NAME]
            try:
                made = officers.invite(connection, name, duties, address=address, language=language, now=now)
            except TakenError as error:
                raise OpenIDError("openid_taken", f"{error} works at the desk, or has") from error
            journal.note(connection, who=made.name, what=f"began at the desk by their groups as {listed}", now=now)
            return made
        is_last = Duty.OPERATOR in officer.duties and officers.count(connection, Duty.OPERATOR) == 1
        duties |= {Duty.OPERATOR} if is_last else set()
        if duties != officer.duties:
            officers.set_duties(connection, officer, duties)
            what = f"became {', '.join(sorted(duties))} at the desk by their groups"
            journal.note(connection, who=officer.name, what=what, now=now)
        return officer

    def _turned_away(self, ask: Ask, error: OpenIDError) -> Reply:
        """Operators read why in the log; people what they can do."""
        _log.warning("nobody was signed in by OpenID Connect: %s", error)
        return replace(self._notice(ask, error.reason, _STATUS.get(error.reason, _FORBIDDEN)), onward="")

    def _network(self, ask: Ask) -> str:
        network = ask.visit.network(self.office.settings.subscribing.proxies)
        return tokens.digests(_SCOPE, network, self.office.key)[0]

    def _notice(self, ask: Ask, name: str, status: int) -> Reply:
        return Reply(body=self.pages.fill("notice.html", ask, {"notice": name}), status=status)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
