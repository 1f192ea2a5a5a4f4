"""A town whose newsletter people get as it comes, by day, or by week."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from communique.channel import Mail, MergedMail, Message
from communique.routes import SUBSCRIBERS
from communique.send.dispatch import Dispatcher
from communique.store.recipients import people, subscribers
from communique.subscription import Choices, Frequency
from tests.recording_channel import RecordingChannel
from tests.workspaces import Town

_NEWSLETTER = """\
  newsletter:
    kind: newsletter
    host: localhost
    port: 25
    tls: none
    sender: Newsletter <news@littleton.example.org>
    list_id: news.littleton.example.org
digests: {at: "08:00", weekday: friday}
"""


@dataclass
class DigestTown:
    """A town with a newsletter, whose mails `newsletter` takes; each text says its own headline."""

    town: Town
    newsletter: RecordingChannel = field(default_factory=RecordingChannel)

    def __post_init__(self) -> None:
        settings = Path("config/settings.yaml")
        kept = (self.town.root / settings).read_text(encoding="utf-8")
        self.town.write(str(settings), kept.replace("late_window: 24 hours", "late_window: 60 days") + _NEWSLETTER)
        (self.town.root / "campaigns/news.yaml").unlink()

    def announce(self, campaign: str, whens: dict[str, str], *, through: str = "[newsletter]", more: str = "") -> None:
        """A campaign with announcements, by name and local time."""
        said = "".join(f"  {name}:\n    when: {when}\n    through: {through}\n{more}" for name, when in whens.items())
        self.town.write(
            f"campaigns/{campaign}.yaml",
            f"campaign: {campaign}\ntitle: News\nlanguages: [en, es]\nmilestones:\n  start: 2026-12-01 10:00\n"
            f"announcements:\n{said}",
        )
        for name in whens:
            for language in ("en", "es"):
                self.town.write(
                    f"templates/{campaign}/{name}/{language}/article.md",
                    f"---\nheadline: Of {name} ({language})\nsummary: In short, {name}.\n---\nAll about {name}.\n",
                )

    def choose(self, name: str, frequency: Frequency, *topics: str, language: str = "en") -> None:
        """Somebody subscribes, or changes what they chose."""
        self.town.invite(name, audience=SUBSCRIBERS, language=language)
        with self.town.database.begin() as connection:
            person = people.by_address(connection, f"{name}@example.org")
            assert person is not None
            choices = Choices(language=language, frequency=frequency, topics=topics)
            subscribers.choose(connection, person.id, choices, self.town.clock.now)

    def dispatcher(self) -> Dispatcher:
        """The town's, whose newsletters are taken here."""
        return self.town.dispatcher({"email": self.town.email, "newsletter": self.newsletter})

    def tick(self, now: datetime | None = None) -> None:
        """What the daemon does, at a moment."""
        self.town.clock.now = now or self.town.clock.now
        dispatcher = self.dispatcher()
        dispatcher.recover(self.town.gone)
        self.town.freeze()
        dispatcher.run()
        dispatcher.housekeeping()

    def mails(self, name: str) -> list[str]:
        """The texts that somebody got as newsletters, in order."""
        return [text_of(each) for each in self.newsletter.taken if _is_for(each, name)]

    def got(self, name: str, announcements: list[str]) -> Counter[str]:
        """How often somebody was told of each of these, through whatever."""
        taken = [*self.newsletter.taken, *self.town.email.taken]
        texts = [text_of(each) for each in taken if _is_for(each, name)]
        return Counter(each for text in texts for each in announcements if f"Of {each} (" in text)


def text_of(message: Message) -> str:
    """What its reader sees, without the links."""
    content = message.content
    mail = content.letter.mail if isinstance(content, MergedMail) else content
    assert isinstance(mail, Mail)
    return mail.text


def _is_for(message: Message, name: str) -> bool:
    return message.recipient is not None and message.recipient.address == f"{name}@example.org"
