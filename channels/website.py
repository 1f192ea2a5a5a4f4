"""The website: static files, replaced atomically."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import ClassVar

from channels.atomic_files import unchanged, unsafe_paths, write_files
from channels.compressed import with_compressed
from communique.channel import Form, InDoubt, Message, Pages, PermanentError, Reach, Receipt


class WebsiteChannel:
    """Writes the pages of the public site below `directory`, which a web server serves.

    `compress`: each text also as `.gz`, for servers that send such files (nginx: `gzip_static`).
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.PAGES
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True

    def __init__(self, *, directory: Path, compress: bool = True) -> None:
        self._directory = Path(directory)
        self._compress = compress

    def check(self, message: Message) -> Sequence[str]:
        """Refused are pages without a home page and paths that lead out of the directory."""
        pages = message.content
        if not isinstance(pages, Pages):
            return [f"The website expects pages, found {type(pages).__name__}."]
        refused = [f"Expected a path below the website's folder, found {path!r}." for path in unsafe_paths(pages.files)]
        if "index.html" not in pages.files:
            refused.append("The website has no home page: `index.html` is missing.")
        return refused

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write what has changed. What is linked to comes before what links to it."""
        if refused := self.check(message):
            raise PermanentError(" ".join(refused))
        files = self._files(_in_order_of_links(message.content))
        written = write_files(self._directory, files, commit)
        return Receipt(detail=f"{written} of {len(files)} files written")

    def lookup(self, message: Message) -> Receipt | None:
        """Found when every file holds these bytes."""
        pages = message.content
        if isinstance(pages, Pages) and unchanged(self._directory, self._files(pages.files)):
            return Receipt(detail=f"all {len(pages.files)} files are in place")
        return None

    def close(self) -> None:
        """Nothing is held open."""

    def _files(self, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        return with_compressed(files) if self._compress else files


def _in_order_of_links(content: object) -> dict[str, bytes]:
    files = content.files if isinstance(content, Pages) else {}
    return {path: files[path] for path in sorted(files, key=_rank)}


def _rank(path: str) -> tuple[int, int, str]:
    """Styles and pictures first, then pages from the deepest up to the home page, the site map last."""
    suffix = PurePosixPath(path).suffix
    group = {".html": 1, ".xml": 2, ".txt": 2}.get(suffix, 0)
    return group, -path.count("/"), path
