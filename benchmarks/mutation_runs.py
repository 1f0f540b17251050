"""Tests run on a copy of the tree, each time in a fork of a process that has already imported what is not ours.

Once, all tests run watched: how long each takes, and which lines it reaches. What only a shared fixture reaches counts
for every test that uses this fixture. Later only the quick tests that reach a line run when something is wrong there.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import coverage
import pytest
from mutation_plugins import Chosen, Shared, Watching

ROOT = Path(__file__).parent.parent
OPENED = "fixture learnt"  # what is learnt there is only opened later (see `Shared`)
MEMORY = 12 * 2**30
OPTIONS = (
    "-q",
    "-x",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:benchmark",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
)


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of the tests: seconds, shared fixtures, and who reaches a line of a module."""

    seconds: dict[str, float] = field(default_factory=dict)
    fixtures: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    libraries: list[str] = field(default_factory=list)

    def reaching(self, module: str, first: int, last: int) -> set[str]:
        """The tests that reach one of these lines of a module, itself or through a fixture that is shared."""
        reached = self.lines.get(module, {})
        contexts = {each for line, found in reached.items() if first <= int(line) <= last for each in found}
        contexts.discard(OPENED)
        return {test for test, shared in self.fixtures.items() if test in contexts or contexts & set(shared)}

    def within(self, files: Sequence[str]) -> Watched:
        """Only the tests of these files."""
        known = [test for test in self.fixtures if test.split("::")[0] in files]
        seconds = {test: self.seconds[test] for test in known if test in self.seconds}
        return Watched(seconds, {test: self.fixtures[test] for test in known}, self.lines, self.libraries)

    def joined(self, later: Watched) -> Watched:
        """With what was found out later about some of the tests."""
        lines = {module: dict(found) for module, found in self.lines.items()}
        for module, found in later.lines.items():
            mine = lines.setdefault(module, {})
            for line, tests in found.items():
                mine[line] = sorted({*mine.get(line, ()), *tests})
        return Watched(
            self.seconds | later.seconds,
            self.fixtures | later.fixtures,
            lines,
            sorted({*self.libraries, *later.libraries}),
        )


@dataclass(frozen=True, slots=True)
class Tried:
    """How a run of tests ended: `survived`, `killed` by a test (or by what could not be imported), or `timed out`."""

    outcome: str
    by: str
    seconds: float


class Copy:
    """The files under version control as they are now, in a folder of its own: what is made wrong, is wrong there."""

    def __init__(self, folder: Path) -> None:
        self.tree, self._kept = folder / "tree", folder / "kept"
        self.learnt = self._kept / "learnt"  # see `Shared`
        self._kept.mkdir(parents=True, exist_ok=True)
        known = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        for name in known.stdout.split("\0"):
            if name and (ROOT / name).is_file():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, self.tree / name)
        subprocess.run(
            [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "bot"],
            cwd=self.tree, check=True,
        )  # fmt: skip

    @contextlib.contextmanager
    def wrong(self, module: str, text: str) -> Iterator[None]:
        """The module made wrong as long as the block lasts."""
        file = self.tree / module
        right = file.read_bytes()
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
            compiled.unlink()
        file.write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            file.write_bytes(right)

    def watch(self, paths: Sequence[str], modules: Sequence[str], limit_s: float) -> Watched:
        """Run the tests of these files or folders and find out about them."""
        note = self._kept / "watched.json"
        note.unlink(missing_ok=True)
        self._fork(lambda: _watch(self.tree, self._kept, paths, modules, note), limit_s, show=True)
        return Watched(**json.loads(note.read_text(encoding="utf-8")))

    def trial(self, tests: Sequence[str], limit_s: float) -> Tried:
        """Run these tests in this order up to the first that fails; `limit_s` seconds are waited."""
        note = self._kept / "failed.txt"
        note.write_text("", encoding="utf-8")
        began = time.monotonic()
        code = self._fork(lambda: _run(self.tree, self._kept, [*OPTIONS, *_files(tests)], Chosen(tests, note)), limit_s)
        seconds = round(time.monotonic() - began, 2)
        by = note.read_text(encoding="utf-8")
        if code is None:
            return Tried("timed out", by, seconds)
        if code == pytest.ExitCode.NO_TESTS_COLLECTED:
            raise RuntimeError(f"none of {tests} was found")
        return Tried("survived", "", seconds) if code == 0 else Tried("killed", by or "import", seconds)

    def _fork(self, work: Callable[[], int], limit_s: float, *, show: bool = False) -> int | None:
        """The exit code of what is done in a fork; None when it had to be killed."""
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os.setsid()
            if not show:
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
                log = os.open(self._kept / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(log, 1)
                os.dup2(log, 2)
            code = 70
            try:
                code = work()
            finally:
                sys.stdout.flush()
                os._exit(code)
        done, status, end = 0, 0, time.monotonic() + limit_s
        try:
            while not done and time.monotonic() < end:
                done, status = os.waitpid(child, os.WNOHANG)
                time.sleep(0.02)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)  # also what it left running
            if not done:
                os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) if done else None


def warm_up(libraries: Sequence[str]) -> None:
    """Import what is not ours, once for all forks."""
    for name in libraries:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _files(tests: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(test.split("::")[0] for test in tests))


def _run(tree: Path, kept: Path, arguments: Sequence[str], *plugins: object) -> int:
    os.chdir(tree)
    os.environ |= {"PYTHONPATH": os.pathsep.join([str(tree), os.environ.get("PYTHONPATH", "")])}
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(tree))
    return int(pytest.main([f"--basetemp={kept / 'base'}", *arguments], plugins=[Shared(kept), *plugins]))


def _watch(tree: Path, kept: Path, paths: Sequence[str], modules: Sequence[str], note: Path) -> int:
    before = set(sys.modules)
    watching = coverage.Coverage(data_file=None, include=[str(tree / module) for module in modules])
    plugin = Watching(watching)
    watching.start()
    code = _run(tree, kept, [*(option for option in OPTIONS if option != "-x"), *paths], plugin)
    watching.stop()
    data = watching.get_data()
    lines = {
        module: {str(line): tests for line, tests in data.contexts_by_lineno(str(tree / module)).items()}
        for module in modules
    }
    theirs = [name for name in sys.modules if name not in before and "site-packages" in _file_of(name)]
    found = Watched(plugin.seconds, plugin.fixtures, lines, sorted(theirs))
    note.write_text(json.dumps(asdict(found)), encoding="utf-8")
    return code


def _file_of(name: str) -> str:
    return getattr(sys.modules[name], "__file__", None) or ""
