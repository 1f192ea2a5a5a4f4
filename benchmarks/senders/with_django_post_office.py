"""django-post_office: a queue in SQLite, sent by its own command's function, with threads."""

import tempfile
from pathlib import Path

import django
import workload
from django.conf import settings
from django.core.management import call_command

#: Connections are opened by its threads; it is never told of more than this many.
_MOST_THREADS = 10


def main() -> None:
    """Queue a mail for everybody, then send what is queued; sending is timed, as it is for us."""
    asked = workload.order()
    with tempfile.TemporaryDirectory() as folder:
        settings.configure(
            INSTALLED_APPS=["post_office"],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(folder) / "queue.sqlite")}},
            EMAIL_BACKEND="post_office.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=asked.port,
            TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
            POST_OFFICE={
                "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
                "THREADS_PER_PROCESS": min(asked.connections, _MOST_THREADS),
                "BATCH_SIZE": 1000,
                "LOG_LEVEL": 1,
            },
            USE_TZ=True,
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        )
        django.setup()
        call_command("migrate", verbosity=0)
        queue(asked.number)
        workload.measure(send)


def queue(number: int) -> None:
    """Its documented way for many mails at once."""
    from post_office import mail

    waiting = [
        {
            "sender": f"{workload.SENDER_NAME} <{workload.SENDER}>",
            "recipients": [f"{reader.name} <{reader.address}>"],
            "subject": workload.SUBJECT,
            "message": workload.TEXT,
            "html_message": workload.HTML,
            "context": reader.values,
            "headers": reader.headers,
        }
        for reader in workload.readers(number)
    ]
    mail.send_many(waiting)


def send() -> int:
    """What its command `send_queued_mail` does."""
    from post_office.mail import send_queued_mail_until_done
    from post_office.models import STATUS, Email

    send_queued_mail_until_done(processes=1)
    return int(Email.objects.filter(status=STATUS.sent).count())


if __name__ == "__main__":
    main()
