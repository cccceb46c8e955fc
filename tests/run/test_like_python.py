"""A program under `whynorm run` behaves, byte for byte, as under python itself."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import textwrap
from pathlib import Path

import pytest

from tests.run.programs import PROGRAMS

RUN = [sys.executable, "-m", "whynorm", "run"]
PYTHON = [sys.executable]


def ended(command: list[str], folder: Path, **options: object) -> tuple[int, bytes, bytes]:
    """A command's exit status, standard output and standard error."""
    settings = {"cwd": folder, "input": b"Ada\n", "timeout": 120, **options}
    done = subprocess.run(command, capture_output=True, check=False, **settings)  # type: ignore[call-overload]
    return done.returncode, _without_addresses(done.stdout), _without_addresses(done.stderr)


def _without_addresses(printed: bytes) -> bytes:
    return re.sub(rb"0x[0-9a-f]+|started \d+|pid=\d+", b"", printed)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "beside.py").write_text("VALUE = 3\ndef fail():\n    raise KeyError(VALUE)\n")
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("print('package', __name__)\n")
    (package / "__main__.py").write_text("import sys\nprint('main', sys.argv, __package__, __spec__.name)\n")
    (package / "part.py").write_text("import sys\nprint(sys.argv, __name__, __spec__.name, sys.path[0])\n1 / 0\n")
    return tmp_path


def program(folder: Path, name: str) -> str:
    file = folder / f"{name}.py"
    text = textwrap.dedent(PROGRAMS[name])
    file.write_text(text, encoding="latin-1" if "latin-1" in text else "utf-8")
    return file.name


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_run_as_python_runs_it(name: str, folder: Path) -> None:
    arguments = ["one", "--json", "-m", "two words"]
    script = program(folder, name)
    expected = ended([*PYTHON, script, *arguments], folder)
    program(folder, name)
    assert ended([*RUN, script, *arguments], folder) == expected


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "package", "x"],
        ["-m", "package.part", "x", "-y"],
        ["-m", "package.missing"],
        ["-m", "missing"],
        ["-m", "json.tool", "--help"],
        ["package", "x"],
        ["./beside.py"],
    ],
    ids=" ".join,
)
def test_modules_and_folders_are_run_as_python_runs_them(command: list[str], folder: Path) -> None:
    assert ended([*RUN, *command], folder) == ended([*PYTHON, *command], folder)


@pytest.mark.parametrize("options", [["-W", "error"], ["-O"], ["-X", "dev"], ["-u", "-B"], ["-P"]], ids=" ".join)
def test_options_of_the_interpreter_are_the_programs(options: list[str], folder: Path) -> None:
    if options == ["-P"] and sys.version_info < (3, 11):
        pytest.skip("3.11 brought -P")
    for name in ("warns", "debug", "path"):
        script = program(folder, name)
        expected = ended([*PYTHON, *options, script], folder)
        assert ended([sys.executable, *options, "-m", "whynorm", "run", script], folder) == expected


@pytest.mark.parametrize("path", ["", "elsewhere", "elsewhere:beside", "elsewhere:"])
def test_the_python_path_is_the_programs(path: str, folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "sitecustomize.py").write_text(
        "import builtins\nbuiltins.own = 'the environment has its own'\n"
    )
    environment = {**os.environ, "PYTHONPATH": path}
    for name in ("path", "environment", "own_sitecustomize"):
        script = program(folder, name)
        expected = ended([*PYTHON, script], folder, env=environment)
        assert ended([*RUN, script], folder, env=environment) == expected


def test_the_console_script_is_the_same_command(folder: Path) -> None:
    whynorm = str(Path(sysconfig.get_path("scripts")) / "whynorm")
    script = program(folder, "argv")
    assert ended([whynorm, "run", script, "x"], folder) == ended([*PYTHON, script, "x"], folder)


def test_a_console_script_may_stand_in_scripts_place(folder: Path) -> None:
    scripts = Path(sysconfig.get_path("scripts"))
    name = next(name for name in ("pytest", "py.test", "pip") if (scripts / name).exists())
    expected = ended([str(scripts / name), "--version"], folder)
    assert ended([*RUN, name, "--version"], folder) == expected


def test_ctrl_c_ends_it_as_python(folder: Path) -> None:
    script = program(folder, "interrupted")
    status, _, errors = ended([*RUN, script], folder)
    assert (status, errors.splitlines()[-1]) == (-2, b"KeyboardInterrupt")


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("hello", "completes"), ("raises", "raises"), ("exit_number", "completes"), ("interrupted", "raises")],
)
def test_json_is_written_where_exit_handlers_run(name: str, outcome: str, folder: Path) -> None:
    ended([*RUN, "--json", "report.json", program(folder, name)], folder)
    report = json.loads((folder / "report.json").read_text())
    assert (report["outcome"], report["findings"], report["command"]) == (outcome, [], "run")


def test_json_of_a_killed_program_is_not_left_from_before(folder: Path) -> None:
    (folder / "report.json").write_text("old")
    ended([*RUN, "--json=report.json", program(folder, "os_exit")], folder)
    assert not (folder / "report.json").exists()


def test_json_goes_where_it_was_named_though_the_program_moves(folder: Path) -> None:
    ended([*RUN, "--json", "report.json", program(folder, "chdir")], folder)
    assert json.loads((folder / "report.json").read_text())["outcome"] == "raises"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "run wants a program"),
        (["missing.py"], "no such file, and no Python console script of this name: 'missing.py'"),
        (["-m"], "-m wants the name of a module"),
        (["--jsn", "x", "beside.py"], "no such option of run: '--jsn'"),
        (["--json"], "--json wants a file"),
        (["--json", "no/such/folder.json", "beside.py"], "cannot write 'no/such/folder.json'"),
        (["--json", "package", "beside.py"], "cannot write 'package'"),
        (["ls"], "no such file, and no Python console script of this name: 'ls'"),
    ],
)
def test_usage_errors_are_one_line(arguments: list[str], says: str, folder: Path) -> None:
    status, out, errors = ended([*RUN, *arguments], folder)
    assert (status, out) == (2, b"")
    assert errors.decode().startswith(f"whynorm: {says}")
    assert errors.count(b"\n") == 1
