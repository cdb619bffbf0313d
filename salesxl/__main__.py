"""Run the commands, as ``python -m salesxl`` and as ``salesxl``: Ctrl-C at any moment ends in one sentence.

Owns the moments in which no command has begun yet, or none is left: imports take longer than many a run.
Imports stand inside, so that there is next to nothing before the first of them.
"""

import signal
import sys
from itertools import pairwise
from typing import Any

INTERRUPTED = 130
"""The exit code of a run that was stopped by Ctrl-C, as shells have it."""
_AGAIN = 0.05


def run() -> None:
    """Run the command line and leave with its exit code."""
    code = INTERRUPTED
    try:
        sys.unraisablehook = _unraisable
        from click.exceptions import Abort, ClickException

        from salesxl.cli import main

        try:
            code = int(main(standalone_mode=False) or 0)
        except ClickException as wrong:
            wrong.show()
            code = wrong.exit_code
        except Abort:
            raise KeyboardInterrupt from None
    except KeyboardInterrupt:
        _say()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left to do takes no time
    sys.exit(code)


def _say() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from salesxl.messages import LOCALES, console

    lang = next((lang for lang in LOCALES if f"--lang={lang}" in _asked()), LOCALES[0])
    print(console(lang).text("cli.interrupted"), file=sys.stderr)  # noqa: T201


def _asked() -> list[str]:
    words = sys.argv[1:]
    return [*words, *(f"{one}={other}" for one, other in pairwise(words))]


def _unraisable(what: Any) -> None:
    """Ask once more for what nobody could be told: Ctrl-C while an object was being taken down."""
    if not issubclass(what.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(what)
    elif hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _stop)
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)


def _stop(_signal: int, _frame: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":  # a worker that is not forked looks at this module too
    run()
