# SPDX-License-Identifier: MIT
"""Forged tokens. Only the standard library and the openssl command: nothing that the service uses itself."""
import base64
import hashlib
import hmac
import json
import subprocess
import tempfile

P256_INFO = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")  # SubjectPublicKeyInfo up to the point


def encode(data):
    if not isinstance(data, bytes):
        data = json.dumps(data, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parts(token):
    head, claims, signature = token.split(".")
    return json.loads(decode(head)), json.loads(decode(claims)), signature


def public_pem(jwk):
    """The PEM text of an EC key of JWKS: what an attacker has."""
    body = base64.b64encode(P256_INFO + b"\x04" + decode(jwk["x"]) + decode(jwk["y"])).decode()
    lines = "\n".join(body[start:start + 64] for start in range(0, len(body), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"


def unsigned(token, algorithm="none"):
    head, claims, _ = parts(token)
    return f"{encode({**head, 'alg': algorithm})}.{encode(claims)}."


def hs256(token, secret):
    head, claims, _ = parts(token)
    signed = f"{encode({**head, 'alg': 'HS256'})}.{encode(claims)}"
    return f"{signed}.{encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


class Stranger:
    """A P-256 key that nobody trusts."""

    def __init__(self):
        self.file = tempfile.NamedTemporaryFile(suffix=".pem")
        subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.file.name],
                       check=True)

    def sign(self, head, claims):
        signed = f"{encode(head)}.{encode(claims)}"
        done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.file.name], input=signed.encode(),
                              stdout=subprocess.PIPE, check=True)
        return f"{signed}.{encode(self._raw(done.stdout))}"

    @staticmethod
    def _raw(der):
        """ECDSA signature from DER to the 64 bytes of JWS."""
        at, raw = 2, b""
        for _ in range(2):
            length = der[at + 1]
            raw += der[at + 2:at + 2 + length].lstrip(b"\0").rjust(32, b"\0")
            at += 2 + length
        return raw


def changed_claim(token, **claims):
    """The signature stays, what it signed does not."""
    head, old, signature = parts(token)
    return f"{encode(head)}.{encode({**old, **claims})}.{signature}"


def changed_head(token, **members):
    head, claims, signature = parts(token)
    return f"{encode({**head, **members})}.{encode(claims)}.{signature}"


def changed_signature(token):
    head, claims, signature = token.split(".")
    raw = bytearray(decode(signature))
    raw[10] ^= 1
    return f"{head}.{claims}.{encode(bytes(raw))}"
