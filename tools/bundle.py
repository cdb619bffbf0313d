"""Make a bundle for a machine without Python: a standalone Python with the program in it, and a zip of it.

``python -m tools.bundle --python DIR`` copies a relocatable Python (``uv python install`` leaves one), puts
the locked packages and the wheel into it, and adds what is double-clicked. It runs on the system that the
bundle is for, and needs uv. Refuses: installers; writing anywhere but into its folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRA = "desk"
NOT_NEEDED = ("test", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "turtle.py", "__pycache__")
"""Parts of Python's library that nothing of ours asks for."""
START = """@echo off
setlocal EnableExtensions DisableDelayedExpansion
chcp 65001 >nul
set "PYTHONUTF8=1"
set "TEAM=%~1"
if not defined TEAM set /p TEAM=Team:
if not defined TEAM exit /b 2
if not exist "%TEAM%" set "TEAM=%USERPROFILE%\\Desktop\\%TEAM%"
"%~dp0python\\python.exe" -m salesxl init "%TEAM%"
if errorlevel 1 goto failed
"%~dp0python\\python.exe" -m salesxl desk "%TEAM%"
if not errorlevel 1 exit /b 0
:failed
pause
exit /b 2
"""
"""What is double-clicked first: a team's name is asked, its folder laid out, its desk opened."""
COMMANDS = {
    "start.bat": START.replace("\n", "\r\n"),
    "salesxl.bat": '@echo off\r\n"%~dp0python\\python.exe" -m salesxl %*\r\n',
    "salesxl": """#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/python/bin/python3" -m salesxl "$@"
""",
}


def run(*words: str | Path) -> None:
    """Run a program; what it says stays on the screen."""
    subprocess.run([str(word) for word in words], check=True, cwd=ROOT)


def executable(home: Path) -> Path:
    """Return the program in a Python's folder."""
    return next(path for path in (home / "python.exe", home / "bin" / "python3") if path.exists())


def made(python: Path, out: Path) -> Path:
    """Make the bundle from a standalone Python's folder; return its folder, which is replaced."""
    bundle, work = out / "salesxl", out / "build"
    for folder in (bundle, work):
        shutil.rmtree(folder, ignore_errors=True)
    work.mkdir(parents=True)
    skipped = shutil.ignore_patterns(*NOT_NEEDED)
    shutil.copytree(python, bundle / "python", symlinks=True, ignore=skipped)
    own = executable(bundle / "python")
    lock = work / "runtime.lock"
    locked = ("--constraint", "requirements.lock", "--generate-hashes", "--quiet", "--output-file", lock)
    run("uv", "pip", "compile", "pyproject.toml", "--extra", EXTRA, "--python", own, *locked)
    into = ("uv", "pip", "install", "--python", own, "--break-system-packages")
    run(*into, "--require-hashes", "--requirement", lock)
    run("uv", "build", "--wheel", "--out-dir", work)
    run(*into, "--no-deps", next(work.glob("*.whl")))
    for name, text in COMMANDS.items():
        (bundle / name).write_bytes(text.encode())
        (bundle / name).chmod(0o755)
    shutil.copy(ROOT / "LICENSE", bundle)
    shutil.rmtree(work)
    return bundle


def tried(bundle: Path, home: Path) -> None:
    """Try the bundle as it is: a team's folder and the fictional team's week, without any other Python."""
    own = executable(bundle / "python")
    for name in ("XDG_CONFIG_HOME", "APPDATA"):  # where the program notes itself
        os.environ[name] = str(home / "profile")
    run(own, "-I", "-m", "salesxl", "init", home / "团队 一")
    run(own, "-I", "-m", "salesxl", "demo", home / "示例")
    run(own, "-I", "-c", "import salesxl.desk.serve")
    assert (home / "示例" / "2026-W47" / "团队汇总.xlsx").is_file()


def main(asked: Sequence[str]) -> None:
    """Make the bundle, try it, and pack it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, required=True, help="folder of a standalone Python")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the bundle goes")
    given = parser.parse_args(asked)
    bundle = made(given.python.resolve(), given.out.resolve())
    trial = given.out.resolve() / "trial"
    shutil.rmtree(trial, ignore_errors=True)
    tried(bundle, trial)
    shutil.rmtree(trial)
    packed = shutil.make_archive(str(given.out / f"salesxl-{sys.platform}"), "zip", given.out, "salesxl")
    print(packed)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
