"""Accounts: who joins by which link, what an admin changes, and that the clinic cannot lock itself out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.config import Secret
from bot.errors import Conflict, Forbidden, InputError
from bot.staff.accounts import Role, User, change_name, change_roles, disable, enable, list_people
from bot.staff.links import Joining, accept, invite, invited, open_link, reset_link, setup_link, take_back
from bot.staff.sessions import find, open_session, sign_out_everywhere
from bot.store import audit
from bot.store.database import Database
from bot.store.staff import Purpose, add_account, find_account, find_account_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = Secret("k" * 40)
PASSWORD = "marble-otter-plume-53"
ADMIN, EDITOR = frozenset({Role.ADMIN}), frozenset({Role.EDITOR})


def add(database: Database, name: str, roles: frozenset[Role]) -> User:
    email = f"{name.lower()}@c.test"
    words = frozenset(role.value for role in roles)
    with database.change() as db:
        user_id = add_account(db, email=email, name=name, roles=words, password_hash="!", at=NOON)
    return User(user_id=user_id, email=email, name=name, roles=roles)


def take(database: Database, path: str | None, joining: Joining, now: datetime = NOON) -> str:
    assert path is not None
    _, _, purpose, token = path.split("/")
    purposes: dict[str, Purpose] = {"setup": "setup", "invite": "invite", "reset": "reset"}
    return accept(database, purposes[purpose], token, joining, clinic="Clinic", now=now, key=KEY)


def joining(name: str = "Ada", *, clinician: bool = False, password: str = PASSWORD) -> Joining:
    return Joining(name=name, email=f"{name.lower()}@c.test", password=password, clinician=clinician)


def actions(database: Database) -> list[str]:
    with database.read() as db:
        assert audit.verify(db).fault == ""
        return [event.action for event in audit.list_events(db)][::-1]


def test_the_first_person_is_admin_and_maybe_clinician(any_database: Database) -> None:
    take(any_database, setup_link(any_database, NOON), joining(clinician=True))

    (person,) = list_people(any_database)
    assert person.user.roles == {Role.ADMIN, Role.CLINICIAN}
    assert not person.has_two_step
    assert setup_link(any_database, NOON) is None
    assert actions(any_database) == ["account.joined"]


def test_there_is_one_first_person_even_when_two_links_are_used_at_once(any_database: Database) -> None:
    paths = [setup_link(any_database, NOON) for _ in range(4)]

    def use(number: int) -> bool:
        try:
            take(any_database, paths[number], joining(f"Person {number}".replace(" ", "")))
        except (Conflict, sa.exc.SQLAlchemyError):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(use, range(4)))

    assert sum(done) == len(list_people(any_database)) == 1


@pytest.mark.parametrize(("purpose", "hours"), [("setup", 24), ("invite", 72), ("reset", 1)])
def test_links_run_out(database: Database, purpose: Purpose, hours: int) -> None:
    if purpose == "setup":
        path = setup_link(database, NOON)
    else:
        add(database, "Bo", EDITOR)
        path = (
            invite(database, email="cy@c.test", name="Cy", roles=EDITOR, by=None, now=NOON)
            if purpose == "invite"
            else reset_link(database, email="bo@c.test", two_step=False, by=None, now=NOON)
        )
    assert path is not None
    token = path.split("/")[-1]

    assert open_link(database, purpose, token, NOON + timedelta(hours=hours, seconds=-1)) is not None
    assert open_link(database, purpose, token, NOON + timedelta(hours=hours)) is None
    assert open_link(database, purpose, "x", NOON) is None
    for other in {"setup", "invite", "reset"} - {purpose}:
        assert open_link(database, other, token, NOON) is None  # type: ignore[arg-type]


def test_a_link_is_kept_while_the_form_has_faults_and_spent_then(database: Database) -> None:
    add(database, "Ada", ADMIN)
    path = invite(database, email="bo@c.test", name="Bo", roles=EDITOR, by=None, now=NOON)

    for wrong in (joining("Ada"), joining("Bo", password="short"), joining("Bo", password="bo@c.test bo@c.test")):
        with pytest.raises(InputError):
            take(database, path, wrong)
    take(database, path, joining("Bo"))

    with pytest.raises(Conflict):
        take(database, path, joining("Bo"))


def test_an_invitation_gives_its_email_and_roles_whatever_is_filled_in(database: Database) -> None:
    path = invite(database, email="Bo@C.test ", name="Bo", roles=EDITOR, by=add(database, "Ada", ADMIN), now=NOON)

    take(database, path, Joining(name="Bo B", email="evil@c.test", password=PASSWORD, clinician=True))

    person = list_people(database)[1]
    assert (person.user.email, person.user.name, person.user.roles) == ("bo@c.test", "Bo B", EDITOR)
    assert actions(database) == ["account.invited", "account.joined"]


def test_a_new_invitation_ends_the_old_one_and_it_can_be_taken_back(database: Database) -> None:
    admin = add(database, "Ada", ADMIN)
    old, new = (invite(database, email="bo@c.test", name="Bo", roles=EDITOR, by=admin, now=NOON) for _ in range(2))
    with pytest.raises(Conflict):
        take(database, old, joining("Bo"))

    assert [link.email for link in invited(database, NOON)] == ["bo@c.test"]
    take_back(database, "bo@c.test", by=admin, now=NOON)

    with pytest.raises(Conflict):
        take(database, new, joining("Bo"))


def test_who_has_an_account_is_not_invited(database: Database) -> None:
    add(database, "Ada", ADMIN)

    with pytest.raises(InputError, match="has an account"):
        invite(database, email="ADA@c.test", name="Ada B", roles=EDITOR, by=None, now=NOON)


def test_a_reset_changes_nothing_until_it_is_used_and_then_ends_all_sessions(database: Database) -> None:
    user = add(database, "Ada", ADMIN)
    with database.change() as db:
        account = find_account(db, user.user_id)
        assert account is not None
        token = open_session(db, account, "full", NOON)
    path = reset_link(database, email=user.email, two_step=True, by=None, now=NOON)
    assert find(database, token, NOON) is not None

    new = find(database, take(database, path, Joining(password=PASSWORD)), NOON)

    assert find(database, token, NOON) is None
    assert new is not None
    assert (new.stage, new.has_two_step) == ("password", False)


def test_who_may_not_sign_in_gets_no_new_password(database: Database) -> None:
    admin, editor = add(database, "Ada", ADMIN), add(database, "Bo", EDITOR)
    path = reset_link(database, email=editor.email, two_step=False, by=admin, now=NOON)
    disable(database, editor.user_id, by=admin, now=NOON)

    with pytest.raises(Conflict):
        take(database, path, Joining(password=PASSWORD))
    with pytest.raises(Conflict, match="let them in again"):
        reset_link(database, email=editor.email, two_step=False, by=admin, now=NOON)


def test_the_last_admin_stays(any_database: Database) -> None:
    ada, bo = add(any_database, "Ada", ADMIN), add(any_database, "Bo", ADMIN)
    disable(any_database, bo.user_id, by=ada, now=NOON)

    for change in (
        lambda: disable(any_database, ada.user_id, by=ada, now=NOON),
        lambda: change_roles(any_database, ada.user_id, EDITOR, by=ada, now=NOON),
    ):
        with pytest.raises(Conflict, match="last admin"):
            change()
    change_roles(any_database, ada.user_id, ADMIN | EDITOR, by=ada, now=NOON)
    change_roles(any_database, bo.user_id, EDITOR, by=ada, now=NOON)

    assert actions(any_database) == ["account.disabled", "account.roles-changed", "account.roles-changed"]


def test_two_admins_cannot_put_each_other_out_at_once(any_database: Database) -> None:
    pair = [add(any_database, name, ADMIN) for name in ("Ada", "Bo")]

    def put_out(number: int) -> bool:
        try:
            disable(any_database, pair[1 - number].user_id, by=pair[number], now=NOON)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(put_out, range(2))) == 1


def test_disabling_ends_sessions_at_once_and_can_be_undone(database: Database) -> None:
    admin, editor = add(database, "Ada", ADMIN), add(database, "Bo", EDITOR)
    with database.change() as db:
        account = find_account_of(db, editor.email)
        assert account is not None
        token = open_session(db, account, "full", NOON)

    disable(database, editor.user_id, by=admin, now=NOON)
    assert find(database, token, NOON) is None
    enable(database, editor.user_id, by=admin, now=NOON)

    assert find(database, token, NOON) is None  # the session does not come back with the account
    assert [person.disabled_at for person in list_people(database)] == [None, None]


def test_only_an_admin_manages_accounts(database: Database) -> None:
    editor = add(database, "Bo", EDITOR)

    for change in (
        lambda: disable(database, editor.user_id, by=editor, now=NOON),
        lambda: enable(database, editor.user_id, by=editor, now=NOON),
        lambda: change_roles(database, editor.user_id, ADMIN, by=editor, now=NOON),
        lambda: invite(database, email="x@c.test", name="X", roles=ADMIN, by=editor, now=NOON),
        lambda: reset_link(database, email=editor.email, two_step=True, by=editor, now=NOON),
        lambda: take_back(database, "x@c.test", by=editor, now=NOON),
    ):
        with pytest.raises(Forbidden):
            change()
    assert actions(database) == []


@pytest.mark.parametrize("name", ["", " \t", "x" * 81, "BO", "B\u200bo", "Knowledge  Folder", "command line"])
def test_a_name_is_nobody_elses(database: Database, name: str) -> None:
    add(database, "Bo", EDITOR)

    with pytest.raises(InputError, match="name"):
        change_name(database, add(database, "Ada", ADMIN), name, NOON)


def test_a_former_name_stays_its_owners(database: Database) -> None:
    ada, bo = add(database, "Ada", ADMIN), add(database, "Bo", EDITOR)
    change_name(database, ada, "Ada L.", NOON)

    with pytest.raises(InputError, match="name"):
        change_name(database, bo, "ada", NOON)
    person = list_people(database)[0].user
    assert [person.is_called(name) for name in ("Ada", "Ada L.", "Bo")] == [True, True, False]
    change_name(database, person, "Ada", NOON)
    assert list_people(database)[0].user.former == {"Ada L."}


def test_a_new_name_is_tidied_and_audited(database: Database) -> None:
    change_name(database, add(database, "Ada", ADMIN), "  Ada   Lovelace ", NOON)

    assert list_people(database)[0].user.name == "Ada Lovelace"
    assert actions(database) == ["account.renamed"]


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@c.test", "a b@c.test", "a@b@c.test", "x" * 120 + "@c.test", "a\x00@c.test"]
)
def test_an_email_is_one(database: Database, email: str) -> None:
    with pytest.raises(InputError, match="email"):
        invite(database, email=email, name="Bo", roles=EDITOR, by=None, now=NOON)


def test_nobody_is_without_a_role(database: Database) -> None:
    admin = add(database, "Ada", ADMIN)

    with pytest.raises(InputError, match="roles"):
        change_roles(database, admin.user_id, frozenset(), by=admin, now=NOON)
    with pytest.raises(InputError, match="roles"):
        invite(database, email="bo@c.test", name="Bo", roles=frozenset(), by=admin, now=NOON)


def test_signing_out_everywhere_ends_every_session_of_one_person_only(database: Database) -> None:
    ada, bo = add(database, "Ada", ADMIN), add(database, "Bo", EDITOR)
    tokens = []
    for user in (ada, ada, bo):
        with database.change() as db:
            account = find_account(db, user.user_id)
            assert account is not None
            tokens.append(open_session(db, account, "full", NOON))

    sign_out_everywhere(database, ada, NOON)

    assert [find(database, token, NOON) is not None for token in tokens] == [False, False, True]
