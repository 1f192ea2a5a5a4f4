"""The local mail sink."""

import smtplib
import threading

from communique.send.mail_sink import AcceptedMail, LocalSink


def test_it_takes_every_mail_and_keeps_it() -> None:
    """What comes over the wire is kept as it came, behind a receipt that names its number."""
    with LocalSink() as sink, smtplib.SMTP(sink.host, sink.port, local_hostname="localhost") as client:
        client.sendmail("a@b.example", ["c@d.example", "e@f.example"], b"Subject: x\r\n\r\n.\r\n")
        client.sendmail("a@b.example", ["c@d.example"], b"Subject: y\r\n\r\n")
    assert sink.accepted == [
        AcceptedMail("a@b.example", ("c@d.example", "e@f.example"), b"Subject: x\r\n\r\n.\r\n"),
        AcceptedMail("a@b.example", ("c@d.example",), b"Subject: y\r\n\r\n"),
    ]


def test_it_listens_to_this_machine_only() -> None:
    """Two may run at once, each on a port of its own; nobody else is let in."""
    with LocalSink() as one, LocalSink() as other:
        assert one.port != other.port
        assert one.host == "127.0.0.1"


def test_stopping_hangs_up_and_leaves_no_thread() -> None:
    """Also on a client that is still connected; stopping twice is fine."""
    before = threading.enumerate()
    sink = LocalSink()
    sink.start()
    client = smtplib.SMTP(sink.host, sink.port, local_hostname="localhost")
    sink.stop()
    sink.stop()
    client.close()
    assert [thread for thread in threading.enumerate() if thread not in before] == []
