"""Whole stories at the staff door: joining, both steps, being locked out, losing the phone, leaving."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask, request
from flask.testing import FlaskClient

from bot.config import read_settings
from bot.staff.accounts import Role
from bot.staff.links import invite, setup_link
from bot.staff.passwords import hash_password, is_outdated
from bot.staff.two_step import seal
from bot.store import audit
from bot.store.database import Database
from bot.store.staff import find_account_of, update_account
from bot.web.app import create_app
from bot.web.opening import House
from bot.web.staff_door import safe_next

SignIn = Callable[[str], FlaskClient]
PASSWORD, OTHER_PASSWORD = "marble-otter-plume-53", "violet window anchor boat"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HASH = hash_password(PASSWORD)


@pytest.fixture
def editor(staff_app: Flask, house: House) -> FlaskClient:
    """A browser of the editor, who has a password and an authenticator app, at the sign-in page."""
    with house.database.change() as db:
        account = find_account_of(db, "editor@clinic.test")
        assert account is not None
        update_account(db, account.user_id, password_hash=HASH, secret=seal(house.key, SECRET))
    return staff_app.test_client()


def password(client: Any, text: str = PASSWORD, email: str = "editor@clinic.test", **more: str) -> Any:
    return client.post_form("/staff/sign-in", email=email, password=text, **more)


def code_at(clock: Any, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(clock.at)


def code(client: Any, clock: Any, **more: str) -> Any:
    return client.post_form("/staff/two-step", code=code_at(clock), **more)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


def secret_in(page: str) -> str:
    found = re.search(r"Or type this secret[^<]*<span class=\"code\">([A-Z2-7 ]+)", page)
    assert found is not None
    return found[1].replace(" ", "")


def codes_in(page: str) -> list[str]:
    return re.findall(r"<li>(\w{5}-\w{5})</li>", page)


def is_in(client: Any) -> bool:
    return client.get("/staff/account").status_code == 200


def actions(house: House) -> list[str]:
    with house.database.read() as db:
        assert audit.verify(db).fault == ""
        found = [event.action for event in audit.list_events(db)][::-1]
    return [action.removeprefix("account.") for action in found if action.startswith("account.")]


def test_the_first_person_sets_up_signs_out_and_in_again(empty_staff_app: Flask, house: House, clock: Any) -> None:
    client: Any = empty_staff_app.test_client()
    path = setup_link(house.database, clock.at)
    assert path is not None
    assert "Set up the first account" in client.text(path)
    form = {"email": "Ada@Clinic.test", "name": "Ada", "password": PASSWORD, "password_again": PASSWORD}

    joined = client.post_form(path, **form, clinician="on")
    page = client.text(joined.location)
    secret = secret_in(page)
    wrong = client.post_form("/staff/two-step", offer=hidden(page, "offer"), code="000000")
    assert wrong.status_code == 422
    assert secret_in(wrong.text) == secret  # the picture that was scanned still counts
    assert "This code does not fit. Wait for the next one" in wrong.text
    begun = client.post_form("/staff/two-step", offer=hidden(wrong.text, "offer"), code=code_at(clock, secret))

    assert len(codes_in(begun.text)) == 10
    assert "admin, clinician" in client.text("/staff/account")
    assert client.get(path).status_code == 404

    assert client.post_form("/staff/sign-out").location == "/staff/sign-in"
    assert not is_in(client)
    clock.forward(seconds=30)
    password(client, email="ada@clinic.test")
    done = client.post_form("/staff/two-step", code=code_at(clock, secret))
    assert done.location == "/staff/"
    assert is_in(client)
    assert actions(house) == ["joined", "two-step-set-up", "signed-out", "signed-in"]


def test_a_reload_offers_the_secret_that_was_scanned(empty_staff_app: Flask, house: House, clock: Any) -> None:
    client: Any = empty_staff_app.test_client()
    path = setup_link(house.database, clock.at)
    assert path is not None
    client.post_form(path, email="ada@clinic.test", name="Ada", password=PASSWORD, password_again=PASSWORD)
    secret = secret_in(client.text("/staff/two-step"))

    clock.forward(minutes=2)
    again = client.text("/staff/two-step")

    assert secret_in(again) == secret
    begun = client.post_form("/staff/two-step", offer=hidden(again, "offer"), code=code_at(clock, secret))
    assert len(codes_in(begun.text)) == 10
    with client.session_transaction("/staff/") as session:
        assert "offer" not in session


def test_the_page_of_the_codes_loaded_again_says_that_it_is_done(
    empty_staff_app: Flask, house: House, clock: Any
) -> None:
    client: Any = empty_staff_app.test_client()
    path = setup_link(house.database, clock.at)
    assert path is not None
    client.post_form(path, email="ada@clinic.test", name="Ada", password=PASSWORD, password_again=PASSWORD)
    page = client.text("/staff/two-step")
    form = {"offer": hidden(page, "offer"), "code": code_at(clock, secret_in(page)), "csrf_token": client.csrf()}
    client.post("/staff/two-step", data=form)

    again = client.post("/staff/two-step", data=form, follow_redirects=True)

    assert again.status_code == 200
    assert "Two-step sign-in is set up. Your recovery codes were shown once" in again.text
    assert codes_in(again.text) == []


def test_all_that_is_wrong_with_an_account_is_said_at_once(empty_staff_app: Flask, house: House, clock: Any) -> None:
    client: Any = empty_staff_app.test_client()
    path = setup_link(house.database, clock.at)
    assert path is not None

    refused = client.post_form(path, email="nobody", name="", password="short", password_again="other")

    assert refused.status_code == 422
    for field in ("email", "name", "password", "password_again"):
        assert f'id="{field}-fault"' in refused.text, field


def test_a_picture_that_fits_no_more_is_said_to_be_new(empty_staff_app: Flask, house: House, clock: Any) -> None:
    client: Any = empty_staff_app.test_client()
    path = setup_link(house.database, clock.at)
    assert path is not None
    client.post_form(path, email="ada@clinic.test", name="Ada", password=PASSWORD, password_again=PASSWORD)
    secret = secret_in(client.text("/staff/two-step"))
    with client.session_transaction("/staff/") as session:
        session["offer"] = "older than it may be"

    late = client.post_form("/staff/two-step", offer="older than it may be", code=code_at(clock, secret))

    assert late.status_code == 422
    assert secret_in(late.text) != secret
    assert "This code does not fit any more. Scan the new picture" in late.text


def test_what_was_typed_is_kept_but_never_a_password(empty_staff_app: Flask, house: House, clock: Any) -> None:
    client: Any = empty_staff_app.test_client()
    path = setup_link(house.database, clock.at)

    again = client.post_form(
        path, email="ada@clinic.test", name="Ada L", password="password1234", password_again="x", clinician="on"
    )
    weak = client.post_form(path, email="no", name="Ada L", password="password1234", password_again="password1234")
    easy = client.post_form(
        path, email="a@c.test", name="Ada L", password="password1234", password_again="password1234"
    )

    assert again.status_code == weak.status_code == easy.status_code == 422
    assert 'value="Ada L"' in again.text
    assert "checked" in again.text
    assert "the same password in both fields" in again.text
    assert 'id="email-fault"' in weak.text
    assert "easily guessed (a common password)" in easy.text
    for response in (again, weak, easy):
        assert "password1234" not in response.text
        assert 'autocomplete="new-password"' in response.text


def test_both_steps_are_needed_and_lead_to_where_one_wanted_to_go(editor: Any, clock: Any) -> None:
    asked = editor.get("/staff/account?tab=1")
    assert asked.location == "/staff/sign-in?next=/staff/account%3Ftab%3D1"
    first = password(editor, next="/staff/account?tab=1")

    assert first.location == "/staff/two-step?next=%2Fstaff%2Faccount%3Ftab%3D1"
    assert not is_in(editor)
    assert editor.get("/staff/account").location.startswith("/staff/two-step")
    assert 'autocomplete="one-time-code"' in editor.text(first.location)
    assert code(editor, clock, next="/staff/account?tab=1").location == "/staff/account?tab=1"
    assert is_in(editor)
    assert editor.get("/staff/sign-in").location == editor.get("/staff/two-step").location == "/staff/"


def test_nobody_is_led_elsewhere(editor: Any, clock: Any) -> None:
    password(editor, next="https://evil.test/")

    assert code(editor, clock, next="//evil.test/").location == "/staff/"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/staff/entries/dry-lips?draft=1", "/staff/entries/dry-lips?draft=1"),
        ("/staff/", "/staff/"),
        ("/staff/../..//evil.test", "/staff/"),
        ("/staff/%2e%2e/%2E./evil", "/staff/"),
        ("/staff/./entries", "/staff/"),
        ("/staff//evil.test", "/staff/"),
    ],
)
def test_a_way_that_winds_out_of_the_staff_area_is_not_followed(asked: str, led: str) -> None:
    assert safe_next(asked) == led


def test_strangers_learn_nothing_of_a_database_that_is_away(
    staff_app: Flask, house: House, visitor: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    away = Database("postgresql://clinic:s3cret@127.0.0.1:1/name?password=s3cret")
    monkeypatch.setattr(house.database, "engine", away.engine)
    monkeypatch.setattr(house.database, "url", away.url)

    for page in (visitor.get("/staff/invite/x"), visitor.get("/staff/sign-in"), staff_app.test_client().get("/readyz")):
        text = page.get_data(as_text=True)
        assert "127.0.0.1" not in text
        assert "s3cret" not in text
    assert "The database does not answer" in visitor.get("/staff/invite/x").get_data(as_text=True)
    logged = capsys.readouterr().out
    assert "127.0.0.1" not in logged
    assert "s3cret" not in logged


def test_the_half_way_session_ends_soon(editor: Any, clock: Any) -> None:
    password(editor)
    clock.forward(minutes=10)

    assert code(editor, clock).location == "/staff/sign-in"


def test_the_token_changes_at_each_step_and_old_ones_open_nothing(editor: Any, clock: Any) -> None:
    tokens = []
    for step in (lambda: editor.get("/staff/sign-in"), lambda: password(editor), lambda: code(editor, clock)):
        step()
        with editor.session_transaction("/staff/") as session:
            tokens.append(
                (session.get("token"), session["csrf_token"]) if "csrf_token" in session else (session.get("token"), "")
            )
    assert len({token for token, _ in tokens}) == 3

    stranger = editor.application.test_client()
    with stranger.session_transaction("/staff/") as session:
        session["token"] = tokens[1][0]
    assert stranger.get("/staff/two-step").location == "/staff/sign-in"
    editor.post_form("/staff/sign-out")
    with stranger.session_transaction("/staff/") as session:
        session["token"] = tokens[2][0]
    assert not is_in(stranger)


@pytest.mark.parametrize("secure", [False, True])
def test_the_cookie_is_for_the_staff_area_alone(visitor: Any, secure: bool) -> None:
    address = "https://localhost" if secure else "http://localhost"
    cookie = visitor.get("/staff/sign-in", base_url=address).headers["Set-Cookie"]

    assert cookie.startswith("__Secure-clinicbot_staff=" if secure else "clinicbot_staff=")
    assert ("Secure" in cookie) is secure
    for part in ("HttpOnly", "Path=/staff", "SameSite=Lax"):
        assert part in cookie
    assert "Expires" not in cookie


@pytest.mark.parametrize(("hops", "secure"), [("0", False), ("1", True)])
def test_only_a_trusted_proxy_says_that_the_page_came_securely(
    house: House, clock: Any, hops: str, secure: bool
) -> None:
    app = create_app(read_settings({"CLINICBOT_TRUSTED_PROXIES": hops}), now=clock, house=house)

    response = app.test_client().get("/staff/sign-in", headers={"X-Forwarded-Proto": "https"})

    assert ("Secure" in response.headers["Set-Cookie"]) is secure


def test_a_proxy_says_no_other_scheme_than_those_of_the_web(house: House, clock: Any) -> None:
    app = create_app(read_settings({"CLINICBOT_TRUSTED_PROXIES": "1"}), now=clock, house=house)
    app.add_url_rule("/scheme", view_func=lambda: request.scheme)

    said = {
        each: app.test_client().get("/scheme", headers={"X-Forwarded-Proto": each}).text for each in ("https", "ftp")
    }

    assert said == {"https": "https", "ftp": "http"}


def test_a_password_kept_by_older_rules_is_kept_anew_at_the_next_sign_in(editor: Any, house: House) -> None:
    def stored() -> str:
        with house.database.read() as db:
            account = find_account_of(db, "editor@clinic.test")
        assert account is not None
        return account.password_hash

    with house.database.change() as db:
        old = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
        update_account(db, user_id_of(house, "editor"), password_hash=old)
    assert is_outdated(stored())

    assert password(editor).status_code == 303
    assert not is_outdated(stored())


def test_what_opens_a_door_stands_nowhere_in_the_database(editor: Any, house: House, clock: Any) -> None:
    path = invite(house.database, email="bo@c.test", name="Bo", roles=frozenset({Role.EDITOR}), by=None, now=clock.at)
    password(editor)
    code(editor, clock)
    codes = codes_in(editor.post_form("/staff/account/codes", current_password=PASSWORD).text)
    with editor.session_transaction("/staff/") as session:
        token = session["token"]
    house.turns.flush()
    stored = "".join(map(repr, house.database.engine.raw_connection().iterdump()))

    assert len(codes) == 10
    for secret in (PASSWORD, SECRET, token, path.split("/")[-1], *codes, *(each.replace("-", "") for each in codes)):
        assert secret not in stored


def test_a_wrong_password_and_an_unknown_person_look_alike(editor: Any) -> None:
    def seen(email: str) -> list[tuple[int, str]]:
        pages = []
        for _ in range(7):
            response = password(editor, "wrong password here", email)
            text = re.sub(r'name="csrf_token" value="[^"]*"', "", response.text)
            pages.append((response.status_code, text.replace(email, "EMAIL")))
        return pages

    known, unknown = seen("editor@clinic.test"), seen("nobody@clinic.test")

    assert known == unknown
    assert [status for status, _ in known] == [422] * 5 + [429] * 2
    assert "Wait 1 minute, then try again" in known[-1][1]


def test_being_locked_out_ends_and_grows(editor: Any, house: House, clock: Any) -> None:
    for _ in range(5):
        password(editor, "wrong password here")
    locked = password(editor)
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "60")
    clock.forward(minutes=1)
    password(editor, "wrong password here")
    assert "Wait 2 minutes" in password(editor).text
    clock.forward(minutes=2)

    assert password(editor).location == "/staff/two-step"
    assert code(editor, clock).location == "/staff/"
    editor.post_form("/staff/sign-out")
    clock.forward(minutes=1)
    assert password(editor, "wrong password here").status_code == 422  # counted from nothing again
    assert actions(house) == ["locked", "locked", "signed-in", "signed-out"]


def test_codes_are_counted_with_passwords(editor: Any, clock: Any) -> None:
    for _ in range(3):
        password(editor, "wrong password here")
    password(editor)
    for _ in range(2):
        assert editor.post_form("/staff/two-step", code="000000").status_code == 422

    assert code(editor, clock).status_code == 429
    assert password(editor).status_code == 429


def test_no_code_opens_twice(editor: Any, staff_app: Flask, clock: Any) -> None:
    password(editor)
    code(editor, clock)
    watcher: Any = staff_app.test_client()
    password(watcher)

    again = code(watcher, clock)

    assert again.status_code == 422
    assert "used already" in again.text
    clock.forward(seconds=30)
    assert code(watcher, clock).location == "/staff/"


def test_a_recovery_code_opens_once_and_new_ones_end_the_old(editor: Any, clock: Any) -> None:
    password(editor)
    code(editor, clock)
    assert "You have 0 left" in editor.text("/staff/account")
    refused = editor.post_form("/staff/account/codes", current_password="wrong password here")
    codes = codes_in(editor.post_form("/staff/account/codes", current_password=PASSWORD).text)
    assert refused.status_code == 422
    assert 'id="current-for-codes-fault"' in refused.text
    assert len(codes) == 10
    editor.post_form("/staff/sign-out")

    for number, expected in ((0, 303), (0, 422), (1, 303)):
        password(editor)
        response = editor.post_form("/staff/two-step", recovery_code=f" {codes[number].upper()} ")
        assert response.status_code == expected
        if expected == 303:
            assert f"you have {9 - number} left" in editor.text("/staff/account")
            editor.post_form("/staff/sign-out")

    password(editor)
    clock.forward(seconds=30)
    code(editor, clock)
    fresh = codes_in(editor.post_form("/staff/account/codes", current_password=PASSWORD).text)
    editor.post_form("/staff/sign-out")
    password(editor)
    assert editor.post_form("/staff/two-step", recovery_code=codes[5]).status_code == 422
    assert editor.post_form("/staff/two-step", recovery_code=fresh[5]).status_code == 303


def test_somebody_elses_recovery_code_opens_nothing(editor: Any, sign_in: SignIn, house: House) -> None:
    with house.database.change() as db:
        account = find_account_of(db, "admin@clinic.test")
        assert account is not None
        update_account(db, account.user_id, password_hash=HASH)
    codes = codes_in(sign_in("admin").post_form("/staff/account/codes", current_password=PASSWORD).text)
    password(editor)

    assert editor.post_form("/staff/two-step", recovery_code=codes[0]).status_code == 422


def test_the_password_is_changed_with_the_old_one_and_ends_other_sessions(
    editor: Any, sign_in: SignIn, clock: Any
) -> None:
    elsewhere = sign_in("editor")
    password(editor)
    code(editor, clock)
    new = {"password": OTHER_PASSWORD, "password_again": OTHER_PASSWORD}
    refused = editor.post_form("/staff/account/password", current_password="wrong password here", **new)
    weak = editor.post_form("/staff/account/password", current_password=PASSWORD, password="x", password_again="x")

    assert refused.status_code == weak.status_code == 422
    assert 'id="current-for-password-fault"' in refused.text
    assert "12 to 200 characters" in weak.text
    assert is_in(elsewhere)
    assert editor.post_form("/staff/account/password", current_password=PASSWORD, **new).status_code == 303
    assert is_in(editor)
    assert not is_in(elsewhere)
    editor.post_form("/staff/sign-out")
    assert password(editor).status_code == 422
    assert password(editor, OTHER_PASSWORD).status_code == 303


def test_guessing_the_password_in_a_session_left_open_locks_too(editor: Any, sign_in: SignIn) -> None:
    client: Any = sign_in("editor")
    for _ in range(5):
        client.post_form("/staff/account/codes", current_password="wrong password here")

    assert client.post_form("/staff/account/codes", current_password=PASSWORD).status_code == 429
    assert "Your account" in client.text("/staff/account")


def test_another_app_takes_over_from_the_old_one(editor: Any, sign_in: SignIn, clock: Any) -> None:
    elsewhere = sign_in("editor")
    password(editor)
    code(editor, clock)
    page = editor.text("/staff/account/two-step")
    secret = secret_in(page)
    form = {"offer": hidden(page, "offer"), "code": code_at(clock, secret)}
    assert editor.post_form("/staff/account/two-step", current_password="wrong", **form).status_code == 422
    assert (
        editor.post_form("/staff/account/two-step", current_password=PASSWORD, **{**form, "code": "1"}).status_code
        == 422
    )

    done = editor.post_form("/staff/account/two-step", current_password=PASSWORD, **form)

    assert len(codes_in(done.text)) == 10
    assert is_in(editor)
    assert not is_in(elsewhere)
    editor.post_form("/staff/sign-out")
    clock.forward(minutes=1)
    password(editor)
    assert code(editor, clock).status_code == 422
    assert editor.post_form("/staff/two-step", code=code_at(clock, secret)).status_code == 303


def test_who_knows_only_the_password_cannot_bring_another_app(editor: Any, visitor: Any, clock: Any) -> None:
    password(visitor)

    response = visitor.post_form("/staff/two-step", offer="anything", code="000000")

    assert response.status_code == 422
    assert "Or type this secret" not in response.text
    assert visitor.get("/staff/account/two-step").status_code == 303


def test_signing_out_everywhere(sign_in: SignIn) -> None:
    here, there, other = sign_in("editor"), sign_in("editor"), sign_in("admin")

    assert here.post_form("/staff/account/sign-out-everywhere").location == "/staff/sign-in"
    assert [is_in(client) for client in (here, there, other)] == [False, False, True]
    assert "signed out everywhere" in here.text("/staff/sign-in")


def test_a_new_name_stands_at_once_and_a_taken_one_is_refused(sign_in: SignIn) -> None:
    client: Any = sign_in("editor")

    taken = client.post_form("/staff/account/name", name="ada admin")
    client.post_form("/staff/account/name", name="Edda E.")

    assert taken.status_code == 422
    assert 'value="ada admin"' in taken.text
    assert "nobody else here has or had" in taken.text
    assert 'value="Edda E."' in client.text("/staff/account")


def test_links_lead_to_the_address_that_the_world_knows(sign_in: SignIn, staff_app: Flask) -> None:
    desk = staff_app.extensions["clinicbot"]
    settings = replace(desk.settings, public_url="https://chat.clinic.test")
    staff_app.extensions["clinicbot"] = replace(desk, settings=settings)

    shown = sign_in("admin").post_form("/staff/settings/users", email="bo@c.test", name="Bo", roles=["editor"])

    assert re.search(r"https://chat\.clinic\.test/staff/invite/[\w-]+</p>", shown.text)
    assert "http://localhost/staff/invite" not in shown.text


def test_an_admin_invites_somebody_who_joins(sign_in: SignIn, staff_app: Flask) -> None:
    admin: Any = sign_in("admin")
    faulty = admin.post_form("/staff/settings/users", email="no", name="Bo", roles=["clinician"])
    shown = admin.post_form("/staff/settings/users", email="bo@c.test", name="Bo", roles=["editor", "clinician"])
    (link,) = re.findall(r"http://localhost(/staff/invite/[\w-]+)", shown.text)

    assert faulty.status_code == 422
    assert 'id="roles-new-clinician" name="roles" value="clinician" checked' in faulty.text
    assert link not in admin.text("/staff/settings/users")
    assert "Invited, not here yet" in admin.text("/staff/settings/users")
    newcomer: Any = staff_app.test_client()
    assert 'value="bo@c.test"' in newcomer.text(link)
    joined = newcomer.post_form(link, name="Bo", password=PASSWORD, password_again=PASSWORD)
    assert joined.location == "/staff/two-step"
    page = admin.text("/staff/settings/users")
    assert "Invited, not here yet" not in page
    assert "bo@c.test" in page
    assert newcomer.get(link).status_code == 404


def test_an_invitation_is_taken_back(sign_in: SignIn, house: House, clock: Any, visitor: Any) -> None:
    roles = frozenset({Role.EDITOR})
    path = invite(house.database, email="bo@c.test", name="Bo", roles=roles, by=None, now=clock.at)
    assert visitor.get(path).status_code == 200

    sign_in("admin").post_form("/staff/settings/users/take-back", email="bo@c.test")

    assert visitor.get(path).status_code == 404


def test_a_lost_phone_and_a_forgotten_password_are_mended_by_a_link(
    editor: Any, sign_in: SignIn, house: House, clock: Any
) -> None:
    for _ in range(6):
        password(editor, "wrong password here")
    user_id = user_id_of(house, "editor")
    shown = sign_in("admin").post_form(f"/staff/settings/users/{user_id}/reset", two_step="on")
    (link,) = re.findall(r"http://localhost(/staff/reset/[\w-]+)", shown.text)

    changed = editor.post_form(link, password=OTHER_PASSWORD, password_again=OTHER_PASSWORD)

    assert changed.location == "/staff/two-step"
    assert "Or type this secret" in editor.text("/staff/two-step")
    assert password(editor, OTHER_PASSWORD).status_code == 303  # no longer locked out
    assert actions(house) == ["locked", "reset-link", "reset"]


def user_id_of(house: House, role: str) -> int:
    with house.database.read() as db:
        account = find_account_of(db, f"{role}@clinic.test")
    assert account is not None
    return account.user_id


def test_somebody_is_let_in_no_more_and_again(sign_in: SignIn, house: House) -> None:
    admin: Any = sign_in("admin")
    person, user_id = sign_in("editor"), user_id_of(house, "editor")

    done = admin.post_form(f"/staff/settings/users/{user_id}/disable", follow_redirects=True)
    assert "Edda Editor cannot sign in any more" in done.text
    assert f'action="/staff/settings/users/{user_id}/enable"' in done.text
    assert not is_in(person)
    admin.post_form(f"/staff/settings/users/{user_id}/enable")

    assert is_in(sign_in("editor"))


def test_what_somebody_may_do_changes_at_once(sign_in: SignIn, house: House) -> None:
    admin: Any = sign_in("admin")
    person, user_id = sign_in("editor"), user_id_of(house, "editor")
    none = admin.post_form(f"/staff/settings/users/{user_id}/roles")

    admin.post_form(f"/staff/settings/users/{user_id}/roles", roles=["admin", "queen"])

    assert none.status_code == 422
    assert person.get("/staff/settings/users").status_code == 200


@pytest.mark.parametrize(("path", "form"), [("disable", {}), ("roles", {"roles": "editor"})])
def test_the_last_admin_cannot_go(sign_in: SignIn, house: House, path: str, form: dict[str, str]) -> None:
    admin: Any = sign_in("admin")

    response = admin.post_form(f"/staff/settings/users/{user_id_of(house, 'admin')}/{path}", **form)

    assert response.status_code == 409
    assert "is the last admin who can sign in; make somebody else admin first" in response.text
    assert is_in(admin)


@pytest.mark.parametrize("path", ["roles", "reset", "disable", "enable"])
def test_nobody_is_not_found(sign_in: SignIn, path: str) -> None:
    assert sign_in("admin").post_form(f"/staff/settings/users/999/{path}", roles="editor").status_code == 404


def test_what_is_typed_is_escaped(sign_in: SignIn) -> None:
    page = sign_in("admin").post_form("/staff/settings/users", email="<script>x", name='"><b>', roles="editor").text

    assert "<script>x" not in page
    assert '"><b>' not in page


def test_who_signs_in_from_the_kiosk_is_in_for_a_short_while(editor: Any, clock: Any) -> None:
    editor.get("/staff/sign-in?from=kiosk")
    password(editor)
    code(editor, clock)

    assert editor.get("/staff/account").headers["Refresh"] == "120; url=/staff/kiosk"
    clock.forward(seconds=121)
    assert not is_in(editor)
