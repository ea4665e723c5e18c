"""The baseline of the broker: an acceptor without session layer, database or book: one report for each order.

It parses with simplefix and builds with simplefix. Run as a process; prints `echo: PORT`.
"""

from __future__ import annotations

import contextlib
import selectors
import socket

import simplefix


def answer(message: simplefix.FixMessage, number: int) -> bytes | None:
    msg_type = message.get(35)
    built = simplefix.FixMessage()
    built.append_pair(8, message.get(8))
    built.append_pair(35, b"8" if msg_type == b"D" else msg_type)
    built.append_pair(49, message.get(56))
    built.append_pair(56, message.get(49))
    built.append_pair(34, number)
    built.append_utc_timestamp(52)
    if msg_type == b"A":
        built.append_pair(98, 0)
        built.append_pair(108, message.get(108))
    elif msg_type == b"D":
        fixed = ((37, "1"), (17, number), (150, 0), (39, 0), (14, 0), (6, 0))
        for tag, value in fixed:
            built.append_pair(tag, value)
        for tag in (11, 55, 54, 38, 40):
            built.append_pair(tag, message.get(tag))
        built.append_pair(151, message.get(38))
    else:
        return None
    encoded: bytes = built.encode()
    return encoded


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"echo: {listener.getsockname()[1]}", flush=True)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                client, _ = listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(client, selectors.EVENT_READ, [simplefix.FixParser(), 0])
                continue
            client, state = key.fileobj, key.data
            with contextlib.suppress(OSError):
                if data := client.recv(1 << 16):
                    state[0].append_buffer(data)
                    while (message := state[0].get_message()) is not None:
                        state[1] += 1
                        if (out := answer(message, state[1])) is not None:
                            client.sendall(out)
                    continue
            selector.unregister(client)
            client.close()


if __name__ == "__main__":
    main()
