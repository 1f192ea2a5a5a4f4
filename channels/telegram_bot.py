"""A bot of Telegram and the chat it writes to: the Bot API."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, NoReturn, Self

import requests

from channels.bounded_answers import BoundedAdapter
from channels.post_text import picture_ending
from channels.telegram_text import caption_of
from channels.web_service import ENOUGH, account_refused, is_refusal, never_connected
from communique.channel import PermanentError, Post, Receipt, TemporaryError, UnavailableError, UncertainError, phrase

#: Ids of channels and supergroups begin so; what follows is the id in addresses.
_PREFIX = "-100"
#: What is said of a message that is not there any more.
_IS_GONE = "message to delete not found"
_LONGEST_WAIT = 86_400  #: seconds
#: What is said of the chat, and not of the message (Telegram has no other sign of it).
_ABOUT_THE_CHAT = re.compile(r"chat not found|rights|not a member|upgraded|kicked|deactivated|blocked", re.IGNORECASE)


class TelegramBot:
    """One bot and one chat for one errand."""

    def __init__(self, address: str, token: str, chat: str, timeout: float) -> None:
        self._address = address
        self._token = token
        self._chat = chat
        self._timeout = timeout
        self._session = requests.Session()
        self._session.mount(address, BoundedAdapter(timeout))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def chat(self) -> Mapping[str, Any]:
        """What Telegram says of the chat.

        Raises:
            ChannelError: it cannot be reached, or refuses the token or the chat.
        """
        return self._asked("getChat", {"chat_id": self._chat})

    def who(self) -> tuple[str, tuple[str, ...]]:
        """Which bot it is and where it posts, and the right that it lacks.

        Raises:
            ChannelError: Telegram cannot be reached, or refuses the token.
        """
        bot = self._asked("getMe", {})
        chat = self.chat()
        member = self._asked("getChatMember", {"chat_id": self._chat, "user_id": bot["id"]})
        may_post = member.get("can_post_messages", chat.get("type") != "channel" and member.get("status") != "left")
        lacks = () if may_post or member.get("status") == "creator" else ("Post Messages",)
        return f"@{bot.get('username', bot['id'])} in {self._chat}", lacks

    def post(self, post: Post, chat: Mapping[str, Any], answers: str = "") -> Receipt:
        """Post to the chat of which Telegram has said this, in answer to a message if it is still there.

        Raises:
            ChannelError: one of its three kinds.
        """
        return _receipt(chat, self._posted(post, answers))

    def delete(self, number: str) -> Receipt:
        """Delete a message; one that is gone counts as deleted.

        Raises:
            ChannelError: it is there still, or nobody knows.
        """
        answer = self._call("deleteMessage", data={"chat_id": self._chat, "message_id": number})
        if isinstance(answer, requests.RequestException):
            raise TemporaryError(
                phrase("Telegram did not say whether the message is gone ({error}).", error=type(answer).__name__)
            )
        said = _body(answer)
        if said.get("result") is True or _IS_GONE in str(said.get("description", "")):
            return Receipt(reference=number, detail=phrase("deleted"))
        if is_refusal(answer.status_code):
            self._refused(answer)
        raise TemporaryError(phrase("Telegram could not delete the message ({status}).", status=answer.status_code))

    def _asked(self, method: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """The result of a method that changes nothing."""
        answer = self._call(method, data=asked)
        if isinstance(answer, requests.RequestException):
            raise UnavailableError(
                phrase("Telegram could not be reached ({error}); nothing was posted.", error=type(answer).__name__)
            )
        result = _body(answer).get("result")
        if answer.ok and isinstance(result, dict):
            return result
        if is_refusal(answer.status_code):
            self._refused(answer)
        raise UnavailableError(
            phrase("Telegram could not answer ({status}); nothing was posted.", status=answer.status_code)
        )

    def _posted(self, post: Post, answers: str) -> Mapping[str, Any]:
        (text, entities), image = caption_of(post), post.image
        reply = {"message_id": int(answers), "allow_sending_without_reply": True} if answers.isdecimal() else {}
        where = {"chat_id": self._chat, **({"reply_parameters": json.dumps(reply)} if reply else {})}
        if image:
            photo = {"photo": (f"picture{picture_ending(image)}", image.data, image.media_type)}
            answer = self._call(
                "sendPhoto", data={**where, "caption": text, "caption_entities": json.dumps(entities)}, files=photo
            )
        else:
            preview = {"url": post.link, "prefer_large_media": True}
            shown = {"link_preview_options": json.dumps(preview)} if post.link else {}
            answer = self._call("sendMessage", data={**where, "text": text, **shown})
        if isinstance(answer, requests.RequestException):
            if never_connected(answer):
                raise UnavailableError(phrase("Telegram could not be reached; nothing was posted."))
            raise UncertainError(
                phrase("Telegram did not confirm the message, which may be out ({error}).", error=type(answer).__name__)
            )
        result = _body(answer).get("result")
        if answer.ok and isinstance(result, dict) and "message_id" in result:
            return result
        if is_refusal(answer.status_code):
            self._refused(answer)
        raise UncertainError(
            phrase(
                "Telegram did not confirm the message, which may be out (status {status}).",
                status=answer.status_code,
            )
        )

    def _call(self, method: str, **content: Any) -> requests.Response | requests.RequestException:
        """The answer, or why there is none: not raised, because its words hold the address, and that the token."""
        url = f"{self._address}/bot{self._token}/{method}"
        try:
            return self._session.post(url, timeout=self._timeout, allow_redirects=False, **content)
        except requests.RequestException as error:
            return error

    def _refused(self, answer: requests.Response) -> NoReturn:
        body = _body(answer)
        words = str(body.get("description") or answer.reason)
        parameters = body.get("parameters") or {}
        if answer.is_redirect:
            raise PermanentError(
                phrase("The Bot API has moved to another address. Write it at `base_url`, or leave that out.")
            )
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise UnavailableError(
                phrase("Telegram has had too many messages of this bot."), retry_after=_wait(parameters)
            )
        if answer.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
            remedy = phrase(
                "Ask @BotFather for the token, put it where `token` in config/settings.yaml says, and start again."
            )
            raise account_refused("Telegram", words, remedy)
        if answer.status_code == HTTPStatus.FORBIDDEN or _ABOUT_THE_CHAT.search(words):
            moved = parameters.get("migrate_to_chat_id")
            remedy = (
                phrase("Write `chat: {moved}` in config/settings.yaml.", moved=moved)
                if moved
                else (
                    phrase(
                        "See that `chat` ({chat}) is right, and make the bot an administrator there who may post.",
                        chat=self._chat,
                    )
                )
            )
            raise account_refused("Telegram", words, remedy)
        raise PermanentError(phrase("Telegram refused the message: {words}", words=words))


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
