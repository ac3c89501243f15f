"""A host app with accounts of its own: its keys, its tokens, and the address where it publishes the keys."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

_KINDS = {
    "RS256": (lambda: rsa.generate_private_key(65537, 2048), RSAAlgorithm),
    "ES256": (lambda: ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate, OKPAlgorithm),
}
ALGORITHMS = list(_KINDS)


class HostKey:
    """One key pair; its name is what tokens call it."""

    def __init__(self, algorithm: str, name: str):
        make, self._kind = _KINDS[algorithm]
        self.algorithm, self.name, self.private = algorithm, name, make()

    @property
    def published(self) -> dict:
        """The public half, as a JWK."""
        return {**self._kind.to_jwk(self.private.public_key(), as_dict=True), "kid": self.name, "use": "sig"}

    def token(self, subject: str, header: dict | None = None, **claims) -> str:
        """A token for a quarter of an hour. A claim that is `None` is left out."""
        now = int(time.time())
        claims = {"sub": subject, "iat": now, "exp": now + 900, **claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.private, self.algorithm, {"kid": self.name, **(header or {})})


def document(*keys: HostKey) -> bytes:
    return json.dumps({"keys": [key.published for key in keys]}).encode()


class Publisher:
    """A little web server that answers with the keys, or with whatever a test has for it."""

    def __init__(self, *keys: HostKey):
        self.publish(*keys)
        self.paths: list[str] = []
        self.headers: list[dict] = []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                publisher.paths.append(self.path)
                publisher.headers.append({name.lower(): value for name, value in self.headers.items()})
                status, headers, body = publisher.answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/keys.json"

    def publish(self, *keys: HostKey):
        self.answer = (200, {"Cache-Control": "max-age=3600"}, document(*keys))

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
