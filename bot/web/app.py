"""The application factory: settings and a live bot in, a Flask app out; every error as a page or as problem+json."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from bot.clock import utc_now
from bot.config import NONE, Settings, shipped
from bot.delivery.targets import targets_of
from bot.errors import Conflict, Forbidden, InputError, NotReady
from bot.patients.chat import Chat
from bot.patients.live import Live
from bot.store.sealing import open_sealer
from bot.web import api, api_handoffs, handoffs, kiosk, pages, plain, staff_door, staff_errors, widget
from bot.web.allowances import Limiter
from bot.web.assets import add_assets
from bot.web.book import SharedBook
from bot.web.contact import Counter, open_counter
from bot.web.embedding import allow_listed_sites
from bot.web.languages import add_languages
from bot.web.limits import limit
from bot.web.metrics import Metrics, State, count_requests, show_metrics
from bot.web.numbers import BoundedConverter
from bot.web.opening import House, open_house
from bot.web.outbox_metrics import OutboxState
from bot.web.previews import add_previews
from bot.web.probes import add_probes
from bot.web.problems import as_problem, problem
from bot.web.security import MOST_BODY_BYTES, secure
from bot.web.staff_rooms import ROOMS
from bot.web.stamps import Stamps
from bot.web.telemetry import Telemetry

LOG = structlog.get_logger("clinicbot")
RETRY_AFTER_S = 30


def create_app(
    settings: Settings,
    live: Live | None = None,
    now: Callable[[], datetime] = utc_now,
    clock: Callable[[], float] = time.monotonic,
    house: House | None = None,
) -> Flask:
    """The web application. `now` gives UTC time (opening hours), `clock` seconds (forgetting conversations).

    With a `live` and no `house` it answers patients without a database: nothing is stored, and there is no staff area.
    """
    if live is None and house is None:
        house = open_house(settings, now)
        house.start()
    live = house.live if house else live or Live(None, "there is no release")
    app = Flask("bot.web", template_folder=str(shipped("templates")), static_folder=None)
    app.url_map.converters["int"] = BoundedConverter
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BODY_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    turns = house.turns if house else None
    database, key = (house.database, house.key) if house else (None, NONE)
    chat = Chat(live, clock, turns, key=key, replicas=settings.has_replicas)
    app.extensions["clinicbot.turns"] = turns
    app.extensions["clinicbot"] = pages.Desk(live, chat, now, settings, database, key)
    add_assets(app)
    add_languages(app, live)
    secure(app, settings)
    metrics = Metrics()
    chat.listeners.append(metrics.heard)
    app.extensions["clinicbot.telemetry"] = Telemetry(app, settings, chat, metrics.registry)
    book = SharedBook(database, key, now) if database is not None and settings.has_replicas else None
    limiter = Limiter(clock, book)
    places = limit(app, settings, limiter, metrics.held_back)
    if settings.metrics or settings.otlp_url:
        count_requests(app, metrics)
        metrics.registry.register(State(live, turns, places, now, database))
        if database is not None:
            metrics.registry.register(OutboxState(database, targets_of(settings), now))
    if settings.metrics:
        show_metrics(app, settings, metrics)
    allow_listed_sites(app)
    add_previews(app)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(plain.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(api_handoffs.blueprint)
    app.register_blueprint(kiosk.blueprint)
    app.register_blueprint(widget.blueprint)
    if house is not None and database is not None and key:
        sealer = house.sealer or open_sealer(database, key, now=now())
        counter = Counter(sealer=sealer, limiter=limiter, stamps=Stamps(key), targets=targets_of(settings))
        open_counter(app, settings, counter)
        app.register_blueprint(handoffs.blueprint)
        staff_door.open_door(app)
        for staff_room in ROOMS:
            app.register_blueprint(staff_room)
    add_probes(app)
    _handle_errors(app)
    return app


def _handle_errors(app: Flask) -> None:
    @app.errorhandler(InputError)
    def refuse(error: InputError) -> tuple[Response, int]:
        if _wants_problem():
            return as_problem(problem(422, "The input cannot be used", str(error), [error]))
        if staff_door.is_at_door():
            return staff_errors.answer(error)
        return pages.refused(error)

    @app.errorhandler(Conflict)
    @app.errorhandler(Forbidden)
    def impossible(error: Conflict | Forbidden) -> tuple[Response, int]:
        if isinstance(error, Conflict) and _wants_problem():
            return as_problem(problem(409, "That cannot be done now", str(error)))
        return staff_errors.answer(error) if staff_door.is_at_door() else crashed(error)

    @app.errorhandler(NotReady)
    def not_ready(error: NotReady) -> tuple[Response, int]:
        LOG.error("not ready", reason=error.reason.splitlines()[0] if error.reason else "")
        if staff_door.is_at_door():
            return staff_errors.answer(error)
        return _fail_safe("The chat cannot answer now")

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[Response, int]:
        if isinstance(error, InternalServerError):
            return crashed(error)
        if staff_door.is_at_door():
            return staff_errors.answer(error)
        status = error.code or 500
        if _wants_problem():
            response, _ = as_problem(problem(status, error.name, error.description or error.name))
        else:
            response, _ = pages.error_page(status)
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
        return response, status

    @app.errorhandler(Exception)
    def crashed(error: Exception) -> tuple[Response, int]:
        """The outermost edge: whatever breaks, the patient sees where help is. No patient's words are logged."""
        route = str(request.url_rule or "-")  # not the path: a one-time link is a secret
        LOG.error("crashed", route=route, kind=type(error).__name__, exc_info=None if _holds_words() else error)
        app.extensions["clinicbot.telemetry"].crashed(error)
        if staff_door.is_at_door():
            return staff_errors.answer(error)
        return _fail_safe("Something went wrong on our side")


def _fail_safe(title: str) -> tuple[Response, int]:
    if _wants_problem():
        detail = "Try again in a moment. In an emergency call your local emergency number."
        response, status = as_problem(problem(503, title, detail))
    else:
        response, status = pages.fail_safe()
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response, status


def _wants_problem() -> bool:
    return request.path.startswith("/api/")


def _holds_words() -> bool:
    """Whether a trace of this request could hold what a patient typed."""
    return request.method == "POST" or bool(request.query_string)
