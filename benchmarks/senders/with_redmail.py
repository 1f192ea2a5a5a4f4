"""redmail: its templates over one kept connection."""

import workload
from redmail import EmailSender


def main() -> None:
    """Send to everybody, one after the other."""
    asked = workload.order()
    server = EmailSender(host="127.0.0.1", port=asked.port, use_starttls=False)

    def send() -> int:
        with server:
            for reader in workload.readers(asked.number):
                server.send(
                    subject=workload.SUBJECT,
                    sender=f"{workload.SENDER_NAME} <{workload.SENDER}>",
                    receivers=[f"{reader.name} <{reader.address}>"],
                    text=workload.TEXT,
                    html=workload.HTML,
                    body_params=reader.values,
                    headers=reader.headers,
                )
        return asked.number

    workload.measure(send)


if __name__ == "__main__":
    main()
