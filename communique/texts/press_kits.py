"""Releases as they are on the website: for everybody, once their embargo is over."""

from datetime import datetime

from communique.occasion import Occasion
from communique.publication import Release
from communique.routes import Route
from communique.texts import addresses
from communique.texts.articles import write_article
from communique.texts.releases import embargo_of, release_of
from communique.texts.rendering import Renderer


def release(renderer: Renderer, occasion: Occasion, route: Route, language: str, now: datetime) -> Release:
    """A release that goes out now (UTC), as anybody may read it later: what was under embargo is so no more.

    Raises:
        TemplateProblemError: something is missing or wrong, with its place.
    """
    facts = renderer.facts
    (wording,) = renderer.wordings(occasion, route, language)
    _, context = renderer.headline(occasion, route, language)
    words = renderer.words.of(language)
    form = release_of(occasion, facts.almanac, facts.settings, language, words, has_site=False)
    form["release"]["embargo"] = {}
    article = write_article(renderer.templates, wording, {**context, **form})
    campaign, name = occasion.campaign, occasion.announcement
    embargo = embargo_of(occasion, facts.almanac)
    return Release(
        campaign=campaign.campaign,
        announcement=name,
        occurrence=occasion.occurrence,
        language=language,
        about=campaign.announcements[name].about or name,
        headline=article.headline,
        summary=article.summary,
        html=article.html,
        text=article.text,
        path=addresses.release_path(language, campaign.campaign, name, occasion.occurrence),
        published_at=max(now, embargo) if embargo else now,
        picture=article.image,
    )
