"""The commands: exit codes, JSON, one line for what is wrong with the set-up, and never a traceback."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from salesxl import cli
from salesxl.cli import main
from salesxl.messages import console
from tests import hostile
from tests.sheets import archive, weekly

AS_OF = ("--as-of", "2026-11-20")
HEAVY = ("pandas", "pandera", "numpy", "lxml", "openpyxl", "xlsxwriter", "python_calamine", "jinja2")
HEAVY += ("distributed", "multiprocessing")


def run(*words: object, code: int | None = None) -> Result:
    result = CliRunner().invoke(main, [str(w) for w in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if code is not None:
        assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def inbox(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("cli") / "收件箱"
    home.mkdir()
    archive(home / "a.xlsx", [{}, {"contact": None, "customer_name": "丙", "customer_no": None}])
    return home


def test_sound_files_exit_with_0_and_errors_with_1(tmp_path, inbox):
    sound = run("validate", weekly(tmp_path / "w.xlsx"), *AS_OF, code=0)
    assert "没有发现问题" in sound.output
    assert "I5" in run("validate", inbox, *AS_OF, code=1).output


def test_warnings_alone_exit_with_0(tmp_path):
    assert "警告 1" in run("validate", archive(tmp_path / "a.xlsx", [{"need": "无"}]), *AS_OF, code=0).output


def test_json_is_one_object_and_nothing_else(inbox, tmp_path):
    result = run("validate", inbox, "--format", "json", "--annotate", tmp_path / "out", *AS_OF, code=1)
    told = json.loads(result.stdout)
    assert [(f["file"], f["cell"], f["code"]) for f in told["findings"]] == [("a.xlsx", "I5", "required")]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.xlsx"]


def test_marked_copies_are_never_written_over_the_originals(inbox):
    before = (inbox / "a.xlsx").read_bytes()
    assert "原件" in run("validate", inbox, "--annotate", inbox, *AS_OF, code=2).stderr
    assert (inbox / "a.xlsx").read_bytes() == before


def test_english_is_spoken_when_asked_for(inbox):
    assert "Please fill in" in run("validate", inbox, "--lang", "en", *AS_OF, code=1).output


def test_the_book_is_made_and_is_no_submission_itself(inbox, tmp_path):
    target = tmp_path / "团队台账.xlsx"
    made = run("consolidate", inbox, "-o", target, *AS_OF, code=0)
    assert "接收 1 行，退回 1 行" in made.output
    told = json.loads(run("validate", tmp_path, "--format", "json", *AS_OF, code=0).stdout)
    assert (told["sheets"], [f["code"] for f in told["findings"]]) == (0, ["unrecognised"])


def garbage(tmp_path: Path) -> Path:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK\x03\x04garbage")
    return path


@pytest.mark.parametrize(
    "words",
    [
        ("validate", "{no}"),
        ("validate", "{inbox}", "--settings", "{no}"),
        ("validate", "{inbox}", "--settings", "{garbage}"),
        ("consolidate", "{inbox}", "-o", "{garbage}/sub/b.xlsx"),
        ("render", "{no}", "--data", "{no}", "-o", "{out}"),
        ("render", "{garbage}", "--data", "{garbage}", "-o", "{out}"),
        ("lint", "{no}"),
        ("lint", "{garbage}"),
        ("template", "没有的表", "-o", "{out}"),
        ("init", "{out}", "--preset", "nope"),
        ("init", "{out}", "--stages", "nope"),
        ("init", "{out}", "--quota", "nope"),
        ("init", "{out}", "--members", "{no}"),
        ("init", "{out}", "--members", "{garbage}"),
        ("friday", "{out}"),
        ("friday", "{inbox}", "--week", "下周"),
        ("friday", "{inbox}", "--week", "2026-W54"),
    ],
)
def test_a_wrong_set_up_is_one_line_on_stderr_and_2(words, inbox, tmp_path):
    names = {"no": tmp_path / "没有", "garbage": garbage(tmp_path), "out": tmp_path / "out", "inbox": inbox}
    result = run(*(word.format(**names) for word in words), code=2)
    assert len(result.stderr.strip().splitlines()) == 1
    assert "reason" not in result.stderr
    assert any(way_out in result.stderr for way_out in ("请", "可用", "可选"))
    assert result.stdout == ""


@pytest.mark.parametrize(
    "words",
    [("validate",), ("validate", ".", "--format", "xml"), ("nope",), ("friday", ".", "--as-of", "yesterday")],
)
def test_words_that_do_not_fit_exit_with_2(words):
    assert "Traceback" not in run(*words, code=2).output


def test_bad_data_never_shows_a_traceback(tmp_path):
    for name, (data, _) in hostile.files().items():
        if not name.startswith(("flipped", "random", "truncated")) or name.endswith(("0.xlsx", "0.xls")):
            (tmp_path / name).write_bytes(data)
    result = run("validate", tmp_path, "--format", "json", *AS_OF)
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["files"] == sum(1 for _ in tmp_path.iterdir())
    assert {f["code"] for f in told["findings"] if f["severity"] == "error"} <= {"unreadable", "unsafe"}
    assert "None" not in result.stdout.replace('"None"', "")


COMMANDS = sorted(main.commands)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help_in_both_languages(name, lang):
    words, command = console(lang), main.commands[name]
    about = words.raw(f"help.{name}.about")
    assert about.endswith("。" if lang == "zh" else ".") or about.endswith("）。")
    shown = "".join(run(name, "--lang", lang, "--help", code=0).output.split())
    assert "".join(about.split()) in shown
    for option in command.params:
        if getattr(option, "opts", [""])[0].startswith("-"):
            record = option.get_help_record(click.Context(command, parent=click.Context(main)))
            assert record is not None
            assert record[1], (name, option.name)


@pytest.mark.parametrize(
    "words",
    [
        ("--lang", "en"),
        ("--lang", "en", "--help"),
        ("--lang=en", "friday", "--help"),
        ("friday", "--lang", "en", "--help"),
        ("friday", "--help", "--lang", "en"),
    ],
)
def test_help_is_english_wherever_it_is_asked_for(words):
    output = run(*words, code=0).output
    assert output.startswith("Usage: ")
    assert not re.search("选项|用法|显示", output)


WRONG = {
    "no_option": ("friday", "--bogus"),
    "no_option_near": ("friday", "--quite"),
    "no_command": ("zzz",),
    "no_command_near": ("frday",),
    "missing": ("validate",),
    "needs_value": ("validate", ".", "--settings"),
    "takes_no_value": ("validate", ".", "--notices=1"),
    "extra": ("friday", ".", "more"),
    "choice": ("validate", ".", "--format", "xml"),
    "number": ("validate", ".", "--jobs", "0"),
    "day": ("validate", ".", "--as-of", "yesterday"),
    "file_given": ("friday", __file__),
    "folder_given": ("validate", ".", "--settings", "."),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", WRONG)
def test_wrong_usage_is_one_line_in_the_language_asked_for(code, lang):
    known = console(lang).raw(f"wrong.{code}")
    result = run("--lang", lang, *WRONG[code], code=2)
    assert len(result.stderr.strip().splitlines()) == 1
    lead = known.split("{")[0] or known.split("}")[1].split("{")[0]
    assert lead in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("failed", [errno.EACCES, errno.ENOSPC, errno.ENOENT, errno.EIO])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_the_system_refuses_is_said_in_the_language_asked_for(monkeypatch, tmp_path, failed, lang):
    def refuse(*_given: object) -> None:
        raise OSError(failed, os.strerror(failed), str(tmp_path / "台账.xlsx"))

    monkeypatch.setattr("salesxl.cli.options.rules_of", refuse)
    monkeypatch.setattr("salesxl.cli.rules_of", refuse)
    told = run("template", "-o", tmp_path, "--lang", lang, code=2).stderr
    assert str(tmp_path / "台账.xlsx") in told
    assert console(lang).raw(f"os.why.{errno.errorcode[failed]}") in told
    assert os.strerror(failed) not in told


@pytest.mark.parametrize("day", ["2026/11/20", "20261120", "2026年11月20日", "2026-11-20", "11月20日"])
def test_a_day_may_be_written_as_people_write_it(inbox, day):
    # without a year it is the one nearest to today, so that only its being read can be told here
    assert run("validate", inbox, "--as-of", day).exit_code in (0, 1)


def test_paths_may_come_with_quotes_a_slash_behind_and_a_home(inbox, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(inbox.parent))
    for given in (f'"{inbox}"', f"{inbox}/", f"“{inbox}”", "~/收件箱"):
        assert "I5" in run("validate", given, *AS_OF, code=1).output


def test_an_inbox_is_checked_by_its_teams_settings_which_is_said(tmp_path):
    run("init", tmp_path / "队", code=0)
    archive(tmp_path / "队" / "收件箱" / "a.xlsx", [{}])
    result = run("validate", tmp_path / "队" / "收件箱", "--format", "json", *AS_OF)
    assert "团队设置.xlsx" in result.stderr
    json.loads(result.stdout)


@pytest.fixture
def team(tmp_path) -> Path:
    home = tmp_path / "队"
    run("init", home, code=0)
    archive(home / "收件箱" / "张三.xlsx", [{}])
    return home


def test_a_teams_folder_means_its_inbox_which_is_said(team, tmp_path):
    for lang, said in (("zh", "是团队文件夹"), ("en", "is a team's folder")):
        result = run("validate", team, "--format", "json", "--lang", lang, *AS_OF, code=0)
        assert json.loads(result.stdout)["files"] == 1
        assert said in result.stderr
    assert said not in run("validate", team / "收件箱", "--lang", lang, *AS_OF).stderr
    made = run("consolidate", team, "-o", tmp_path / "b.xlsx", *AS_OF, code=0)
    assert "共 1 个文件" in made.output


@pytest.mark.parametrize("command", ["friday", "accept"])
def test_a_file_of_a_team_given_for_its_folder_is_answered_with_that(team, monkeypatch, command):
    monkeypatch.chdir(team.parent)
    told = run(command, "队/收件箱/张三.xlsx", code=2).stderr
    assert "团队的文件夹：队。" in told


def test_a_way_back_up_leads_to_the_team_itself_and_makes_nothing(team, monkeypatch):
    monkeypatch.chdir(team)
    settings = team / "团队设置.xlsx"
    settings.write_bytes(settings.read_bytes() + b"\0")  # the team's own from here on
    before, files = settings.read_bytes(), sorted(team.rglob("*"))
    run("init", "归档/..", code=0)
    assert settings.read_bytes() == before
    assert sorted(team.rglob("*")) == files
    assert "salesxl init" in run("init", "收件箱", code=2).stderr


@pytest.mark.slow
def test_settings_nobody_knows_are_said_by_init_and_friday(tmp_path):
    home = tmp_path / "队"
    run("init", home, code=0)
    book = load_workbook(home / "团队设置.xlsx")
    book.create_sheet("目标2027").append(["对象", 1])
    book["成员"].cell(3, 9, "生日")
    book.save(home / "团队设置.xlsx")
    archive(home / "收件箱" / "a.xlsx", [{}])
    for words in (("init", home), ("friday", home, *AS_OF)):
        output = run(*words, code=0).output
        assert "是不是「目标」" in output
        assert "成员!I3" in output


def test_help_lists_the_commands_in_the_order_of_a_teams_life():
    output = run("--help", code=0).output
    places = [output.index(f"\n  {name} ") for name in main.commands]
    assert places == sorted(places)


def test_help_imports_nothing_heavy():
    code = "import sys; from salesxl.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += f"print(sorted(set(sys.modules) & {set(HEAVY)!r}))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip().endswith("[]")


def test_the_version_is_told():
    assert cli.__version__ in run("--version", code=0).output


def test_init_lays_out_a_folder_and_keeps_the_settings_of_a_second_run(tmp_path):
    roster = tmp_path / "名单.tsv"
    roster.write_text("姓名\t团队\n张三\t一组\n-\t\n李四\t\n", encoding="utf-8")
    home = tmp_path / "队"
    assert "salesxl friday" in run("init", home, "--members", roster, code=0).output
    kept = (home / "团队设置.xlsx").read_bytes()
    assert (home / "收件箱").is_dir()
    run("init", home, code=0)
    assert (home / "团队设置.xlsx").read_bytes() == kept
    assert "收件箱" in run("friday", home, *AS_OF, code=2).stderr


def test_a_file_that_cannot_be_written_is_said_with_its_name(tmp_path, inbox, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(Path, "replace", full)
    assert "book.xlsx" in run("consolidate", inbox, "-o", tmp_path / "book.xlsx", *AS_OF, code=2).stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_what_goes_into_a_pipe_is_utf8_whatever_the_locale(tmp_path):
    home = archive(tmp_path / "甲.xlsx", [{"contact": "12"}]).parent
    command = [sys.executable, "-m", "salesxl", "validate", str(home), "--as-of", "2026-11-20"]
    environment = {**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"}
    for form in ("text", "json"):
        done = subprocess.run([*command, "--format", form], capture_output=True, env=environment, check=False)
        assert done.returncode == 1, done.stderr
        assert "甲.xlsx" in done.stdout.decode("utf-8")


@pytest.mark.slow
def test_the_rows_of_the_details_are_told_as_json_only_when_asked_for(tmp_path, inbox):
    home = tmp_path / "团队"
    run("init", home, code=0)
    archive(home / "收件箱" / "a.xlsx", [{}])
    few = json.loads(run("friday", home, "--format", "json", *AS_OF, code=0).stdout)
    every = json.loads(run("friday", home, "--format", "json", "--rows", *AS_OF, code=0).stdout)
    assert len(every["detail"].pop("rows")) == 1
    assert few == every
    assert few["headline"]
    assert few["cards"]["attainment"]["value"] is None
