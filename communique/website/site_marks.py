"""What pages say of an announcement or a release that holds no longer as it was published."""

from communique.correction import Correction, mark_of
from communique.language.formatting import direction
from communique.publication import Publication, Release
from communique.texts import markdown
from communique.website.site_contents import Context, Site
from communique.website.site_process import shown


def withdrawal_of(site: Site, item: Publication | Release) -> Context | None:
    """When and why it was taken back; None when it holds."""
    if item.retraction is None:
        return None
    reason, said_in = item.retraction.reason(item.language)
    return {"at": item.retraction.at.astimezone(site.settings.timezone), "reason": reason, "said_in": said_in}


def corrections_of(site: Site, item: Publication | Release) -> list[Context]:
    """The newest first."""
    return [_correction(site, item, each) for each in reversed(item.corrections)]


def _correction(site: Site, item: Publication | Release, correction: Correction) -> Context:
    """In the language of the page, or where that has none of its words in the one it was written in."""
    text, said_in = correction.said(item.language)
    at = correction.at.astimezone(site.settings.timezone)
    return {
        "mark": mark_of(correction.number),
        "at": at,
        "said_in": said_in,
        "dir": direction(said_in),
        "words": site.words.get(said_in, site.words[item.language])["correction"],
        "headline": text.headline,
        "wrong": text.wrong,
        "right": text.right,
        "more": shown(markdown.to_html(text.more)),
    }
