"""What the page of an announcement offers besides its text: the spot to listen to, the video, the infographic."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from communique.channel import Form
from communique.language.formatting import file_size, locale_of
from communique.publication import Product, Publication
from communique.website.site_contents import Context, Site

#: By ending: as pages name it, its media type, and what it is to them.
_FORMATS = {
    ".mp3": ("MP3", "audio/mpeg", "recording"),
    ".ogg": ("Opus", "audio/ogg", "recording"),
    ".mp4": ("MP4", "video/mp4", "film"),
    ".vtt": ("WebVTT", "text/vtt", "captions"),
    ".png": ("PNG", "image/png", "picture"),
    ".svg": ("SVG", "image/svg+xml", "outlines"),
    ".pdf": ("PDF", "application/pdf", "poster"),
}
#: In the order in which pages show them.
_NAMES = {Form.VIDEO: "video", Form.SCRIPT: "radio", Form.INFOGRAPHIC: "infographic"}


def products_of(site: Site, item: Publication, at: str) -> list[Context]:
    """What has been made of it, and holds still."""
    found = sorted(_offered(site, item), key=lambda each: list(_NAMES).index(each.form))
    return [_shown(site, item, each, at) for each in found]


def product_copies(site: Site, language: str) -> Iterator[tuple[str, Path]]:
    """Where files of other channels are on the website, and where they lie."""
    for item in site.said(language):
        for product in _offered(site, item):
            yield from ((item.path + name, source) for name, source in product.files.items())


def outdated_files(site: Site, item: Publication) -> Iterator[str]:
    """Where files of it were on the website that say what no longer holds."""
    offered = {item.path + name for product in _offered(site, item) for name in product.files}
    made = (item.path + name for product in _made(site, item) for name in product.files)
    yield from (path for path in made if path not in offered)


def _offered(site: Site, item: Publication) -> Iterator[Product]:
    """A withdrawn announcement has nothing to offer; what was made before it was corrected says what it said then."""
    if item.retraction is None:
        corrected = item.updated_at > item.published_at
        yield from (each for each in _made(site, item) if not (corrected and each.made_at < item.updated_at))


def _made(site: Site, item: Publication) -> Iterator[Product]:
    return (each for each in site.products if _identity(each) == _identity(item))


def _identity(of: Product | Publication) -> tuple[str, str, str, str]:
    return of.campaign, of.announcement, of.occurrence, of.language


def _shown(site: Site, item: Publication, product: Product, at: str) -> Context:
    locale = locale_of(item.language, site.settings.locales)
    shown: Context = {"kind": _NAMES[product.form], "files": [], **_said(product)}
    for name, source in product.files.items():
        format_name, media_type, part = _FORMATS[PurePosixPath(name).suffix]
        file = {
            "link": site.link(item.path + name, at),
            "name": format_name,
            "media_type": media_type,
            "size": file_size(source.stat().st_size, locale),
        }
        shown[part] = file
        if part != "picture" or product.form is Form.INFOGRAPHIC:
            shown["files"].append(file)
    return shown


def _said(product: Product) -> Context:
    """Its words, as the ledger keeps them."""
    said, by_a_person = product.said, False
    if product.form is Form.SCRIPT:
        heard = [spot for spot in said["spots"] if _is_heard(spot, product.files)]
        text = heard[-1]["written"] if heard else ""
        by_a_person = bool(heard and heard[-1].get("by_a_person"))
    else:
        text = said["text"]
    picture = said.get("image") or {}
    shown = {name: picture[name] for name in ("alt", "width", "height") if name in picture}
    paragraphs = [each.strip() for each in text.split("\n\n") if each.strip()]
    return {"paragraphs": paragraphs, "by_a_person": by_a_person, **shown}


def _is_heard(spot: Mapping[str, object], files: Mapping[str, Path]) -> bool:
    return any(PurePosixPath(name).stem.endswith(f"-{spot['seconds']}") for name in files)
