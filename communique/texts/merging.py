"""Mail merge: a mail written once for everybody of a language and role, with marks where people differ.

What differs is the name in the greeting, the links by which a person leaves, chooses, or answers, and whom the entry
for their calendar asks. A text that does anything else with the person (a condition on the organisation, a name in the
body, where Markdown could change it) is written for each.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import nodes

from communique.channel import Attachment, FormLetter, Mail, MergedMail, Recipient
from communique.language.escaping import in_line
from communique.occasion import Occasion
from communique.routes import Route
from communique.texts.rendering import Addressee, Renderer
from communique.texts.template_language import nodes_below
from communique.texts.wording import Wording

if TYPE_CHECKING:
    from communique.texts.invitations import Entries

#: By what the greeting may say of a person: words that stand for it, which nobody writes.
_MARKS: Mapping[str, str] = {
    "name": "q7vNameOfThePerson4xj",
    "organisation": "q7vOrganisationOfThePerson4xj",
}
#: The tokens in a person's links.
_LEAVE, _CHOOSE = "q7vLeaveTokenOfThePerson4xj", "q7vPreferencesTokenOfThePerson4xj"
_ANSWER = "q7vAnswerTokenOfThePerson4xj"
#: The lines of a calendar entry that are a person's own.
_ATTENDEE, _ORGANIZER = "q7vAttendeeThatThePersonIs4xj", "q7vOrganizerWhomThePersonAnswers4xj"
_SHELLS = ("mail.html", "mail.txt")
_LINES = (
    "greeting",
    "unsubscribe_url",
    "preferences_url",
    "answer_url",
)  #: of a shell, that differ from person to person


@dataclass(frozen=True, kw_only=True)
class MailMerge:
    """The mails of one announcement through one channel, to people of one language and role."""

    renderer: Renderer
    occasion: Occasion
    route: Route
    language: str
    role: str
    stamped_at: datetime
    letter: FormLetter | None  #: to those who lack nothing; None when each is written for itself
    greeted: tuple[str, ...]  #: what the greeting says of a person, or asks for
    asks_about: str  #: as `Occasion.asks_about`, which each of thousands would ask for
    entries: "Entries | None"  #: for their calendars; None without a meeting
    #: To those who lack something, by what.
    _lacking: dict[frozenset[str], FormLetter] = field(default_factory=dict, init=False, repr=False, compare=False)

    def to(self, recipient: Recipient) -> Mail | MergedMail:
        """One person's mail.

        Raises:
            TemplateProblemError: a text cannot be filled.
        """
        if self.letter is None:
            return self.alone(recipient)
        known = {name: _shown(getattr(recipient, name)) for name in self.greeted}
        letter = self.letter if all(known.values()) else self._letter_to_those_without(known)
        values = {_MARKS[name]: value for name, value in known.items()}
        values |= values_of(self.renderer, letter, recipient, self.asks_about)
        if self.entries is not None:
            values[_ATTENDEE], values[_ORGANIZER] = self.entries.own_lines(recipient)
        return MergedMail(letter, values)

    def alone(self, recipient: Recipient) -> Mail:
        """The same, written for one person; raises as `to`."""
        addressee = Addressee(recipient=recipient, role=self.role)
        return self.renderer.mail(self.occasion, self.route, addressee, self.stamped_at)

    def _letter_to_those_without(self, known: Mapping[str, str]) -> FormLetter:
        """Who subscribes gives an address alone: a greeting may say something else, and the same to all of them."""
        lacking = frozenset(name for name, value in known.items() if not value)
        if lacking not in self._lacking:
            self._lacking[lacking] = form_letter(
                self.renderer, self.alone, self.language, self.asks_about, self.entries, lacking=lacking
            )
        return self._lacking[lacking]


def values_of(renderer: Renderer, letter: FormLetter, recipient: Recipient, asks_about: str = "") -> dict[str, str]:
    """The tokens in one person's links; `asks_about`: the meeting that a link answers to."""
    values = {_LEAVE: renderer.own_links.leave_token(recipient)}
    if _CHOOSE in letter.tokens:
        values[_CHOOSE] = renderer.own_links.preferences_token(recipient)
    if _ANSWER in letter.tokens:
        values[_ANSWER] = renderer.own_links.answer_token(recipient, asks_about)
    return values


def is_for_anybody(renderer: Renderer, occasion: Occasion, route: Route, language: str) -> bool:
    """Whether a text says the same to everybody, but for its greeting, in a shell that only shows links.

    Raises:
        TemplateProblemError: there is none, or it cannot be read.
    """
    return _only_greets(renderer, renderer.wordings(occasion, route, language)[0]) and _shells_only_show(renderer)


