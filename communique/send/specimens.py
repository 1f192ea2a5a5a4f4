"""Specimens: mails as their readers will get them, to somebody who is to look at them. They stand in no ledger."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from communique.channel import Channel, ChannelError, Message, Recipient
from communique.occasion import Occasion
from communique.plan.samples import first_role, sample_recipient
from communique.problems import Problem
from communique.routes import Route
from communique.texts import addresses
from communique.texts.rendering import Addressee
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace

_MARK = "[TEST]"
#: Nobody has this number: links signed for it lead to pages that say so, and change nothing.
_NOBODY = "0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Where specimens go, and to whom they are written; an empty name stands for an invented one of each language."""

    address: str
    name: str = ""
    organisation: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Specimen:
    """What became of one."""

    channel: str
    language: str
    accepted: str = ""  #: the next system's words
    refused: str = ""  #: why it did not go
    problems: Sequence[Problem] = ()  #: of its text


def send_specimens(
    workspace: Workspace,
    channels: Mapping[str, Channel],
    occasion: Occasion,
    ways: Sequence[tuple[Route, str]],
    viewer: Viewer,
    now: datetime,
) -> Iterator[Specimen]:
    """One mail for each channel and language, with a Message-ID of its own, over the channel as it is set."""
    for route, language in ways:
        try:
            message = specimen(workspace, occasion, route, language, viewer, now)
            receipt = channels[route.name].send(message, lambda: None)
        except TemplateProblemError as error:
            yield Specimen(
                channel=route.name, language=language, refused="its text has problems", problems=error.problems
            )
        except ChannelError as error:
            yield Specimen(channel=route.name, language=language, refused=str(error))
        else:
            yield Specimen(channel=route.name, language=language, accepted=receipt.detail)


def specimen(
    workspace: Workspace, occasion: Occasion, route: Route, language: str, viewer: Viewer, now: datetime
) -> Message:
    """What a mail channel is to carry.

    Raises:
        TemplateProblemError: a text cannot be filled.
    """
    renderer = workspace.renderer
    recipient = Recipient(
        id=_NOBODY,
        address=viewer.address,
        name=viewer.name or sample_recipient(workspace.words, language).name,
        language=language,
        organisation=viewer.organisation,
    )
    addressee = Addressee(recipient=recipient, role=first_role(renderer, occasion, route))
    mail = renderer.mail(occasion, route, addressee, now)
    number = f"test-{secrets.token_hex(12)}"
    return Message(
        key=f"test/{occasion.name}/{route.name}/{language}/{number}",
        reference=f"{number}@{addresses.host_of(workspace.settings.public_address)}",
        created_at=now,
        language=language,
        content=replace(mail, subject=f"{_MARK} {mail.subject}"),
        recipient=recipient,
    )
