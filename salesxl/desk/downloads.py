"""What goes out of a week as files: one workbook, or several as a zip.

Owns their names and the zip. Refuses: any file that is none of the week's.
"""

from __future__ import annotations

import io
import zipfile

from flask import Response, send_file

from salesxl.desk.weeks import Lying, WeekPage
from salesxl.workspace.folder import TeamFolder
from salesxl.workspace.returns import folder_name

__all__ = ["file", "packed"]

_SAME_DAY = (1980, 1, 1, 0, 0, 0)


def file(lying: Lying) -> Response:
    """Return a file to be kept; what it holds never opens in the page."""
    return send_file(
        lying.path,
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=lying.name,
        max_age=0,
    )


def packed(folder: TeamFolder, page: WeekPage, what: str) -> Response | None:
    """Return several files as a zip: ``returns``, ``handouts``, or the key of a rep; None for nothing."""
    words, home = folder.words, folder.week(page.name)
    back, next_home = home / words.text("file.returns"), home / words.text("file.handouts")
    person = page.person(what)
    if person is not None:
        inside = back / folder_name(person.name)
        name = f"{page.name} {folder_name(person.name)}.zip"
    elif what in ("returns", "handouts"):
        inside = back if what == "returns" else next_home
        name = f"{page.name} {inside.name}.zip"
    else:
        return None
    found = [lying for lying in page.files.values() if lying.path.is_relative_to(inside)]
    if not found:
        return None
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:  # workbooks are packed already
        for lying in found:
            info = zipfile.ZipInfo(lying.path.relative_to(inside).as_posix(), _SAME_DAY)
            archive.writestr(info, lying.path.read_bytes())
    made.seek(0)
    return send_file(made, mimetype="application/zip", as_attachment=True, download_name=name, max_age=0)
