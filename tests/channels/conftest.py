"""What the adapters' tests share: a valid post, and the counterparts."""

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

pytest.register_assert_rewrite("tests.channels.contract")

from communique.channel import Image, Message, Post  # noqa: E402 - after the registration, as pytest asks
from tests.channels.bluesky_account import BlueskyAccount, running_server  # noqa: E402
from tests.channels.certificates import Authority  # noqa: E402
from tests.channels.mail_dialogues import Commits  # noqa: E402
from tests.channels.recording_smtp import RecordingSmtp  # noqa: E402
from tests.channels.x_stand_in import XStandIn  # noqa: E402

LINK = "https://abierto.puertoclaro.example.org/es/accepted-into-ogp/tell-the-public/"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.fixture
def picture() -> Image:
    """A real PNG of four pixels, with its alternative text."""
    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" + b"\x14\x50\x8c" * 2 + b"\0" + b"\xff\xff\xff" * 2)
    data = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    return Image(data=data, media_type="image/png", alt="El salón de plenos, lleno.", width=2, height=2)


@pytest.fixture
def message() -> Message:
    """A valid post in Spanish."""
    post = Post(
        text="¡Puerto Claro entra en la Alianza para el Gobierno Abierto! El año próximo escribimos juntos "
        "el plan de acción. #OGPLocal",
        link=LINK,
        headline="Puerto Claro entra en la OGP",
        summary="Ciudadanía y ayuntamiento escribirán juntos el plan de acción.",
    )
    return Message(
        key="accepted-into-ogp/tell-the-public/once/network/all/es",
        reference="accepted-into-ogp.tell-the-public.once.network.es@abierto.puertoclaro.example",
        created_at=datetime(2026, 11, 20, 9, 0, 0, 123456, tzinfo=UTC),
        language="es",
        content=post,
    )


@pytest.fixture
def with_post(message: Message) -> Callable[..., Message]:
    """Makes the valid message again with something in its post changed."""

    def changed(**fields: object) -> Message:
        assert isinstance(message.content, Post)
        return message._replace(content=replace(message.content, **fields))  # type: ignore[arg-type]

    return changed


@pytest.fixture
def x() -> Iterator[XStandIn]:
    """The account on the stand-in."""
    with XStandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def bluesky_server() -> Iterator[str]:
    """The official Bluesky server on loopback: its address."""
    with running_server() as address:
        yield address


@pytest.fixture
def bluesky_account(bluesky_server: str) -> BlueskyAccount:
    """A new account on it."""
    return BlueskyAccount.new(bluesky_server, f"c{os.urandom(6).hex()}.test")


@pytest.fixture
def smtp() -> Iterator[RecordingSmtp]:
    """A plain server without encryption."""
    with RecordingSmtp() as server:
        yield server


@pytest.fixture
def commits(smtp: RecordingSmtp) -> Commits:
    """What the ledger would see."""
    return Commits(smtp)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of our own."""
    return Authority(tmp_path_factory.mktemp("authority"))
