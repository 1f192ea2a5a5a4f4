"""Whether who reads a newsletter can leave it: by a click in the mail program (RFC 8058), and by a link in sight."""

from collections.abc import Iterator
from email.message import Message as Headers
from email.parser import BytesHeaderParser

from communique.channel import Channel, ChannelError, Message, Secret, Written
from communique.occasion import Occasion
from communique.phrase import as_phrase, phrase
from communique.problems import Problem
from communique.routes import SUBSCRIBERS, Route
from communique.texts.rendering import Addressee
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace

CODE = "no-way-to-leave"
#: RFC 8058 4: what a signature must cover.
_SIGNED = ("list-unsubscribe", "list-unsubscribe-post")
#: Signs links of mails that nobody gets: those of samples have none.
_KEY = Secret("a key for the links of samples, which open nothing")


def check_leaving(
    workspace: Workspace, occasion: Occasion, route: Route, channel: Channel | None, sample: Message
) -> Iterator[Problem]:
    """Of a newsletter's sample; nothing of other channels."""
    if not route.is_newsletter or sample.recipient is None:
        return
    renderer = workspace.renderer_with(_KEY)
    try:
        mail = renderer.mail(occasion, route, Addressee(recipient=sample.recipient, role=SUBSCRIBERS), occasion.due_at)
    except TemplateProblemError as error:  # what stands around the link cannot be filled
        yield from error.problems
        return
    for layout, words in (("mail.html", mail.html), ("mail.txt", mail.text)):
        if mail.unsubscribe_url not in words:
            message = phrase("expected a link by which subscribers leave, found none in their mail")
            hint = phrase("Put `{{ unsubscribe_url }}` into it, as the layout that Communiqué ships does.")
            yield Problem(code=CODE, message=message, hint=hint, file=f"templates/layouts/{layout}", line=1, column=1)
    if isinstance(channel, Written):
        for fault in header_faults(channel, sample):
            hint = phrase(
                "Large providers ask for leaving by one click: let the channel write these headers (RFC 8058)."
            )
            yield Problem(
                code=CODE,
                message=phrase("{name}: {fault}", name=route.name, fault=as_phrase(fault)),
                hint=hint,
                file="config/settings.yaml",
            )


def header_faults(channel: Written, message: Message) -> Iterator[str]:
    """What RFC 8058 asks of the headers of a newsletter, and is not there: one sentence each."""
    try:
        headers = BytesHeaderParser().parsebytes(channel.written(message))
    except ChannelError:  # why it cannot be carried at all is said elsewhere
        return
    ways = str(headers.get("List-Unsubscribe", ""))
    if "<https://" not in ways:
        yield phrase("expected an https address in `List-Unsubscribe`, found {ways}", ways=ways or phrase("none"))
    if headers.get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click":
        found = headers.get("List-Unsubscribe-Post", phrase("none"))
        yield phrase("expected `List-Unsubscribe-Post: List-Unsubscribe=One-Click`, found {found}", found=found)
    yield from _unsigned(headers)


def _unsigned(headers: Headers) -> Iterator[str]:
    """Who signs here must sign these; whether a relay does cannot be seen."""
    for signature in headers.get_all("DKIM-Signature", []):
        tags = dict(tag.strip().partition("=")[::2] for tag in str(signature).split(";"))
        covered = {name.strip().lower() for name in tags.get("h", "").split(":")}
        if missing := [name for name in _SIGNED if name not in covered]:
            yield phrase(
                "expected a signature over {signed}, found one without {missing}",
                signed=", ".join(_SIGNED),
                missing=", ".join(missing),
            )
