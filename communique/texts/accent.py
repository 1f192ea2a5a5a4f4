"""The one colour of pages and mails, kept readable: contrast by WCAG 2.2, success criterion 1.4.3."""

#: Least contrast of running text against its background.
READABLE = 4.5
WHITE = "#ffffff"
BLACK = "#000000"
_KNEE = 0.04045  # of the sRGB curve


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours written `#rrggbb`, from 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def accent_fault(accent: str) -> str:
    """Why a colour will not do on white, in words for the officer; empty when it will."""
    found = contrast(accent, WHITE)
    if found >= READABLE:
        return ""
    return (
        f"expected a colour with a contrast of at least {READABLE}:1 on white, found {accent} with "
        f"{found:.1f}:1. Pages and mails show {readable_on(WHITE, accent)} instead"
    )


def readable_on(background: str, accent: str, least: float = READABLE) -> str:
    """The accent, darkened or lightened no more than it takes to reach that contrast on the background."""
    towards = BLACK if contrast(background, BLACK) > contrast(background, WHITE) else WHITE
    shades = (_mixed(accent, towards, step / 50) for step in range(51))
    return next(shade for shade in shades if contrast(shade, background) >= least)


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= _KNEE else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
