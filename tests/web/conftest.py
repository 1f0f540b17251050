"""A client of the real application on the shipped knowledge."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web.app import create_app

TUESDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def app(bot: Bot) -> Flask:
    return create_app(read_settings({}), Live(bot), now=lambda: TUESDAY_NOON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
