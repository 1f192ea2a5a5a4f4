"""The package `emails`: its own template, its own sender with one kept connection, its own DKIM."""

import emails
import workload
from emails.template import JinjaTemplate


def main() -> None:
    """Send to everybody, one after the other."""
    asked = workload.order()
    text, html = JinjaTemplate(workload.TEXT), JinjaTemplate(workload.HTML)
    server = {"host": "127.0.0.1", "port": asked.port, "timeout": 60}
    sender = (workload.SENDER_NAME, workload.SENDER)

    def send() -> int:
        accepted = 0
        pool = emails.Message(mail_from=sender).smtp_pool
        for reader in workload.readers(asked.number):
            mail = emails.Message(
                text=text, html=html, subject=workload.SUBJECT, mail_from=sender, headers=reader.headers
            )
            mail.smtp_pool = pool
            if asked.key:
                mail.dkim(key=asked.key, domain="littleton.example.org", selector="bench")
            response = mail.send(to=(reader.name, reader.address), render=reader.values, smtp=server)
            accepted += response.status_code == 250  # noqa: PLR2004 (RFC 5321: accepted)
        return accepted

    workload.measure(send)


if __name__ == "__main__":
    main()
