"""Pictures of pages, small enough for a document."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, ViewportSize, expect

WIDE = ViewportSize(width=1280, height=900)
_FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_GAP, _BETWEEN = 20, (208, 212, 218)
_MOST_MS = 600_000
_COLOURS = 128  #: pages have few, and the files are half as large


@dataclass(frozen=True)
class Photographer:
    """Looks at pages of one address, and writes into docs/pictures."""

    browser: Browser
    address: str
    cookies: Mapping[str, str] = field(default_factory=dict)

    def one(self, name: str, path: str, screen: ViewportSize) -> None:
        """The upper part of one page."""
        _keep(name, self._taken(path, screen))

    def pair(self, name: str, path: str, most: int, width: int = 640) -> None:
        """A page in English and Arabic side by side, down to `most` pixels; the address says `{language}`."""
        both = [self._whole(path.format(language=language), width) for language in ("en", "ar")]
        height = min(most, *(each.height for each in both))
        made = Image.new("RGB", (2 * width + _GAP, height), _BETWEEN)
        for number, each in enumerate(both):
            made.paste(each.crop((0, 0, width, height)), (number * (width + _GAP), 0))
        _keep(name, made)

    def _whole(self, path: str, width: int) -> Image.Image:
        return self._taken(path, ViewportSize(width=width, height=900), full_page=True)

    def _taken(self, path: str, screen: ViewportSize, *, full_page: bool = False) -> Image.Image:
        context = self.browser.new_context(viewport=screen)
        host = urlsplit(self.address).hostname or ""
        context.add_cookies([{"name": n, "value": v, "domain": host, "path": "/"} for n, v in self.cookies.items()])
        page = context.new_page()
        answer = page.goto(self.address + path)
        assert answer is None or answer.ok, f"{path}: {answer.status}"
        # The desk shows itself before its texts are checked.
        expect(page.locator(".sign.unchecked")).to_have_count(0, timeout=_MOST_MS)
        taken = Image.open(io.BytesIO(page.screenshot(full_page=full_page))).convert("RGB")
        context.close()
        return taken


def _keep(name: str, picture: Image.Image) -> None:
    few = picture.quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(_FOLDER / f"{name}.png", optimize=True)
    print(f"docs/pictures/{name}.png")  # noqa: T201 - a command says what it has made
