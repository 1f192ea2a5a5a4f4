"""The provider at which officers sign in: whether it answers, is who the settings say, and has keys."""

from communique.doctor.finding import Finding, ok, problem
from communique.openid.provider import OpenIDError, Provider
from communique.phrase import phrase


def provider(asked: Provider) -> Finding:
    """Nobody is signed in for it."""
    check, settings = phrase("sign-in"), asked.settings
    if settings.client_secret and asked.secret is None:
        found = phrase(
            "expected the secret of the provider in {client_secret}, found none", client_secret=settings.client_secret
        )
        return problem(
            check, found, phrase("Set {client_secret}, or {client_secret}_FILE.", client_secret=settings.client_secret)
        )
    try:
        asked.metadata()
        keys = asked.keys()
    except OpenIDError as error:
        return problem(
            check, str(error), phrase("Until that is mended, nobody signs in by the town hall's own accounts.")
        )
    if not any(True for _ in keys):
        return problem(
            check,
            phrase("{issuer} has no keys", issuer=settings.issuer),
            phrase("Ask those who look after the provider."),
        )
    return ok(check, phrase("{issuer} answers, and has keys", issuer=settings.issuer))
