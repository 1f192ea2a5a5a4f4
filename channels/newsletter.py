"""E-mail to subscribers: every issue says which list it belongs to and how to leave it."""

from dataclasses import dataclass, replace

from channels.mail.headers import list_id_faults
from channels.mail.mail_channel import MailChannel
from communique.channel import Mail, PermanentError, in_turn, phrase


@dataclass(kw_only=True, eq=False)
class NewsletterChannel(MailChannel):
    """Mail through a mail server (SMTP), with the headers of a list (RFC 2369, 2919, 8058).

    Args:
        list_id: the list's name, which never changes, below a domain of ours: `news.town.example`. A message may
            carry its own.
    """

    list_id: str

    def __post_init__(self) -> None:
        wrong = [*list_id_faults("`list_id`", self.list_id)]
        if wrong:
            raise ValueError(in_turn(wrong))
        super().__post_init__()

    def _completed(self, mail: Mail) -> Mail:
        if not mail.unsubscribe_url:
            raise PermanentError(
                phrase(
                    "The newsletter has no link to unsubscribe; expected an https address in "
                    "`unsubscribe_url`. Without one it must not go to subscribers."
                )
            )
        return mail if mail.list_id else replace(mail, list_id=self.list_id)
