"""The least of a client: one connection that is kept, bytes out, bytes in; so that the server is what is measured."""

from __future__ import annotations

import re
import socket
from typing import NamedTuple

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


class Wire:
    """One kept connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None

    def get(self, address: str) -> Answer:
        return self.send(f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def post(self, address: str, body: str, **headers: str) -> Answer:
        said = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n{said}Content-Length: {len(body.encode())}\r\n\r\n"
        return self.send((head + body).encode())

    def send(self, request: bytes) -> Answer:
        """A server closes a kept connection when it likes; then a new one is made."""
        for _ in range(2):
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            try:
                self.socket.sendall(request)
                return self._read(self.socket)
            except ConnectionError:
                self.socket = None
        raise ConnectionError(request[:80])

    def _read(self, door: socket.socket) -> Answer:
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more(door)
        head, _, body = got.partition(b"\r\n\r\n")
        found = LENGTH.search(head)
        while found and len(body) < int(found[1]):
            body += self._more(door)
        if b"connection: close" in head.lower():
            self.socket = None
        return Answer(int(head[9:12]), body)

    def _more(self, door: socket.socket) -> bytes:
        more = door.recv(65536)
        if not more:
            raise ConnectionResetError
        return more
