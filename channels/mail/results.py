"""What an outcome of the conversation means for the mail."""

from collections.abc import Mapping

from channels.mail.conversation import Step, Transaction
from channels.mail.envelope import Envelope
from channels.mail.replies import Reply, refusal
from channels.mail.server import Server
from communique.channel import ChannelError, PermanentError, Receipt, TemporaryError, UncertainError, phrase

_SUBJECTS: dict[Step, str] = {
    "MAIL": phrase("our sender address (MAIL FROM)"),
    "DATA": phrase("to take the mail (DATA)"),
    ".": phrase("the mail"),
}


def result_of(server: Server, transaction: Transaction) -> Receipt | ChannelError:
    """Of a mail that the server has answered for."""
    if transaction.accepted is not None:
        return Receipt(transaction.accepted.queue_id, "", str(transaction.accepted))  # by place: sooner than by name
    step, reply = transaction.refusal or (".", Reply(-1, ""))
    subject = _SUBJECTS.get(step, phrase("the recipient {address}", address=transaction.envelope.recipient))
    # LMTP answers for each recipient after the dot (RFC 2033 4.2).
    about_recipient = step == "RCPT" or (step, server.protocol) == (".", "lmtp")
    error = refusal(server, reply, subject, about_recipient=about_recipient, about_sender=step == "MAIL")
    error.server = server.host
    return error


def impossible(server: Server, features: Mapping[str, str], envelope: Envelope) -> PermanentError | None:
    """Why a server cannot carry a mail, by what it has said of itself."""
    limit = features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(envelope.data):
        # In kilobytes: what is told of a mail to thousands is to be one sentence, and names make them differ by bytes.
        return PermanentError(
            phrase(
                "The mail has {size:,} kB; the mail server {server} takes {limit:,} kB at most. Leave "
                "attachments out, or link to them; or ask its operator for a higher limit.",
                size=-(-len(envelope.data) // 1000),
                server=server,
                limit=int(limit) // 1000,
            )
        )
    if envelope.international and not ("smtputf8" in features and "8bitmime" in features):
        return PermanentError(
            phrase(
                "The address {recipient} has letters outside ASCII before the @, and the mail server "
                "{server} cannot carry such addresses (it does not offer SMTPUTF8). Ask the person for "
                "another address, or the operator for another server.",
                recipient=envelope.recipient,
                server=server,
            )
        )
    return None


def lost(server: Server, what: str) -> UncertainError:
    """The final dot was given, and the connection ended without an answer."""
    return UncertainError(
        phrase(
            "The mail server {server} had the whole mail, and its answer never came ({what}). It may have gone out.",
            server=server,
            what=what,
        )
    )


def broken_off(server: Server, what: str) -> TemporaryError:
    """The connection ended before the final dot."""
    return TemporaryError(
        phrase(
            "The mail server {server} {what} before it had the whole mail. It will be tried again.",
            server=server,
            what=what,
        )
    )
