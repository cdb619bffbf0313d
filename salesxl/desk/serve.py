"""Opening the desk: a server for this machine alone, its address, and the browser.

Owns listening and ending. Refuses: pages.
"""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import waitress.server

from salesxl.desk import work
from salesxl.desk.app import Desk, made
from salesxl.desk.guard import HOSTS, Gate
from salesxl.desk.hand import Hand
from salesxl.desk.inbox import REQUEST_BYTES
from salesxl.desk.work import Asked, Helped
from salesxl.errors import UsageError

__all__ = ["Serving", "begun"]

THREADS = 8
"""Requests answered side by side: uploads of two windows, and the pages beside them."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A desk that listens: its address, and ``run`` to answer until it is ended."""

    address: str
    hand: Hand
    server: Any
    ended: threading.Event

    def run(self, *, browser: bool = True) -> None:
        """Answer until the page or Ctrl-C ends it; a run that is under way comes to its end first."""
        if browser:
            threading.Thread(target=webbrowser.open, args=(self.address,), daemon=True).start()
        threading.Thread(target=self._answer, daemon=True).start()
        try:
            while not self.ended.wait(0.5):  # in pieces: Windows would not hear Ctrl-C
                pass
        finally:
            with suppress(OSError):
                self.server.close()
            self.hand.close()

    def _answer(self) -> None:
        with suppress(OSError):  # the socket is closed under it
            self.server.run()


def begun(root: Path, lang: str, helped: Helped, today: Callable[[], Any], launch: Callable[[str], Any],
          port: int = 0) -> Serving:  # fmt: skip
    """Return a desk for a team's folder that listens on this machine; port 0 takes a free one.

    Raises:
        SettingsError: the folder is no team's, or its settings leave no rule to go by.
        UsageError: the port is taken.
    """
    folder = work.team(root, lang)
    folder.rules()
    gate, ended = Gate(), threading.Event()
    hand = Hand(root, lang, helped)

    def stop() -> None:
        threading.Timer(0.5, ended.set).start()  # the answer goes out first

    desk = Desk(folder, hand, gate, today, lambda path: launch(str(path)), stop)
    try:
        server = waitress.server.create_server(
            made(desk),
            host=HOSTS[0],
            port=port,
            threads=THREADS,
            max_request_body_size=REQUEST_BYTES,
            clear_untrusted_proxy_headers=True,
            ident=None,
        )
    except OSError as taken:
        raise UsageError("port_taken", port=port, why=taken) from taken
    gate.port = int(server.effective_port)
    hand.ask(Asked("look", today()))
    return Serving(gate.address, hand, server, ended)
