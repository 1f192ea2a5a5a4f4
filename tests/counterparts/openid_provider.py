"""A certified OpenID provider (npm `oidc-provider`) on loopback: anybody may be anybody, and it lies on demand."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import httpx

from tests.counterparts import node
from tests.counterparts.presence import require

CLIENT, SECRET = "desk", "between-the-desk-and-its-provider"


@dataclass(frozen=True)
class OpenIDProvider:
    """It says who somebody is: whoever they say they are."""

    issuer: str
    _browsers: dict[str, httpx.Client] = field(default_factory=dict)  #: by who is signed in there

    def tell(self, **wish: Any) -> None:
        """`accounts`, `key` (its kid), `settings`, `lie`: see the script. Without `lie` it is honest again."""
        httpx.post(f"{self.issuer}/test", json=wish, timeout=60).raise_for_status()

    def lets_back_to(self, address: str) -> None:
        """Where it may send people."""
        client = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [address],
            "response_types": ["code"],
            "grant_types": ["authorization_code"],
        }
        self.tell(settings={"issuer": self.issuer, "client": client, "conform": False})

    def sign_in(self, address: str, name: str) -> str:
        """Go there as a browser does, be somebody, and come to where the provider sends us: the address back."""
        alone = httpx.Limits(max_keepalive_connections=0)  # one that waits may just be closing when it is used again
        browser = self._browsers.setdefault(name, httpx.Client(timeout=60, verify=False, limits=alone))
        answer = browser.get(address)
        while True:
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if not target.startswith(self.issuer):
                    return target
                answer = browser.get(target)
            else:
                found = re.search(r'<form[^>]+action="([^"]+)"', answer.text)
                assert found, answer.text
                form = {"prompt": "login", "login": name, "password": "anything"}
                answer = browser.post(urljoin(str(answer.url), found[1]), data=form)

    def close(self) -> None:
        """Close the browsers."""
        while self._browsers:
            self._browsers.popitem()[1].close()


@contextmanager
def running_openid_provider() -> Iterator[OpenIDProvider]:
    """Start it, and stop it."""
    require(node.is_installed(), "The OpenID provider is not there: run `make counterparts`.")
    process = subprocess.Popen(
        node.command("openid_provider.mjs"), cwd=node.FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    with process:
        try:
            provider = OpenIDProvider(json.loads(process.stdout.readline())["issuer"])
            try:
                yield provider
            finally:
                provider.close()
        finally:
            process.terminate()
