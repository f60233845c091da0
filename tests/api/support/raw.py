# SPDX-License-Identifier: MIT
"""HTTP by hand over a socket: no library smooths the request, none hides the reply."""
import socket

from requests.structures import CaseInsensitiveDict

from .client import Reply

TIMEOUT = 60  # against hanging only


class Wire:
    """One TCP connection. `receive` gives the next reply, or None when the other side has closed without one."""

    def __init__(self, port, contract=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.contract = contract
        self._buffer = b""
        self.closed = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """False when the other side does not take it any more: it may refuse before everything is sent."""
        try:
            self.socket.sendall(data if isinstance(data, bytes) else data.encode())
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            self.closed = True
        self._buffer += data
        return bool(data)

    def _until(self, mark):
        while mark not in self._buffer:
            if not self._more():
                return None
        head, self._buffer = self._buffer.split(mark, 1)
        return head

    def _exactly(self, length):
        while len(self._buffer) < length and self._more():
            pass
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return body

    def receive(self, method="GET", target=None):
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ")[1])
        headers = CaseInsensitiveDict(line.split(": ", 1) for line in lines if ": " in line)
        body = b""
        if method != "HEAD" and status >= 200 and status not in (204, 304):
            if "content-length" in headers:
                body = self._exactly(int(headers["content-length"]))
            elif headers.get("transfer-encoding", "").lower() == "chunked":
                body = self._chunks()
            else:
                while self._more():
                    pass
                body, self._buffer = self._buffer, b""
        reply = Reply(status, headers, body)
        if self.contract and target:
            self.contract.judge(method, target, reply)
        return reply

    def receive_refusal(self, method, target):
        """The reply to a broken request, and its fault codes; None instead of them where it is libmicrohttpd's own page, which
        no contract binds. From version 1.0 on it refuses more by itself (the end of docs/errors.md)."""
        reply = self.receive(method)
        if reply.headers.get("content-type") is None and reply.body.startswith(b"<html>"):
            return reply, None
        self.contract.judge(method, target, reply)
        return reply, {code for _, code in reply.errors}

    def _chunks(self):
        body = b""
        while True:
            length = int(self._until(b"\r\n").split(b";")[0], 16)
            body += self._exactly(length)
            self._exactly(2)
            if not length:
                return body

    def is_closed(self):
        """Whether the other side ends the connection (reads on until it does; time-out counts as no)."""
        try:
            while self._more():
                pass
        except TimeoutError:
            return False
        return True


def head(method, target, *headers, host="localhost"):
    lines = [f"{method} {target} HTTP/1.1", *([f"Host: {host}"] if host else []), *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def ask(wire, method, target, *headers, body=None, judged=True):
    """One request on a connection of its own; `body` bytes are sent with their length."""
    one = wire()
    if body is not None:
        headers = (*headers, f"Content-Length: {len(body)}")
    one.send(head(method, target, *headers) + (body or b""))
    return one.receive(method, target if judged else None)
