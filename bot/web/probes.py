"""What watches over this process asks here: whether it is alive, and whether it can answer."""

from __future__ import annotations

import hmac

from flask import Flask, Response, current_app, jsonify, request

from bot.config import OPEN_METRICS, Settings
from bot.delivery.targets import targets_of
from bot.dialogue.bot import Bot
from bot.patients.turns import Turns
from bot.store.database import Database
from bot.store.outbox import depth
from bot.store.releases import find_live
from bot.web.pages import desk
from bot.web.senders import sender_of

_PREPARING = "a newer release is being prepared"


def add_probes(app: Flask) -> None:
    """Answer at /healthz and /readyz."""
    app.add_url_rule("/healthz", "healthz", _healthz)
    app.add_url_rule("/readyz", "readyz", _readyz)


def may_read_figures(settings: Settings) -> bool:
    """Whether the settings show this request the figures: to everybody, or to who has their token."""
    if not settings.metrics or settings.metrics == OPEN_METRICS:
        return bool(settings.metrics)
    expected, got = f"Bearer {settings.metrics}", request.headers.get("Authorization", "")
    return hmac.compare_digest(expected.encode(), got.encode("utf-8", "replace"))


def _healthz() -> Response:
    return jsonify(status="ok")


def _readyz() -> tuple[Response, int]:
    reasons = _reasons()
    told: dict[str, object] = {}
    if _may_see_more():  # how busy a clinic is, and what is broken there, is nobody else's business
        bot = desk().live.bot
        told = {"reasons": reasons} if reasons or bot is None else _state(bot)
    return jsonify(status="not ready" if reasons else "ok", **told), 503 if reasons else 200


def _may_see_more() -> bool:
    """Whether this machine asks, and no proxy on it for somebody else; or who may read the figures."""
    is_here = sender_of(request.remote_addr) is None and "X-Forwarded-For" not in request.headers
    return is_here or may_read_figures(desk().settings)


def _reasons() -> list[str]:
    """Why this process must not be asked now; nothing when it can answer and store."""
    found, turns = desk(), _turns()
    if current_app.extensions.get("clinicbot.stopping"):
        return ["this process is stopping"]
    if found.live.bot is None:
        return found.live.reason.splitlines() or ["there is no release"]
    if found.database is not None and (reason := found.database.trouble()):
        return [reason]
    return [turns.trouble] if turns is not None and turns.trouble else []


def _state(bot: Bot) -> dict[str, object]:
    """What is served, and what waits."""
    live, database, turns, release = desk().live, desk().database, _turns(), bot.release
    return {
        "release": release.number,
        "content": release.content_hash,
        "left_out": [str(each) for each in bot.problems],
        "trouble": live.trouble or (_PREPARING if database is not None and _is_behind(bot, database) else None),
        "safety": f"{len(release.rules)} rules, each finds its examples",
        "matching": "words and meaning" if bot.matcher.by_meaning else "words alone",
        "matching_reason": bot.without_meaning or None,
        "delivery": _delivery(database) if database is not None else None,
        "turns": {"waiting": turns.waiting, "given_up": turns.given_up} if turns else None,
    }


def _is_behind(bot: Bot, database: Database) -> bool:
    """Whether another release is live than this process answers from: it learns that one just now."""
    with database.read() as db:
        newest = find_live(db)
    return newest is not None and newest.number != bot.release.number


def _delivery(database: Database) -> dict[str, object]:
    """Where messages go on to, and how many wait or were given up: to be watched, but no reason not to answer."""
    with database.read() as db:
        counts = depth(db)
    return {"targets": targets_of(desk().settings), "waiting": counts["waiting"], "given_up": counts["dead"]}


def _turns() -> Turns | None:
    found: Turns | None = current_app.extensions["clinicbot.turns"]
    return found
