"""Telegram: one message in a channel or group, text and link, with its picture; through the Bot API."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any, ClassVar, NoReturn

import requests

from channels.post_text import not_a_post, picture_ending, post_of, text_with_link
from channels.web_service import ENOUGH, account_refused, base_address, never_connected, reveal
from communique.channel import (
    Form,
    Image,
    InDoubt,
    Measure,
    Message,
    PermanentError,
    Post,
    Reach,
    Receipt,
    Secret,
    UnavailableError,
    UncertainError,
)

#: core.telegram.org/bots/api, "sendMessage" and "sendPhoto": characters, counted in UTF-16 units.
TEXT, CAPTION = 4096, 1024
#: The same, "sendPhoto": bytes of a picture, its width and height together, and one against the other.
PICTURE_BYTES, PICTURE_SIDES, PICTURE_RATIO = 10_000_000, 10_000, 20
_CHAT = re.compile(r"@[A-Za-z]\w{3,31}|-[0-9]{5,20}")
#: Ids of channels and supergroups begin so; what follows is the id in addresses.
_PREFIX = "-100"
_LONGEST_WAIT = 86_400  #: seconds
#: What is said of the chat, and not of the message (Telegram has no other sign of it).
_ABOUT_THE_CHAT = re.compile(r"chat not found|rights|not a member|upgraded|kicked|deactivated|blocked", re.IGNORECASE)


class TelegramChannel:
    """Posts to one channel or group, as a bot that is its administrator.

    A bot cannot read what it has posted, so what is in doubt is left to a person.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.STRICT
    local: ClassVar[bool] = False

    def __init__(
        self,
        *,
        chat: str,
        token: Secret | None = None,
        base_url: str = "https://api.telegram.org",
        timeout: float = 30,
    ) -> None:
        if not _CHAT.fullmatch(chat):
            raise ValueError(
                f"`chat` expects the channel's public name such as @puertoclaro, or its number such as "
                f"-1001234567890; found `{chat}`."
            )
        self._chat = chat
        self._token = token
        self._address = base_address(base_url, "base_url")
        self._timeout = timeout

    def check(self, message: Message) -> Sequence[str]:
        """Refused are texts that are empty or too long (for a caption, when there is a picture), and odd pictures."""
        if refused := not_a_post(message):
            return [refused]
        post, measure = post_of(message), self.measure(message)
        if measure.length > measure.limit:
            hint = " A message without a picture may have more." if post.image else ""
            return [f"Too long for Telegram: {measure.length} of {measure.limit} characters. Shorten social.txt.{hint}"]
        if not text_with_link(post).strip():
            return ["Telegram refuses a message without text: social.txt is empty."]
        return _objections(post.image) if post.image else []

    def measure(self, message: Message) -> Measure:
        """In UTF-16 units: an emoji counts 2 or more."""
        post = post_of(message)
        length = len(text_with_link(post).encode("utf-16-le")) // 2
        return Measure(length=length, limit=CAPTION if post.image else TEXT, unit="characters")

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Ask for the chat, which shows that it can be reached; commit; post."""
        if refused := self.check(message):
            raise PermanentError(" ".join(refused))
        token = reveal(self._token, "token")
        with requests.Session() as session:
            chat = self._asked(session, token, "getChat", {"chat_id": self._chat})
            commit()
            return _receipt(chat, self._posted(session, token, post_of(message)))

    def lookup(self, message: Message) -> Receipt | None:  # noqa: ARG002 - there is nothing to be looked for
        """Telegram shows a bot nothing of what it has posted."""
        return None

    def account(self) -> tuple[str, tuple[str, ...]]:
        """Which bot it is and where it posts, and the right that it lacks.

        Raises:
            ChannelError: Telegram cannot be reached, or refuses the token.
        """
        token = reveal(self._token, "token")
        with requests.Session() as session:
            bot = self._asked(session, token, "getMe", {})
            chat = self._asked(session, token, "getChat", {"chat_id": self._chat})
            member = self._asked(session, token, "getChatMember", {"chat_id": self._chat, "user_id": bot["id"]})
        may_post = member.get("can_post_messages", chat.get("type") != "channel" and member.get("status") != "left")
        lacks = () if may_post or member.get("status") == "creator" else ("Post Messages",)
        return f"@{bot.get('username', bot['id'])} in {self._chat}", lacks

    def close(self) -> None:
        """Nothing is held open: a connection that has gone stale unnoticed would leave a post in doubt."""

    def _asked(self, session: requests.Session, token: str, method: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """The result of a method that changes nothing."""
        answer = self._call(session, token, method, data=asked)
        if isinstance(answer, requests.RequestException):
            raise UnavailableError(f"Telegram could not be reached ({type(answer).__name__}); nothing was posted.")
        result = _body(answer).get("result")
        if answer.ok and isinstance(result, dict):
            return result
        if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and not answer.ok:
            self._refused(answer)
        raise UnavailableError(f"Telegram could not answer ({answer.status_code}); nothing was posted.")

    def _posted(self, session: requests.Session, token: str, post: Post) -> Mapping[str, Any]:
        text, image = text_with_link(post), post.image
        if image:
            photo = {"photo": (f"picture{picture_ending(image)}", image.data, image.media_type)}
            fields = {"chat_id": self._chat, "caption": text}
            answer = self._call(session, token, "sendPhoto", data=fields, files=photo)
        else:
            shown = {"link_preview_options": json.dumps({"url": post.link})} if post.link else {}
            answer = self._call(session, token, "sendMessage", data={"chat_id": self._chat, "text": text, **shown})
        if isinstance(answer, requests.RequestException):
            if never_connected(answer):
                raise UnavailableError("Telegram could not be reached; nothing was posted.")
            raise UncertainError(f"Telegram did not confirm the message, which may be out ({type(answer).__name__}).")
        result = _body(answer).get("result")
        if answer.ok and isinstance(result, dict) and "message_id" in result:
            return result
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            self._refused(answer)
        raise UncertainError(f"Telegram did not confirm the message, which may be out (status {answer.status_code}).")

    def _call(
        self, session: requests.Session, token: str, method: str, **content: Any
    ) -> requests.Response | requests.RequestException:
        """The answer, or why there is none: not raised, because its words hold the address, and that the token."""
        url = f"{self._address}/bot{token}/{method}"
        try:
            return session.post(url, timeout=self._timeout, allow_redirects=False, **content)
        except requests.RequestException as error:
            return error

    def _refused(self, answer: requests.Response) -> NoReturn:
        body = _body(answer)
        words = str(body.get("description") or answer.reason)
        parameters = body.get("parameters") or {}
        if answer.is_redirect:
            raise PermanentError("The Bot API has moved to another address. Write it at `base_url`, or leave that out.")
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise UnavailableError("Telegram has had too many messages of this bot.", retry_after=_wait(parameters))
        if answer.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
            remedy = "Ask @BotFather for the token, put it where `token` in config/settings.yaml says, and start again."
            raise account_refused("Telegram", words, remedy)
        if answer.status_code == HTTPStatus.FORBIDDEN or _ABOUT_THE_CHAT.search(words):
            moved = parameters.get("migrate_to_chat_id")
            remedy = (
                f"Write `chat: {moved}` in config/settings.yaml."
                if moved
                else (f"See that `chat` ({self._chat}) is right, and make the bot an administrator there who may post.")
            )
            raise account_refused("Telegram", words, remedy)
        raise PermanentError(f"Telegram refused the message: {words}")


def _objections(image: Image) -> list[str]:
    if len(image.data) > PICTURE_BYTES:
        return [f"The picture is too large for Telegram: at most {PICTURE_BYTES} bytes. Make it smaller."]
    sides = sorted((image.width, image.height))
    if sum(sides) > PICTURE_SIDES or sides[0] * PICTURE_RATIO < sides[1]:
        wanted = (
            f"width and height of {PICTURE_SIDES} pixels together at most, one at most {PICTURE_RATIO} times the other"
        )
        return [f"Telegram refuses the picture: expected {wanted}; found {image.width} × {image.height}."]
    return []


def _body(answer: requests.Response) -> Mapping[str, Any]:
    """What an answer says; nothing when it is not the Bot API that answers."""
    try:
        found = answer.json()
    except requests.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _wait(parameters: Mapping[str, Any]) -> timedelta:
    asked = parameters.get("retry_after")
    return timedelta(seconds=min(asked, _LONGEST_WAIT)) if isinstance(asked, int) and asked >= 0 else ENOUGH


def _receipt(chat: Mapping[str, Any], posted: Mapping[str, Any]) -> Receipt:
    number = str(chat.get("id", ""))
    place = chat.get("username") or (f"c/{number.removeprefix(_PREFIX)}" if number.startswith(_PREFIX) else "")
    reference = str(posted["message_id"])
    return Receipt(reference=reference, url=f"https://t.me/{place}/{reference}" if place else "")
