"""Who may ask the desk: this machine, by the address with its token, from a page of its own.

Owns the checks before each request and the headers after it. A browser brings requests of any site here; one
without the token, under another name (DNS rebinding) or from another origin gets nothing. Refuses: pages.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field

from flask import Request, Response

__all__ = ["Gate", "sealed"]

HOSTS = ("127.0.0.1", "localhost")


@dataclass(slots=True)
class Gate:
    """The token, and the port that the desk answers on (known once it listens)."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    port: int = 0

    @property
    def address(self) -> str:
        """The address to open."""
        return f"http://{HOSTS[0]}:{self.port}/{self.token}/"

    def lets_in(self, request: Request, token: str | None) -> bool:
        """Say whether a request comes from a page of ours, or from who was given the address."""
        if request.host not in {f"{host}:{self.port}" for host in HOSTS}:
            return False
        if token is not None and not hmac.compare_digest(token.encode(), self.token.encode()):
            return False
        return request.method in ("GET", "HEAD") or self._own(request)

    def _own(self, request: Request) -> bool:
        """Say whether what would change something was sent by a page of ours."""
        origin = request.headers.get("Origin")
        if origin is not None:
            return origin == f"http://{request.host}"
        return request.headers.get("Sec-Fetch-Site") == "same-origin"


def sealed(response: Response, nonce: str) -> Response:
    """Return a response that no other page may frame, read or feed, and that nobody keeps."""
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
