"""The short ways taken for most addresses and names lead where the long ones do."""

from email.charset import SHORTEST, Charset
from email.header import Header

from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.address import _PLAIN, Mailbox, wire_address
from channels.mail.composition import _WIRE, to_header
from channels.mail.headers import _encoded_word, to_value
from communique.channel import PermanentError

_NAMES = st.text(max_size=60).filter(lambda name: name.isprintable() and name == name.strip())


@given(_NAMES.filter(lambda name: not name.isascii()))
def test_a_name_is_encoded_as_the_library_does(name: str) -> None:
    """One encoded-word is what `Header` makes of a short phrase."""
    charset = Charset("utf-8")
    charset.header_encoding = SHORTEST
    word = _encoded_word(name.encode())
    assert word in {None, Header(name, charset, header_name="To").encode(linesep="\r\n")}


@given(_NAMES, st.integers(1, 60))
def test_a_short_header_is_written_as_the_library_does(name: str, length: int) -> None:
    """Short enough not to be folded, or folded."""
    mailbox = Mailbox(name, f"{'a' * length}@example.org")
    assert to_header(mailbox) == _WIRE.fold_binary("To", to_value(mailbox))


@given(st.from_regex(_PLAIN, fullmatch=True))
def test_a_plain_address_is_judged_as_the_library_does(address: str) -> None:
    """Also where its domain is none, or reserved."""
    try:
        valid = validate_email(address, check_deliverability=False, strict=True)
        expected = f"{valid.local_part}@{valid.ascii_domain}"
    except EmailNotValidError:
        expected = ""
    try:
        found = wire_address(address, "the address")
    except PermanentError:
        found = ""
    assert found == expected
