"""A press in a process of its own: Pango and WeasyPrint end a process that has no memory left."""

from collections.abc import Iterable, Sequence
from typing import Any

from channels.paper.binding import bound
from channels.paper.press import Press, Printed
from communique.channel import (
    BrokenWorkError,
    EndedError,
    OwnProcess,
    PermanentError,
    TemporaryError,
    UnavailableError,
    phrase,
    serve,
)


class PressApart:
    """As `Press.print`, and `bound`."""

    def __init__(self) -> None:
        self._process = OwnProcess("channels.paper.own_process", (PermanentError, UnavailableError))

    def print(self, html: str, style: str, closers: Sequence[str] = ()) -> Printed:
        """A whole document, tagged.

        Raises:
            UnavailableError: the machine lacks what it takes.
            PermanentError: it asks for a file or an address.
            TemporaryError: the process ended under it, or something is wrong in what prints.
            MemoryError: it may not have as much as it takes.
        """
        return self._asked({"print": [html, style, closers]})

    def bind(self, documents: Iterable[Printed]) -> bytes:
        """Several documents as one file, as `bound` does it.

        Raises:
            TemporaryError, MemoryError: as `print`.
        """
        parts = list(documents)
        return self._asked({"bind": [each.pages for each in parts]}, [each.data for each in parts]).data

    @property
    def pid(self) -> int | None:
        """Of the process; None: there is none."""
        return self._process.pid

    def close(self) -> None:
        """End it, if there is one."""
        self._process.close()

    def _asked(self, order: object, parts: Sequence[bytes] = ()) -> Printed:
        try:
            pages, (data,) = self._process.ask(order, parts)
        except EndedError as error:
            raise TemporaryError(
                phrase(
                    "what makes PDFs was ended ({code}): most often there is not enough memory; raise the limit "
                    "(`MemoryMax=` of the service), or give the machine more",
                    code=error.code,
                )
            ) from error
        except BrokenWorkError as error:
            raise TemporaryError(phrase("unexpected: {kind}: {error}", kind=error.kind, error=error.told)) from error
        return Printed(data, pages)


def _work(press: Press, order: Any, parts: Sequence[bytes]) -> tuple[int, Sequence[bytes]]:
    if "bind" in order:
        documents = [Printed(data, pages) for data, pages in zip(parts, order["bind"], strict=True)]
        return sum(each.pages for each in documents), [bound(documents)]
    printed = press.print(*order["print"])
    return printed.pages, [printed.data]


#: Of all channels of this process: documents are printed one after the other.
SHARED = PressApart()

if __name__ == "__main__":
    _press = Press()
    serve(lambda order, parts: _work(_press, order, parts))