def form_letter(
    renderer: Renderer,
    mail_to: Callable[[Recipient], Mail],
    language: str,
    asks_about: str = "",
    entries: "Entries | None" = None,
    *,
    lacking: Collection[str] = (),
) -> FormLetter:
    """A mail that anybody could get, with marks in the places of names, tokens, and the lines of calendar `entries`.

    `lacking` is what is not known of its readers, such as `name`.

    Raises:
        TemplateProblemError: a text cannot be filled.
    """
    anybody = _anybody(language, lacking)
    mail = mail_to(anybody)
    leave, choose = renderer.own_links.leave_token(anybody), renderer.own_links.preferences_token(anybody)
    answer = renderer.own_links.answer_token(anybody, asks_about)
    free = tuple(mark for mark in _MARKS.values() if mark in mail.text)
    marked = _marked(_marked(_marked(mail, leave, _LEAVE), choose, _CHOOSE), answer, _ANSWER)
    named = tuple(
        mark
        for mark in (_LEAVE, _CHOOSE, _ANSWER)
        if any(mark in text for text in (marked.text, marked.html, marked.unsubscribe_url))
    )
    if entries is None:
        return FormLetter(mail=marked, free=free, tokens=named)
    own = zip((_ATTENDEE, _ORGANIZER), entries.own_lines(anybody), strict=True)
    lines = {mark: line.encode() for mark, line in own}
    attachments = tuple(_without_lines(each, lines) for each in marked.attachments)
    return FormLetter(mail=replace(marked, attachments=attachments), free=free, tokens=named, lines=tuple(lines))


def _without_lines(attachment: Attachment, lines: Mapping[str, bytes]) -> Attachment:
    data = attachment.data
    for mark, line in lines.items():
        data = data.replace(b"\r\n" + line + b"\r\n", f"\r\n{mark}\r\n".encode("ascii"))
    return replace(attachment, data=data)


def mail_merge(
    renderer: Renderer, occasion: Occasion, route: Route, language: str, role: str, stamped_at: datetime
) -> MailMerge:
    """Write the mail once, if it is one that can be merged.

    Raises:
        TemplateProblemError: a text cannot be filled.
    """
    merge = MailMerge(
        renderer=renderer,
        occasion=occasion,
        route=route,
        language=language,
        role=role,
        stamped_at=stamped_at,
        letter=None,
        greeted=(),
        asks_about=occasion.asks_about,
        entries=None,
    )
    if not is_for_anybody(renderer, occasion, route, language):
        return merge
    entries = renderer.entries(occasion, route, _anybody(language), stamped_at)
    letter = form_letter(renderer, merge.alone, language, merge.asks_about, entries)
    greeted = _fields_of(renderer, renderer.wordings(occasion, route, language)[0])
    return replace(merge, letter=letter, greeted=greeted, entries=entries)


def _anybody(language: str, lacking: Collection[str] = ()) -> Recipient:
    known = {name: "" if name in lacking else mark for name, mark in _MARKS.items()}
    return Recipient(id="0", address="", language=language, **known)


def _fields_of(renderer: Renderer, wording: Wording) -> tuple[str, ...]:
    """What the greeting names of a person, whether it shows it or only asks if it is there."""
    greeting = wording.top.get("greeting")
    if greeting is None:
        return ()
    named = {each.attr for each in renderer.templates.parsed(greeting.source).find_all(nodes.Getattr)}
    return tuple(field for field in _MARKS if field in named)


def _marked(mail: Mail, token: str, mark: str) -> Mail:
    if not token:
        return mail
    return replace(
        mail,
        text=mail.text.replace(token, mark),
        html=mail.html.replace(token, mark),
        unsubscribe_url=mail.unsubscribe_url.replace(token, mark),
    )


def _shown(value: str) -> str:
    """As a greeting shows it: cleaned as a value, and again as part of its line."""
    once = in_line(value)
    return once if once == value else in_line(once)


def _only_greets(renderer: Renderer, wording: Wording) -> bool:
    """Whether the person appears in the greeting alone, and is only shown there."""
    others = [wording.body, *(line.source for key, line in wording.top.items() if key != "greeting")]
    if any(_uses(nodes_below(renderer.templates.parsed(source)), "recipient") for source in others):
        return False
    greeting = wording.top.get("greeting")
    return greeting is None or _only_shows(nodes_below(renderer.templates.parsed(greeting.source)), "recipient")


def _shells_only_show(renderer: Renderer) -> bool:
    """Whether the shells do no more with the greeting and the link than to show them, if they are there."""
    return all(_shell_only_shows(tree) for shell in _SHELLS for tree in renderer.templates.layout_with_parts(shell))


@lru_cache(maxsize=50)  # every announcement asks, and a tree is the same as long as its source is
def _shell_only_shows(tree: nodes.Template) -> bool:
    below = nodes_below(tree)
    return not _uses(below, "recipient") and all(_only_shows(below, name) for name in _LINES)


def _uses(below: Sequence[nodes.Node], name: str) -> bool:
    return any(isinstance(each, nodes.Name) and each.name == name for each in below)


def _only_shows(below: Sequence[nodes.Node], name: str) -> bool:
    """Whether every use of a name is an output, or a question whether it is there."""
    shown = (place for output in below if isinstance(output, nodes.Output) for place in output.nodes)
    asked = (place for test in below if isinstance(test, nodes.If) for place in _conditions(test.test))
    fine = sum(1 for place in (*shown, *asked) if _stands_for(place, name))
    return fine == sum(1 for each in below if isinstance(each, nodes.Name) and each.name == name)


def _conditions(test: nodes.Node) -> Iterator[nodes.Node]:
    if isinstance(test, nodes.And):
        yield from _conditions(test.left)
        yield from _conditions(test.right)
    elif isinstance(test, nodes.Test) and test.name == "defined":
        yield test.node
    else:
        yield test


def _stands_for(node: nodes.Node, name: str) -> bool:
    """`name`, or what the greeting may say of the person."""
    if isinstance(node, nodes.Getattr) and node.attr in _MARKS:
        node = node.node
    elif name == "recipient":
        return False
    return isinstance(node, nodes.Name) and node.name == name
