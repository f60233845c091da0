# SPDX-License-Identifier: MIT
"""docker/proxy/haproxy.cfg as it is, in front of a running service, with a throw-away certificate."""
import os
import socket
import ssl
import subprocess
from types import SimpleNamespace

import requests

from .client import Http
from .raw import TIMEOUT, Wire
from .service import ROOT, WAIT, eventually

FOLDER = ROOT / "docker/proxy"
PUBLIC_URL = "https://khuyencong.test"
UNJUDGED = SimpleNamespace(judge=lambda *_: None)  # the proxy adds headers that the contract does not know


def make_certificate(folder):
    """certificate.pem as HAProxy wants it, with its key; it vouches for itself."""
    key, certificate, both = folder / "key.pem", folder / "chain.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out",
                    certificate], check=True, capture_output=True)
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    return both


class TlsWire(Wire):
    """A connection by hand through TLS."""

    def __init__(self, port, certificate, source="127.0.0.1"):
        context = ssl.create_default_context(cafile=certificate)
        context.set_alpn_protocols(["http/1.1"])
        plain = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT, source_address=(source, 0))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(plain, server_hostname="localhost")
        self.contract = None
        self._buffer = b""
        self.closed = False

    def send(self, data):
        try:
            return super().send(data)
        except ssl.SSLError:  # it has closed already
            return False

    def _more(self):
        try:
            return super()._more()
        except ssl.SSLError:
            self.closed = True
            return False


class Proxy:
    def __init__(self, upstream, certificate, log, **settings):
        self.certificate, self.log = certificate, log
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = listener.getsockname()[1]
        self.settings = {"PROXY_UPSTREAM": f"127.0.0.1:{upstream}", "PROXY_CERTIFICATE": str(certificate), "PROXY_PUBLIC_URL": PUBLIC_URL,
                         "PROXY_LISTEN": f"fd@{listener.fileno()}", **{name: str(value) for name, value in settings.items()}}
        with open(log, "wb") as out:
            self.process = subprocess.Popen(["haproxy", "-C", FOLDER, "-f", "haproxy.cfg"], env={"PATH": os.environ["PATH"] + ":/usr/sbin", **self.settings},
                                            pass_fds=[listener.fileno()], stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        listener.close()

    @property
    def url(self):
        return f"https://localhost:{self.port}"

    def http(self, headers=()):
        http = Http(self, UNJUDGED, headers)
        http.session.verify = str(self.certificate)
        return http

    def wire(self, **options):
        return TlsWire(self.port, self.certificate, **options)

    def wait_until_ready(self):
        """Its own health check has found the service."""
        def is_ready():
            assert self.process.poll() is None, self.log.read_text()
            try:
                return self.http().get("/readyz").status == 200
            except requests.RequestException:
                return False
        eventually(is_ready, "the proxy to find the service")
        return self

    def stop(self):
        self.process.terminate()
        self.process.wait(WAIT)
