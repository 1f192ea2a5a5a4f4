"""Python's standard library: EmailMessage over one kept connection."""

import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

import jinja2
import workload

TEXT = jinja2.Template(workload.TEXT)
HTML = jinja2.Template(workload.HTML, autoescape=True)
FROM = Address(workload.SENDER_NAME, addr_spec=workload.SENDER)


def composed(reader: workload.Reader) -> EmailMessage:
    """One person's mail."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = FROM, Address(reader.name, addr_spec=reader.address)
    mail["Subject"], mail["Date"] = workload.SUBJECT, formatdate()
    mail["Message-ID"] = make_msgid(domain="littleton.example.org")
    for name, value in reader.headers.items():
        mail[name] = value
    mail.set_content(TEXT.render(reader.values))
    mail.add_alternative(HTML.render(reader.values), subtype="html")
    return mail


def main() -> None:
    """Send to everybody, one after the other."""
    asked = workload.order()

    def send() -> int:
        with smtplib.SMTP("127.0.0.1", asked.port) as server:
            for reader in workload.readers(asked.number):
                server.send_message(composed(reader))
        return asked.number

    workload.measure(send)


if __name__ == "__main__":
    main()
