"""resvg in a process of its own: where memory ends it ends the process it runs in."""

from collections.abc import Sequence
from typing import Any

from communique.machine.own_process import BrokenWorkError, EndedError, OwnProcess, serve
from communique.phrase import phrase


class DrawerEndedError(MemoryError):
    """What draws was ended; the message says what to do. It is no fault of a text."""


class Drawer:
    """Makes pixels of outlines."""

    def __init__(self) -> None:
        self._process = OwnProcess("communique.drawing.own_process")

    def png(self, outlines: str) -> bytes:
        """A drawing without texts, as a picture of its own size.

        Raises:
            DrawerEndedError: the process ended under it.
            MemoryError: it may not have as much as it takes.
            ValueError: it cannot be drawn.
        """
        try:
            _, (data,) = self._process.ask(None, [outlines.encode()])
        except EndedError as error:
            raise DrawerEndedError(
                phrase(
                    "what draws pictures was ended ({code}): most often there is not enough memory; raise the limit "
                    "(`MemoryMax=` of the service), or give the machine more",
                    code=error.code,
                )
            ) from error
        except BrokenWorkError as error:
            raise ValueError(f"{error.kind}: {error.told}") from error
        return data

    @property
    def pid(self) -> int | None:
        """Of the process; None: there is none."""
        return self._process.pid

    def close(self) -> None:
        """End it, if there is one."""
        self._process.close()


def _work(_: Any, parts: Sequence[bytes]) -> tuple[None, Sequence[bytes]]:
    import resvg_py  # for who draws

    (outlines,) = parts
    return None, [bytes(resvg_py.svg_to_bytes(svg_string=outlines.decode(), skip_system_fonts=True))]


SHARED = Drawer()

if __name__ == "__main__":
    serve(_work)
