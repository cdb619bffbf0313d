"""The pages: what the folder says, shown; what is asked, handed on. Nothing is decided here.

Owns the addresses and what each page is given. Every address begins with the token; reps, files and words go
by keys of what is there, never by a path. Refuses: sentences (``messages``); work (``hand``).
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, abort, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from salesxl.desk import downloads, inbox, shown, weeks
from salesxl.desk.guard import Gate, sealed
from salesxl.desk.hand import Hand, Job
from salesxl.desk.work import Asked, Looked
from salesxl.errors import SalesxlError
from salesxl.workspace.folder import TeamFolder, week_bounds, week_name
from salesxl.workspace.week import Week, last_week_due, week_asked

__all__ = ["Desk", "made"]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages are about: a team's folder, who works, who may ask, and what day it is.

    ``launch`` opens a file or folder in its program; ``stop`` ends the desk.
    """

    folder: TeamFolder
    hand: Hand
    gate: Gate
    today: Callable[[], dt.date]
    launch: Callable[[Path], object]
    stop: Callable[[], object]

    @property
    def looked(self) -> Looked | None:
        """What the last look at the inbox told."""
        jobs = [self.hand.last(kind) for kind in ("look", "accept", "settle")]
        found = [j for j in jobs if j and j.outcome and j.outcome.looked]
        last = max(found, key=lambda j: j.number, default=None)
        return last.outcome.looked if last and last.outcome else None

    def week(self) -> Week:
        """Return the week that the page proposes: last week on a Monday on which it is still to be done."""
        now = week_asked(None, None, self.today())
        return last_week_due(self.folder, now) or now

    def weeks(self) -> list[tuple[str, bool]]:
        """Return the weeks that may be asked for, each with whether it was made: the last ones first."""
        made = weeks.week_names(self.folder)
        monday = week_asked(None, None, self.today()).monday
        near = [week_name(monday - dt.timedelta(days=7 * n)) for n in range(2)]
        return [(name, name in made) for name in sorted({*near, *made}, reverse=True)]


