"""What is hung into pytest: what all runs share, the choice of tests, and the watching of them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import coverage
import hypothesis
import pytest

TOO_SLOW_S = 20.0  # a test that is stopped when it is watched, and then never used


class Shared:
    """What every run needs: examples that are the same each time, and what was learnt once."""

    def __init__(self, kept: Path) -> None:
        self._learnt = kept / "learnt"

    def pytest_collection(self) -> None:
        phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
        hypothesis.settings.register_profile(
            "mutation", hypothesis.settings.get_profile("untimed"), derandomize=True, database=None, phases=phases
        )
        hypothesis.settings.load_profile("mutation")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Iterator[None]:
        if fixturedef.argname != "learnt":
            return (yield)
        mine = request.getfixturevalue("tmp_path_factory").getbasetemp() / "learnt"
        if self._learnt.exists():
            shutil.copytree(self._learnt, mine, copy_function=os.link)
        made = yield
        if not self._learnt.exists():
            shutil.copytree(mine, self._learnt)
        return made


class Chosen:
    """Runs the chosen tests only, in the order given, and notes which one failed."""

    def __init__(self, tests: Sequence[str], note: Path) -> None:
        self._order = {test: place for place, test in enumerate(tests)}
        self._note = note

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        chosen = [item for item in items if item.nodeid in self._order]
        items[:] = sorted(chosen, key=lambda item: self._order[item.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._note.write_text(report.nodeid, encoding="utf-8")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._note.write_text(f"import of {report.nodeid}", encoding="utf-8")


class _TooSlow(BaseException):
    pass


class Watching:
    """Notes what each test reaches, what of it through shared fixtures, and how long it takes."""

    def __init__(self, watching: coverage.Coverage) -> None:
        self._coverage = watching
        self._contexts = ["import"]
        self._shared_s = self._setup_s = 0.0
        self.seconds: dict[str, float] = {}
        self.fixtures: dict[str, list[str]] = {}

    @contextlib.contextmanager
    def _as(self, context: str) -> Iterator[None]:
        self._contexts.append(context)
        self._coverage.switch_context(context)
        try:
            yield
        finally:
            self._contexts.pop()
            self._coverage.switch_context(self._contexts[-1])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        with self._as(item.nodeid):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        if fixturedef.scope == "function":
            return (yield)
        began, outermost = time.monotonic(), not self._contexts[-1].startswith("fixture ")
        try:
            with self._as(f"fixture {fixturedef.argname}"):
                return (yield)
        finally:
            if outermost:
                self._shared_s += time.monotonic() - began

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        began, self._shared_s = time.monotonic(), 0.0
        try:
            return (yield)
        finally:
            self._setup_s = time.monotonic() - began - self._shared_s

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        def stop(*_: object) -> None:
            raise _TooSlow

        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, TOO_SLOW_S)
        began = time.monotonic()
        try:
            result = yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        # Only of those that pass, and with what is set up for them alone.
        self.seconds[item.nodeid] = round(self._setup_s + time.monotonic() - began, 3)
        self.fixtures[item.nodeid] = [f"fixture {name}" for name in getattr(item, "fixturenames", ())]
        return result
