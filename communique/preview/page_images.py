"""Pages of a PDF as pictures, for who looks: frames in which nothing runs cannot show a PDF."""

import io

#: Pixels a point: 144 a inch, sharp enough to read A4 in half a window.
_SCALE = 2.0


def first_page(file: bytes) -> bytes:
    """A picture (PNG) of a PDF's first page."""
    import pypdfium2  # loads PDFium, for who looks at paper

    with pypdfium2.PdfDocument(file) as document, io.BytesIO() as picture:
        page = document[0]
        page.render(scale=_SCALE).to_pil().save(picture, format="PNG", optimize=False)
        page.close()
        return picture.getvalue()