def made(desk: Desk) -> Flask:
    """Return the application that serves a desk."""
    app = Flask(__name__, static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = inbox.REQUEST_BYTES
    app.config["MAX_FORM_PARTS"] = inbox.MOST_FILES
    app.jinja_env.autoescape = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _watch(app, desk)
    _speak(app, desk)
    _pages(app, desk)
    _deeds(app, desk)
    return app


def _watch(app: Flask, desk: Desk) -> None:
    """Let in only who may ask, and send nothing out unsealed."""

    @app.url_value_preprocessor
    def _token(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        (values or {}).pop("token", None)  # looked at before each request, whatever it asks for

    @app.url_defaults
    def _with_token(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static":
            values.setdefault("token", desk.gate.token)

    @app.before_request
    def _let_in() -> ResponseReturnValue | None:
        g.nonce = secrets.token_urlsafe(12)
        token = None if request.endpoint == "static" else request.path.split("/")[1]
        if not desk.gate.lets_in(request, token):
            return render_template("closed.html"), 403
        return None

    @app.after_request
    def _seal(response: Any) -> Any:
        return sealed(response, g.get("nonce", ""))

    @app.errorhandler(HTTPException)
    def _failed(failed: HTTPException) -> ResponseReturnValue:
        words = desk.folder.words
        key = "too_large" if isinstance(failed, RequestEntityTooLarge) else "not_found"
        if failed.code not in (404, 413):
            key = "crashed" if failed.code == 500 else "bad_request"
        said = words.text(f"desk.{key}")
        if _wants_json():
            return jsonify(error=said), failed.code or 500
        return render_template("stopped.html", said=said), failed.code or 500

    @app.errorhandler(SalesxlError)
    def _stopped(stopped: SalesxlError) -> ResponseReturnValue:
        said = desk.folder.words.error(stopped)
        return (
            (jsonify(error=said), 409) if _wants_json() else (render_template("stopped.html", said=said), 409)
        )

    @app.errorhandler(OSError)
    def _refused(failed: OSError) -> ResponseReturnValue:
        said = desk.folder.words.system(failed)
        return (
            (jsonify(error=said), 503) if _wants_json() else (render_template("stopped.html", said=said), 503)
        )


def _wants_json() -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _speak(app: Flask, desk: Desk) -> None:
    """Give the templates their words."""
    words = desk.folder.words

    def text(key: str, /, **facts: Any) -> str:
        return words.text(f"desk.{key}", **facts)

    @app.context_processor
    def _given() -> dict[str, Any]:
        root = desk.folder.root.absolute()
        return {"t": text, "lang": "zh-CN" if words.lang == "zh" else words.lang, "team": root.name,
                "root": str(root), "nonce": g.get("nonce", ""), "words": words, "key": _key,
                "made": weeks.week_names(desk.folder)}  # fmt: skip

    app.add_template_filter(shown.visible, "visible")
    app.add_template_filter(shown.size, "size")


def _pages(app: Flask, desk: Desk) -> None:
    folder = desk.folder

    @app.get("/<token>/")
    def home() -> ResponseReturnValue:
        made = weeks.week_names(folder)
        latest = weeks.week_page(folder, made[0]) if made else None
        return render_template(
            "home.html", **_working(desk), looked=desk.looked, latest=latest, week=desk.week(),
            weeks=desk.weeks(), due=last_week_due(folder, week_asked(None, None, desk.today())),
            can_undo=(folder.archive / folder.words.text("file.previous")).is_dir(),
        )  # fmt: skip

    @app.get("/<token>/progress")
    def progress() -> ResponseReturnValue:
        told = _working(desk)
        job: Job | None = told["job"]
        page = render_template("_job.html", **told)
        lists = render_template("_inbox.html", looked=desk.looked)
        running = bool(job and job.running)
        return jsonify(
            job=page,
            inbox=lists,
            running=running,
            busy=bool(job and running and job.asked.kind != "look"),
            number=job.number if job else 0,
            to=_next(job),
        )

    @app.get("/<token>/week/<name>")
    def week(name: str) -> ResponseReturnValue:
        return render_template("week.html", page=_page(folder, name))

    @app.get("/<token>/week/<name>/rep/<key>")
    def rep(name: str, key: str) -> ResponseReturnValue:
        page = _page(folder, name)
        person = page.person(key) or abort(404)
        seen = shown.faults(folder, page, person)
        return render_template("rep.html", page=page, person=person, files=seen)

    @app.get("/<token>/week/<name>/rep/<key>/sheet/<int:number>")
    def sheet(name: str, key: str, number: int) -> ResponseReturnValue:
        page = _page(folder, name)
        person = page.person(key) or abort(404)
        if not 0 <= number < len(person.faults):
            abort(404)
        return render_template(
            "sheet.html", page=page, person=person, **shown.sheet(folder, page, person, number)
        )

    @app.get("/<token>/week/<name>/preview")
    def preview(name: str) -> ResponseReturnValue:
        page = _page(folder, name)
        if page.summary is None:
            abort(404)
        return render_template("preview.html", page=page, view=shown.first_page(page.summary.path))

    @app.get("/<token>/week/<name>/file/<key>")
    def file(name: str, key: str) -> ResponseReturnValue:
        lying = _page(folder, name).files.get(key) or abort(404)
        return downloads.file(lying)

    @app.get("/<token>/week/<name>/zip/<what>")
    def packed(name: str, what: str) -> ResponseReturnValue:
        found = downloads.packed(folder, _page(folder, name), what)
        return found or abort(404)

    @app.get("/<token>/undo")
    def ask_undo() -> ResponseReturnValue:
        return render_template("undo.html", **_working(desk))


def _deeds(app: Flask, desk: Desk) -> None:
    @app.post("/<token>/upload")
    def upload() -> ResponseReturnValue:
        told = []
        for file in request.files.getlist("file"):
            given = request.form.get("path") or file.filename or ""
            got = inbox.put(desk.folder, given, file.stream)
            text = desk.folder.words.text(f"desk.put.{got.state}", name=shown.visible(got.name))
            told.append({"state": got.state, "name": shown.visible(got.name), "said": text})
        desk.hand.ask(Asked("look", desk.today()))
        return jsonify(files=told) if _wants_json() else _home()

    @app.post("/<token>/look")
    def look() -> ResponseReturnValue:
        desk.hand.ask(Asked("look", desk.today()))
        return _home()

    @app.post("/<token>/run")
    def run() -> ResponseReturnValue:
        week = week_asked(request.form.get("week") or None, None, desk.today())
        if request.form.get("week") == desk.week().name:
            week = desk.week()
        agreed = frozenset(request.form.getlist("agreed"))
        desk.hand.ask(Asked("run", desk.today(), (week.monday, week.as_of), agreed))
        return _home()

    @app.post("/<token>/accept")
    def accept() -> ResponseReturnValue:
        wanted = set(request.form.getlist("guess"))
        found = desk.looked.guesses if desk.looked else ()
        chosen = tuple(guess for guess in found if _key(guess) in wanted)
        if not chosen:
            abort(404)
        desk.hand.ask(Asked("accept", desk.today(), guesses=chosen))
        return _home()

    @app.post("/<token>/settle")
    def settle() -> ResponseReturnValue:
        found = desk.looked.words if desk.looked else ()
        word = next((w for w in found if _key(w) == request.form.get("word")), None)
        option = request.form.get("option", "")
        if word is None or option not in word.options:
            abort(404)
        desk.hand.ask(Asked("settle", desk.today(), choice=(word.list, word.value, option)))
        return _home()

    @app.post("/<token>/undo")
    def undo() -> ResponseReturnValue:
        desk.hand.ask(Asked("undo", desk.today()))
        return _home()

    @app.post("/<token>/open/<what>")
    def launch(what: str) -> ResponseReturnValue:
        path = _openable(desk.folder, what) or abort(404)
        desk.launch(path)
        name = what.partition(":")[2]
        return redirect(url_for("week", name=name), 303) if name else _home()

    @app.post("/<token>/quit")
    def leave() -> ResponseReturnValue:
        desk.stop()
        return render_template("stopped.html", said=desk.folder.words.text("desk.ended"), over=True)


def _key(thing: object) -> str:
    """Return the key by which a page names a guess or a word."""
    return weeks.key_of(repr(thing))


def _home() -> ResponseReturnValue:
    return redirect(url_for("home"), 303)


def _page(folder: TeamFolder, name: str) -> weeks.WeekPage:
    page = weeks.week_page(folder, name)
    return page if page is not None else abort(404)


def _openable(folder: TeamFolder, what: str) -> Path | None:
    """Return what may be opened in its program: the settings, the inbox, or a week's folder or results."""
    kind, _, name = what.partition(":")
    places = {"settings": folder.settings, "inbox": folder.inbox, "folder": folder.root}
    if kind in places:
        return places[kind]
    page = weeks.week_page(folder, name)
    if page is None:
        return None
    return {
        "week": folder.week(name),
        "summary": page.summary.path if page.summary else None,
        "book": page.book.path if page.book else None,
    }.get(kind)


def _working(desk: Desk) -> dict[str, Any]:
    """Return what the panel of work is told: the job, its steps, and the week it is about."""
    job = desk.hand.job
    week = week_name(job.asked.week[0]) if job and job.asked.week else None
    sunday = week_bounds(week)[1] if week else None
    return {"job": job, "steps": ("read", "check", "return", "hand_out", "write"), "job_week": week,
            "job_sunday": sunday}  # fmt: skip


def _next(job: Job | None) -> str | None:
    """Return where a run that has ended leads: to its week."""
    if job and job.asked.kind == "run" and job.outcome and job.outcome.weeks:
        return url_for("week", name=job.outcome.weeks[0])
    return None
