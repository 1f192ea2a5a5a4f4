"""aiosmtplib: EmailMessage over a pool of kept connections, on one event loop."""

import asyncio
from collections.abc import Iterator

import aiosmtplib
import workload
from with_smtplib import composed


async def send_through_one(readers: Iterator[workload.Reader], port: int) -> int:
    """Take readers from the common list until it is empty."""
    sent = 0
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) as server:
        for reader in readers:
            await server.send_message(composed(reader))
            sent += 1
    return sent


async def send(asked: workload.Order) -> int:
    """As many at a time as there are connections."""
    readers = workload.readers(asked.number)
    return sum(await asyncio.gather(*(send_through_one(readers, asked.port) for _ in range(asked.connections))))


def main() -> None:
    """Send to everybody."""
    asked = workload.order()
    workload.measure(lambda: asyncio.run(send(asked)))


if __name__ == "__main__":
    main()
