"""The provider at which officers sign in: whether it answers, is who the settings say, and has keys."""

from communique.doctor.finding import Finding, ok, problem
from communique.openid.provider import OpenIDError, Provider


def provider(asked: Provider) -> Finding:
    """Nobody is signed in for it."""
    check, settings = "sign-in", asked.settings
    if settings.client_secret and asked.secret is None:
        found = f"expected the secret of the provider in {settings.client_secret}, found none"
        return problem(check, found, f"Set {settings.client_secret}, or {settings.client_secret}_FILE.")
    try:
        asked.metadata()
        keys = asked.keys()
    except OpenIDError as error:
        return problem(check, str(error), "Until that is mended, nobody signs in by the town hall's own accounts.")
    if not any(True for _ in keys):
        return problem(check, f"{settings.issuer} has no keys", "Ask those who look after the provider.")
    return ok(check, f"{settings.issuer} answers, and has keys")
