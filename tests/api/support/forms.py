# SPDX-License-Identifier: MIT
"""Files for tests, and multipart/form-data by hand: nothing smooths what a test sends."""
import hashlib

from .raw import Wire, head

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
BOUNDARY = "----ranh-gioi-7MA4YWxk"


def pdf(size=3000, seed=0):
    """Bytes that look like a PDF and differ by seed."""
    tile = hashlib.sha256(str(seed).encode()).digest()
    return (PDF + tile * (size // len(tile) + 1))[:size]


def digest(content):
    return hashlib.sha256(content).hexdigest()


def part(content, name="file", file_name="Quyết định.pdf", media="application/pdf"):
    lines = [f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")]
    if media:
        lines.append(f"Content-Type: {media}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (content if isinstance(content, bytes) else content.encode())


def form(*parts, boundary=BOUNDARY):
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + one + b"\r\n" for one in parts) + mark + b"--\r\n"


def media(boundary=BOUNDARY):
    return f"multipart/form-data; boundary={boundary}"


def send(who, content=None, query="", **named):
    """A file as one part of a form, as programs send it."""
    return who.post("/v1/files" + query, data=form(part(pdf() if content is None else content, **named)), media=media())


def file_of(who, content=None, **named):
    return send(who, content, **named).expect(201).json()


class Upload:
    """A form that is sent piece by piece over a connection of its own."""

    def __init__(self, service, contract, token, length=None, boundary=BOUNDARY, headers=()):
        self.wire = Wire(service.port, contract)
        size = [f"Content-Length: {length}"] if length is not None else ["Transfer-Encoding: chunked"]
        self.is_chunked = length is None
        self.wire.send(head("POST", "/v1/files", f"Authorization: Bearer {token}", f"Content-Type: {media(boundary)}", *size, *headers))

    def send(self, data):
        return self.wire.send(b"%x\r\n%s\r\n" % (len(data), data) if self.is_chunked else data)

    def end(self):
        if self.is_chunked:
            self.wire.send(b"0\r\n\r\n")
        return self.wire.receive("POST", "/v1/files")
