"""What stops a command is a code and facts, and words say it in both languages."""

from __future__ import annotations

import ast
import errno
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import salesxl
from salesxl import errors, messages
from salesxl.cli import report
from salesxl.errors import RefusedError, UsageError
from salesxl.messages import console

ROOT = Path(salesxl.__file__).parent
OURS = {
    name
    for name in errors.__all__
    if name not in ("RefusedError", "TemplateFaultError", "phrase", "Phrase", "Label")
}
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")


@cache
def trees() -> list[tuple[str, ast.Module]]:
    paths = sorted(ROOT.rglob("*.py"))
    return [(p.relative_to(ROOT).as_posix(), ast.parse(p.read_text(encoding="utf-8"))) for p in paths]


@cache
def codes() -> dict[str, set[str]]:
    """Return by code the facts with which it is raised."""
    found: dict[str, set[str]] = {}
    for _, tree in trees():
        for node in ast.walk(tree):
            name = getattr(getattr(node, "func", None), "id", None)
            if name in OURS and isinstance(node, ast.Call):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    given = {str(k.arg) for k in node.keywords if k.arg}
                    found.setdefault(str(first.value), given)
    return found


def leaves(node: Any, at: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{at}.{key}")
        else:
            yield f"{at}.{key}", str(value)


def test_no_chinese_stands_in_a_raise() -> None:
    found = [
        f"{file}:{node.lineno}"
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and CHINESE.search(str(inner.value))
    ]
    assert found == []


@pytest.mark.parametrize("lang", messages.LOCALES)
@pytest.mark.parametrize("code", sorted(codes()))
def test_every_error_is_said_in_both_languages(code: str, lang: str) -> None:
    sentence = console(lang).raw(f"error.{code}")
    given = codes()[code]
    assert not given or set(re.findall(r"\{(\w+)", sentence)) <= given | {"root", "name", "quoted", "found"}
    assert sentence.rstrip().endswith(("。", ".", "}", "]'"))


def test_the_two_languages_of_the_command_line_have_the_same_words() -> None:
    tables = [messages._table(lang, messages.CONSOLE)["text"] for lang in messages.LOCALES]
    chinese, english = (dict(leaves(table)) for table in tables)
    assert list(chinese) == list(english)
    for key, sentence in chinese.items():
        assert set(re.findall(r"\{(\w+)", sentence)) == set(re.findall(r"\{(\w+)", english[key])), key
    own = {k: v for k, v in english.items() if not k.startswith((".help", ".error"))}
    assert not [k for k, v in own.items() if CHINESE.search(re.sub("[第11月20日周47]", "", v))]


@pytest.mark.parametrize("lang", messages.LOCALES)
def test_a_cause_is_said_in_the_same_language(lang: str) -> None:
    said = messages.load(lang, report.label_of)
    denied = PermissionError(errno.EACCES, "Permission denied", "a")
    told = said.error(UsageError("no_folder", folder=Path("a"), why=denied))
    assert said.raw("os.why.EACCES") in told
    secret = RefusedError("unreadable", reason="encrypted")
    locked = said.error(UsageError("file_unreadable", path="a", why=secret))
    assert ("password" in locked) == (lang == "en")
    assert "encrypted" not in locked


def test_a_code_that_has_no_words_is_shown_as_it_stands() -> None:
    assert console("en").error(UsageError("看不懂", path="a")) == "看不懂: path=a"
