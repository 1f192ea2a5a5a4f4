"""Somebody on their way to the provider and back: where they are sent, and who they turn out to be.

What ties an answer to the browser that was sent (`state`), to its token (`nonce`), and the code to us (PKCE's verifier)
is derived from one secret that only that browser has: nothing of it has to be kept here.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jws import JWSRegistry
from requests import RequestException

from communique.channel import Secret
from communique.openid.provider import OpenIDError, Provider
from communique.texts import tokens

#: By keys that only the provider has: whoever knows the client's secret could sign by HS256, and anybody by `none`.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_LEEWAY = 60  #: seconds by which clocks may differ


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """Whom a provider vouches for: for good by issuer and subject, and by what it says of them today."""

    issuer: str
    subject: str
    address: str
    name: str
    groups: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Journey:
    """Of one browser: `secret` is what it alone has, `back` where the provider sends it."""

    provider: Provider
    secret: str
    key: Secret
    back: str

    @property
    def state(self) -> str:
        """What the answer has to carry."""
        return self._derived("state")

    def address(self, languages: str) -> str:
        """Where the browser goes; the provider speaks one of the languages, if it can.

        Raises:
            OpenIDError: the provider cannot be asked.
        """
        metadata = self.provider.metadata()
        with self.provider.opened(redirect_uri=self.back) as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=self.state,
                nonce=self._derived("nonce"),
                code_verifier=self._derived("verifier"),
                ui_locales=languages,
            )
        return str(address)

    def arrived(self, answer: Mapping[str, str]) -> Identity:
        """Whom the provider's answer, the query of the address it sent the browser to, is about.

        Raises:
            OpenIDError: about nobody whom we can believe to be who they say.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), self.state.encode()):
            raise OpenIDError("openid_strayed", "the state is not the one this browser was sent with")
        metadata = self.provider.metadata()
        issuer, named = self.provider.settings.issuer, answer.get("iss")
        if named != issuer and (named is not None or metadata.get("authorization_response_iss_parameter_supported")):
            raise OpenIDError("openid_distrusted", f"the answer comes from `{named}` (RFC 9207)")
        if "error" in answer:
            raise OpenIDError("openid_refused", f"the provider says `{answer['error'][:100]}`")
        with self.provider.opened(redirect_uri=self.back) as client:
            try:
                token = client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=answer.get("code", ""),
                    code_verifier=self._derived("verifier"),
                    allow_redirects=False,
                )
            except OAuthError as error:
                raise OpenIDError("openid_strayed", f"the code was not taken: {error.error}") from error
            except (RequestException, ValueError) as error:
                raise OpenIDError("openid_away", f"{metadata['token_endpoint']}: {error}") from error
            claims = self._verified(token)
            return self._identity({**self._more(client, claims), **claims})

    def _verified(self, token: Mapping[str, Any]) -> Mapping[str, Any]:
        """The claims of an ID token (Core 1.0, 3.1.3.7)."""
        settings, written = self.provider.settings, token.get("id_token")
        if not isinstance(written, str):
            raise OpenIDError("openid_distrusted", "expected an id_token beside the access token, found none")
        try:
            try:
                found = self._decoded(written)
            except (InvalidKeyIdError, BadSignatureError):
                found = self._decoded(written, anew=True)
            options = {"iss": {"value": settings.issuer}, "aud": {"value": settings.client_id}}
            known = {
                "nonce": self._derived("nonce"),
                "client_id": settings.client_id,
                "access_token": token.get("access_token"),
            }
            claims = CodeIDToken(found.claims, found.header, options, known)
            claims.validate(now=int(self.provider.clock().timestamp()), leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise OpenIDError("openid_distrusted", f"the id_token cannot be believed: {error}") from error
        return dict(claims)

    def _decoded(self, written: str, *, anew: bool = False) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        return jwt.decode(written, key=self.provider.keys(anew=anew), registry=registry)

    def _more(self, client: Any, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """What it says of the person elsewhere, if the ID token does not say it: of the same one (Core 1.0, 5.3.2)."""
        settings, address = self.provider.settings, self.provider.metadata().get("userinfo_endpoint")
        wanted = {settings.person, *(() if settings.trusts_email else ("email_verified",))}
        wanted |= {settings.groups.claim, "name"} if settings.groups else set()
        if address is None or wanted <= claims.keys():
            return {}
        found = self.provider.fetched(address, client)
        if found.get("sub") != claims["sub"]:
            raise OpenIDError("openid_distrusted", "its userinfo is about somebody else")
        return found

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        settings = self.provider.settings
        address = claims.get(settings.person)
        if not isinstance(address, str) or not address.strip():
            raise OpenIDError("openid_unknown", f"expected a claim `{settings.person}` with an address, found none")
        if not settings.trusts_email and claims.get("email_verified") is not True:
            raise OpenIDError("openid_unverified", "`email_verified` is not true")
        groups = claims.get(settings.groups.claim, []) if settings.groups else []
        return Identity(
            issuer=settings.issuer,
            subject=str(claims["sub"]),
            address=address.strip(),
            name=" ".join(str(claims.get("name") or address).split()),
            groups=frozenset(map(str, groups if isinstance(groups, list) else [groups])),
        )

    def _derived(self, purpose: str) -> str:
        return tokens.digests(f"openid-{purpose}", self.secret, self.key)[0]
