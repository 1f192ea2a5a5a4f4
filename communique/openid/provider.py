"""The provider: what it says of itself (OpenID Connect Discovery 1.0), and the keys it signs with."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from communique.channel import Secret
from communique.settings.single_sign_on import OpenID

_WELL_KNOWN = "/.well-known/openid-configuration"
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_PATIENCE = 10  #: seconds, for a provider that says nothing
#: How long what it said is believed; and how often keys are asked for again because one is not known.
_FRESH, _KEYS_AGAIN = timedelta(hours=12), timedelta(minutes=1)
#: So long nobody else waits for a provider that somebody has just waited for in vain.
_AWAY = timedelta(seconds=10)


class OpenIDError(Exception):
    """Nobody was signed in. `reason` is a word for people, among the desk's notices; the message is for operators."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass
class Provider:
    """One provider; `session` makes what speaks HTTP to it."""

    settings: OpenID
    secret: Secret | None
    clock: Callable[[], datetime]
    session: Callable[..., OAuth2Session] = OAuth2Session
    _metadata: Mapping[str, Any] = field(default_factory=dict)
    _metadata_at: datetime | None = None
    _fault: OpenIDError | None = None  #: of the last time it was asked
    _fault_at: datetime | None = None
    _keys: KeySet | None = None
    _keys_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def metadata(self) -> Mapping[str, Any]:
        """Its discovery document.

        Raises:
            OpenIDError: there is none, or it is another's.
        """
        with self._lock:
            if self._is_fresh(self._metadata_at, _FRESH):
                return self._metadata
            if self._fault is not None and self._is_fresh(self._fault_at, _AWAY):
                raise self._fault
            try:
                self._metadata = self._checked(self.fetched(f"{self.settings.issuer.rstrip('/')}{_WELL_KNOWN}"))
            except OpenIDError as error:
                self._fault, self._fault_at = error, self.clock()
                raise
            self._metadata_at, self._keys, self._fault = self.clock(), None, None
            return self._metadata

    @property
    def known(self) -> Mapping[str, Any]:
        """What it said before, if it was asked; nothing is asked for it."""
        return self._metadata

    def keys(self, *, anew: bool = False) -> KeySet:
        """Its keys; `anew` when one of them is not known: a provider changes them as it likes.

        Raises:
            OpenIDError: they cannot be had.
        """
        address = str(self.metadata()["jwks_uri"])
        with self._lock:
            stale = anew and not self._is_fresh(self._keys_at, _KEYS_AGAIN)
            if self._keys is None or stale:
                found = self.fetched(address)
                try:
                    self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
                except (JoseError, KeyError, TypeError, ValueError) as error:
                    raise OpenIDError("openid_away", f"{address}: no keys: {error}") from error
                # Whoever asks for the first time may ask again at once.
                self._keys_at = self.clock() if stale else None
            return self._keys

    def opened(self, **arguments: Any) -> OAuth2Session:
        """A client of it.

        Raises:
            OpenIDError: its discovery document cannot be had.
        """
        methods = self.metadata().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return self._session(
            client_secret=self.secret.reveal() if self.secret else None,
            token_endpoint_auth_method=method if self.secret else "none",
            scope=" ".join(dict.fromkeys(("openid", *self.settings.scopes))),
            code_challenge_method="S256",
            **arguments,
        )

    def fetched(self, address: str, client: OAuth2Session | None = None) -> Mapping[str, Any]:
        """A document of JSON, as whoever `client` has a token of.

        Raises:
            OpenIDError: it cannot be had.
        """
        own = client or self._session()
        try:
            answer = own.request(
                "GET", address, withhold_token=client is None, timeout=_PATIENCE, allow_redirects=False
            )
            answer.raise_for_status()
            found = answer.json()
        except (RequestException, ValueError) as error:
            raise OpenIDError("openid_away", f"{address}: {error}") from error
        finally:
            if client is None:
                own.close()
        if not isinstance(found, dict):
            raise OpenIDError("openid_away", f"{address}: expected an object of JSON, found something else")
        return found

    def _session(self, **arguments: Any) -> OAuth2Session:
        made = self.session(client_id=self.settings.client_id, default_timeout=_PATIENCE, **arguments)
        made.trust_env = False  # a .netrc would add what we never meant to say
        made.verify = self.settings.ca_file or True
        return made

    def _is_fresh(self, at: datetime | None, span: timedelta) -> bool:
        """A clock that was put back makes nothing fresh for longer."""
        return at is not None and abs(self.clock() - at) < span

    def _checked(self, found: Mapping[str, Any]) -> Mapping[str, Any]:
        """Discovery 1.0, 4.3: it names itself as it was asked for; and nothing goes in clear."""
        issuer = self.settings.issuer
        if found.get("issuer") != issuer:
            message = f"expected the issuer `{issuer}`, found `{found.get('issuer')}`"
            raise OpenIDError("openid_away", f"{message}; write it in the settings exactly as the provider does")
        scheme = "https://" if issuer.startswith("https://") else ("https://", "http://")
        for name in (*_NEEDED, *(each for each in ("userinfo_endpoint", "end_session_endpoint") if each in found)):
            if not str(found.get(name, "")).startswith(scheme):
                raise OpenIDError("openid_away", f"{issuer}: expected an address for `{name}`, found {found.get(name)}")
        return found


def provider_of(
    settings: OpenID, find_secret: Callable[[str], Secret | None], clock: Callable[[], datetime]
) -> Provider:
    """Of the settings, with the secret that they name; nothing is asked yet."""
    return Provider(settings, find_secret(settings.client_secret) if settings.client_secret else None, clock)
