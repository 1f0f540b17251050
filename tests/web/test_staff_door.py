"""The door to the staff area, for every page there is: who gets in, and what forms must bring."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.routing import IntegerConverter, Rule

from bot.errors import Conflict, InputError, NotReady
from bot.staff.accounts import Role
from bot.web.staff_cookies import is_staff_address
from bot.web.staff_door import Room, requires, room, safe_next, staff

SignIn = Callable[[str], FlaskClient]
PATIENTS = ("/", "/topics", "/answers/dry-lips", "/privacy", "/nothing", "/api/v1/topics", "/static/css/base.css")
READING = {"GET", "HEAD", "OPTIONS"}


def staff_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if is_staff_address(rule.rule)]


def address_of(app: Flask, rule: Rule) -> str:
    """An address of the rule: numbers are 1, texts are x, a choice is its first word."""
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        choices = sorted(getattr(converter, "items", ()))
        values[name] = choices[0] if choices else 1 if isinstance(converter, IntegerConverter) else "x"
    address = rule.build(values)
    assert address is not None
    return address[1].removeprefix("|") or "/"


def pages(app: Flask) -> Iterator[tuple[str, str, tuple[Role, ...]]]:
    """Each method and address of the staff area, with the roles of which it requires one; none where it is public."""
    for rule in staff_rules(app):
        roles = getattr(app.view_functions[rule.endpoint], "requires", ())
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, address_of(app, rule), roles


def send(client: Any, method: str, path: str) -> Any:
    if method in READING:
        return client.open(path, method=method)
    return client.open(path, method=method, data={"csrf_token": client.csrf()})


def test_every_page_says_who_may_open_it(staff_app: Flask) -> None:
    for rule in staff_rules(staff_app):
        view = staff_app.view_functions[rule.endpoint]
        assert bool(getattr(view, "requires", ())) != getattr(view, "public", False), rule.rule


def test_a_view_that_says_nothing_cannot_be_added() -> None:
    with pytest.raises(TypeError, match="says not who may open it"):
        room("secrets", "/staff/secrets").get("/")(lambda: "shown")


def test_the_mark_must_stand_below_the_route() -> None:
    with pytest.raises(TypeError, match="below the route"):
        requires(Role.ADMIN)(room("secrets", "/staff/secrets").get("/")(lambda: "shown"))


def test_a_view_that_came_round_the_registration_shows_nothing(staff_app: Flask, sign_in: SignIn) -> None:
    staff_app.add_url_rule("/staff/forgotten", view_func=lambda: "secret")

    response = sign_in("admin").get("/staff/forgotten")

    assert response.status_code == 500
    assert "secret" not in response.get_data(as_text=True)


def test_staff_pages_stand_in_the_staff_area() -> None:
    with pytest.raises(ValueError, match="stand under /staff"):
        room("stray", "/entries")


def test_who_is_not_signed_in_is_sent_to_the_door(staff_app: Flask, visitor: FlaskClient) -> None:
    for method, path, roles in pages(staff_app):
        response = send(visitor, method, path)
        if not roles:
            assert response.status_code not in (401, 403, 500), (method, path)
        else:
            assert (response.status_code, response.location[:14]) == (303, "/staff/sign-in"), (method, path)


def test_a_script_that_is_not_signed_in_is_told(staff_app: Flask, visitor: FlaskClient) -> None:
    for method, path, roles in pages(staff_app):
        if roles:
            response = visitor.open(path, method=method, headers={"Accept": "application/json"})
            assert (response.status_code, response.content_type) == (401, "application/problem+json"), (method, path)


@pytest.mark.parametrize("who", ["editor", "clinician", "admin"])
def test_each_role_opens_what_it_may_and_nothing_else(staff_app: Flask, sign_in: SignIn, who: str) -> None:
    for method, path, roles in pages(staff_app):
        response = send(sign_in(who), method, path)
        if not roles or {Role.EDITOR, Role(who)} & set(roles):
            assert response.status_code < 500, (method, path)
            assert response.status_code not in (401, 403), (method, path)
            assert "/staff/sign-in?" not in (response.location or ""), (method, path)
        else:
            assert response.status_code == 403, (method, path)
            assert "Only" in response.get_data(as_text=True)


@pytest.mark.parametrize("mark", [{}, {"csrf_token": "made-up"}, {"csrf_token": "ÿ" * 8}])
def test_no_form_is_taken_without_its_mark(staff_app: Flask, sign_in: SignIn, mark: dict[str, str]) -> None:
    for method, path, _ in pages(staff_app):
        if method not in READING:
            assert sign_in("admin").open(path, method=method, data=mark).status_code in (400, 403), (method, path)


def test_who_was_refused_stands_in_the_log(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    with capture_logs() as lines:
        editor.get("/staff/audit")
        editor.post("/staff/sign-out", data={"csrf_token": "made-up"})

    refused = [line for line in lines if line["log_level"] == "warning"]
    assert [(line["event"], line["route"]) for line in refused] == [
        ("not allowed", "/staff/audit"),
        ("form not ours", "/staff/sign-out"),
    ]
    assert refused[0]["user"] == refused[1]["user"] > 0


def test_the_mark_of_another_browser_does_not_count(staff_app: Flask, sign_in: SignIn) -> None:
    mine, theirs = sign_in("admin"), sign_in("admin")
    with mine.session_transaction("/staff/") as session:
        session["csrf_token"] = "m" * 40

    assert mine.post("/staff/probe", data={"csrf_token": theirs.csrf()}).status_code in (400, 404, 405)
    assert theirs.csrf() != theirs.csrf()  # masked anew each time


def test_patients_never_get_a_cookie(staff_app: Flask, sign_in: SignIn) -> None:
    for client in (staff_app.test_client(), sign_in("admin")):
        for path in PATIENTS:
            response = client.get(path)
            assert "Set-Cookie" not in response.headers, path
            assert "Cookie" not in response.headers.get("Vary", ""), path
        assert "Set-Cookie" not in client.post("/", data={"question": "my lips are dry"}).headers
        assert "Set-Cookie" not in client.post("/api/v1/ask", json={"question": "my lips are dry"}).headers


def test_without_a_database_there_is_no_staff_area(client: FlaskClient) -> None:
    assert client.get("/staff/sign-in").status_code == 404
    assert client.get("/staff/").status_code == 404


@pytest.fixture
def probed(staff_app: Flask) -> Flask:
    """The application with a page that fails as asked."""
    probe = Room("probe", __name__, url_prefix="/staff/probe")

    @probe.route("/<kind>", methods=["GET", "POST"])
    @requires(Role.EDITOR)
    def fail(kind: str) -> str:
        if kind == "name":
            return staff().name
        raise {
            "input": InputError(field="name", got="nothing", allowed="1 to 80 characters"),
            "conflict": Conflict(subject="dry-lips", problem="somebody else saved it"),
            "busy": NotReady("the database is busy"),
        }.get(kind) or RuntimeError("secret detail")

    staff_app.register_blueprint(probe)
    return staff_app


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("input", 422, "Allowed: 1 to 80 characters"),
        ("conflict", 409, "somebody else saved it"),
        ("crash", 500, "noted in the log"),
        ("a/b", 404, "no such page"),
    ],
)
def test_what_a_view_does_not_handle_becomes_a_staff_page(
    probed: Flask, sign_in: SignIn, kind: str, status: int, said: str
) -> None:
    client = sign_in("editor")
    page = client.get(f"/staff/probe/{kind}")
    problem = client.get(f"/staff/probe/{kind}", headers={"Accept": "application/json"})

    assert page.status_code == problem.status_code == status
    assert said in page.get_data(as_text=True)
    assert "Edda Editor" in page.get_data(as_text=True)
    assert problem.get_json()["status"] == status
    assert "secret detail" not in page.get_data(as_text=True) + problem.get_data(as_text=True)


def test_staff_says_who_is_signed_in(probed: Flask, sign_in: SignIn) -> None:
    response = sign_in("editor").get("/staff/probe/name")

    assert response.get_data(as_text=True) == "Edda Editor"
    assert response.headers["Cache-Control"] == "no-store"


def test_forms_may_be_longer_than_questions_but_not_endless(probed: Flask, sign_in: SignIn) -> None:
    client = sign_in("editor")

    assert client.post_form("/staff/probe/name", text="x" * 200_000).status_code == 200
    assert client.post_form("/staff/probe/name", text="x" * 300_000).status_code == 413
    assert client.post("/", data={"question": "x" * 200_000}).status_code == 413


def test_a_mark_may_come_in_the_header_but_not_from_another_site(probed: Flask, sign_in: SignIn) -> None:
    client = sign_in("editor")
    header = {"X-CSRFToken": client.csrf()}

    assert client.post("/staff/probe/name", json={}, headers=header).status_code == 200
    assert client.post("/staff/probe/name", json={}).status_code == 400
    for site in ("cross-site", "same-site"):
        assert client.post("/staff/probe/name", json={}, headers={**header, "Sec-Fetch-Site": site}).status_code == 400


def test_what_was_written_is_shown_again_when_it_comes_too_late(probed: Flask, sign_in: SignIn, clock: Any) -> None:
    client = sign_in("editor")
    written = {"answer": "Use a <plain> balm.", "password": "never shown again", "short": "x", "version": "37"}
    stale = client.post("/staff/probe/name", data=written)
    clashing = client.post_form("/staff/probe/conflict", **written)
    clock.forward(hours=1)
    late = client.post_form("/staff/probe/name", **written)

    assert [response.status_code for response in (stale, clashing, late)] == [400, 409, 401]
    for response in (stale, clashing, late):
        assert "readonly>Use a &lt;plain&gt; balm.</textarea>" in response.text
        assert ">Short answer</label>" in response.text
        assert "readonly>x</textarea>" in response.text
        assert "never shown again" not in response.text
        assert ">37</textarea>" not in response.text
    assert "sign in" in late.text
    assert 'href="/staff/sign-in?next=/staff/probe/name"' in late.text
    foreign = client.post("/staff/probe/name", data=written, headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, "balm" in foreign.text) == (303, False)


@pytest.mark.parametrize(("kind", "again"), [("crash", True), ("busy", True), ("input", False)])
def test_what_was_written_survives_a_failure_and_can_be_sent_again(
    probed: Flask, sign_in: SignIn, kind: str, again: bool
) -> None:
    client = sign_in("editor")
    failed = client.post_form(f"/staff/probe/{kind}?at=2", note="Rang <her>.\nTwice.", do="keep", version="3")
    secret = client.post_form(f"/staff/probe/{kind}", note="Mine", password="never shown again")
    foreign = client.post(f"/staff/probe/{kind}", data={"note": "Theirs"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert "readonly>Rang &lt;her&gt;.\nTwice.</textarea>" in failed.text
    form = f'<form method="post" action="/staff/probe/{kind}?at=2">'
    assert (form in failed.text) is again
    if again:
        sent = failed.text.partition(form)[2].partition("</form>")[0]
        kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', sent))
        mark = kept.pop("csrf_token")
        assert kept == {"note": "Rang &lt;her&gt;.\nTwice.", "do": "keep", "version": "3"}
        assert client.post("/staff/probe/name", data={"csrf_token": mark}).status_code == 200
    assert ">Mine</textarea>" in secret.text
    assert "never shown again" not in secret.text
    assert "Send the same again" not in secret.text + foreign.text
    assert "Theirs" not in foreign.text


def test_a_session_ends_when_it_is_not_used(probed: Flask, sign_in: SignIn, clock: Any) -> None:
    client = sign_in("editor")
    for _ in range(3):
        clock.forward(minutes=29)
        assert client.get("/staff/probe/name").status_code == 200
    clock.forward(minutes=31)

    response = client.get("/staff/probe/name?a=1")

    assert response.location == "/staff/sign-in?next=/staff/probe/name%3Fa%3D1"


def test_a_session_ends_after_a_working_day(probed: Flask, sign_in: SignIn, clock: Any) -> None:
    client = sign_in("editor")
    for _ in range(23):
        clock.forward(minutes=20)
        assert client.get("/staff/probe/name").status_code == 200
    clock.forward(minutes=20)

    assert client.get("/staff/probe/name").status_code == 303


@pytest.mark.parametrize(
    ("asked", "gone_to"),
    [
        ("/staff/entries?topic=living&page=2", "/staff/entries?topic=living&page=2"),
        ("/staff", "/staff"),
        ("", "/staff/"),
        ("https://evil.test/staff/", "/staff/"),
        ("//evil.test/staff/", "/staff/"),
        ("/staff\\@evil.test", "/staff/"),
        ("/\\evil.test", "/staff/"),
        ("/staffroom", "/staff/"),
        ("/staff/\r\nSet-Cookie: a=b", "/staff/"),
        ("javascript:alert(1)", "/staff/"),
        ("//[evil", "/staff/"),
    ],
)
def test_signing_in_leads_on_within_the_staff_area_only(asked: str, gone_to: str) -> None:
    assert safe_next(asked) == gone_to
