"""Several tagged documents as one file, for a printer and for who listens: pages, tags, language and title (PDF/UA-1).

pypdf puts pages together and leaves their tags behind; here the tags of each come along. What a page and its links say
of their place in the tree are numbers that begin anew in each document (ISO 32000-1, 14.7.4.4): they go on counting.
"""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from channels.paper.press import Printed

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject, NameObject

#: What a catalogue says of the whole file: the first document's, a cover, holds for all.
_OF_THE_FILE = ("/Lang", "/MarkInfo", "/ViewerPreferences", "/Metadata")


def bound(documents: Iterable[Printed]) -> bytes:
    """All pages of documents in their order; language, title and metadata are those of the first."""
    from pypdf import PdfReader, PdfWriter

    with PdfWriter() as writer, io.BytesIO() as file:
        tags = _Tags(writer)
        for number, each in enumerate(documents):
            reader = PdfReader(io.BytesIO(each.data))
            pages = [(page, writer.add_page(page)) for page in reader.pages]
            if not number:
                _describe(writer, reader)
            tags.take(reader, pages)
        writer.write(file)
        return file.getvalue()


def _describe(writer: "PdfWriter", first: "PdfReader") -> None:
    for name in _OF_THE_FILE:
        if name in first.root_object:
            writer.root_object[_name(name)] = first.root_object.raw_get(name).clone(writer)
    if first.metadata and first.metadata.title:
        writer.add_metadata({"/Title": first.metadata.title})


class _Tags:
    """One tree of tags out of many."""

    def __init__(self, writer: "PdfWriter") -> None:
        from pypdf.generic import ArrayObject, DictionaryObject

        self._writer = writer
        self._documents, self._places = ArrayObject(), ArrayObject()
        self._count = 0  #: of places so far
        root = DictionaryObject({_name("/Type"): _name("/StructTreeRoot"), _name("/K"): self._documents})
        root[_name("/ParentTree")] = DictionaryObject({_name("/Nums"): self._places})
        self._root = writer._add_object(root)  # noqa: SLF001 - pypdf has no other way to put something into a file
        writer.root_object[_name("/StructTreeRoot")] = self._root

    def take(self, reader: "PdfReader", pages: "Iterable[tuple[PageObject, PageObject]]") -> None:
        """The tags of a document; `pages` are each of its own, and what was made of it in the file."""
        from pypdf.generic import ArrayObject, NumberObject

        tree = cast("DictionaryObject", reader.root_object["/StructTreeRoot"].clone(self._writer))
        for kid in cast("ArrayObject", tree["/K"]):
            cast("DictionaryObject", kid.get_object())[_name("/P")] = self._root
            self._documents.append(kid)
        places = cast("DictionaryObject", tree["/ParentTree"])
        numbers = cast("ArrayObject", places["/Nums"])
        for number, place in zip(numbers[::2], numbers[1::2], strict=True):
            self._places.extend((NumberObject(self._count + int(number)), place))
        places[_name("/Nums")] = (
            ArrayObject()
        )  # the clone of the tree's root stays in the file, and is to weigh nothing
        for own, page in pages:  # pypdf drops a page's place, and keeps its links'
            if "/StructParents" in own:
                page[_name("/StructParents")] = NumberObject(self._count + int(cast("int", own["/StructParents"])))
            for each in page.get("/Annots", ()):
                link = cast("DictionaryObject", each.get_object())
                if "/StructParent" in link:
                    link[_name("/StructParent")] = NumberObject(self._count + int(cast("int", link["/StructParent"])))
        self._count += len(numbers) // 2


def _name(name: str) -> "NameObject":
    from pypdf.generic import NameObject

    return NameObject(name)
