"""What is told to the operator's own systems: traces and figures by OTLP, faults to Sentry. Nothing unless set up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from flask import Flask
from prometheus_client import CollectorRegistry

from bot.config import Settings
from bot.errors import SettingError
from bot.patients.chat import Chat

ENDS_WITHIN_S = 5.0


class Telemetry:
    """Tells others what happens in an application. Words, contacts, paths and addresses are not among it."""

    def __init__(self, app: Flask, settings: Settings, chat: Chat, figures: CollectorRegistry) -> None:
        """Raises SettingError when what a setting needs is not installed."""
        self._ends: list[Callable[[], None]] = []
        self.crashed: Callable[[BaseException], None] = _nobody
        if settings.otlp_url:
            try:
                from bot.web.telemetry_otlp import Tracing, exporters_to  # noqa: PLC0415 - an optional extra
            except ModuleNotFoundError as error:
                raise _missing("CLINICBOT_OTLP_URL", "otel") from error
            tracing = Tracing(app, settings, figures, exporters_to(settings.otlp_url), our_version())
            chat.listeners.append(tracing.heard)
            self._ends.append(tracing.close)
        if settings.sentry_dsn:
            try:
                from bot.web.telemetry_sentry import Faults  # noqa: PLC0415 - an optional extra
            except ModuleNotFoundError as error:
                raise _missing("CLINICBOT_SENTRY_DSN", "sentry") from error
            faults = Faults(settings.sentry_dsn, our_version())
            self.crashed = faults.tell
            self._ends.append(faults.close)

    def close(self) -> None:
        """Send what waits, for some seconds at most, and end; whoever does not answer by then is told no more."""
        endings = [threading.Thread(target=end, daemon=True) for end in self._ends]
        for ending in endings:
            ending.start()
        until = time.monotonic() + ENDS_WITHIN_S
        for ending in endings:
            ending.join(max(0.0, until - time.monotonic()))


def our_version() -> str:
    """The version of clinicbot that runs."""
    try:
        return version("clinicbot")
    except PackageNotFoundError:
        return ""


def _missing(name: str, extra: str) -> SettingError:
    return SettingError(name=name, got="a value", allowed=f"pip install 'clinicbot[{extra}]' first")


def _nobody(_error: BaseException) -> None:
    """Nobody is told."""
