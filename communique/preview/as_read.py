"""An announcement as one person reads it: what preflight found, with mails and letters written to that person."""

from collections.abc import Mapping
from dataclasses import dataclass

from communique.channel import Channel, Form, Letter, Mail, Measure, Reach
from communique.occasion import Occasion
from communique.plan.findings import routes_and_languages
from communique.plan.preflight import Preflight
from communique.plan.samples import Sample, first_role, sample_letter
from communique.preview.readers import Reader
from communique.routes import SUBSCRIBERS, Route
from communique.texts.rendering import Addressee
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class AsRead:
    """By channel and language."""

    workspace: Workspace
    occasion: Occasion
    channels: Mapping[str, Channel]
    reader: Reader
    samples: Mapping[tuple[str, str], Sample]
    measures: Mapping[tuple[str, str], Measure]

    def route(self, channel: str) -> Route:
        """What the settings say of a channel."""
        return self.workspace.routes[channel]


def as_read(
    workspace: Workspace, channels: Mapping[str, Channel], occasion: Occasion, found: Preflight, reader: Reader
) -> AsRead:
    """A text that cannot be filled for this person is missing: preflight says what is wrong with it."""
    samples = dict(found.samples)
    for route, language in routes_and_languages(workspace, occasion):
        if route.reach is Reach.EACH and (route.name, language) in samples:
            try:
                samples[route.name, language] = _written(workspace, occasion, route, language, reader)
            except TemplateProblemError:
                del samples[route.name, language]
    return AsRead(
        workspace=workspace,
        occasion=occasion,
        channels=channels,
        reader=reader,
        samples=samples,
        measures=found.measures,
    )


def _written(workspace: Workspace, occasion: Occasion, route: Route, language: str, reader: Reader) -> Mail | Letter:
    renderer = workspace.renderer  # with the key: readers see the links by which they leave and answer
    role = SUBSCRIBERS if route.is_newsletter else reader.role or first_role(renderer, occasion, route)
    addressee = Addressee(recipient=reader.recipient(renderer.words, language), role=role)
    if route.form is not Form.LETTER:
        return renderer.mail(occasion, route, addressee, occasion.due_at)
    if reader.postal is None:
        return sample_letter(renderer, occasion, route, addressee)
    return renderer.letter(occasion, route, addressee, reader.postal, "0" * 8)
