"""Settings and the audit as an admin sees them: faults beside their fields, nothing typed is lost, CSV that is safe."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from bot.staff.settings import load_settings
from bot.store.audit import record
from bot.web.opening import House
from bot.web.staff_settings import values_of


def fields_of(house: House, **changed: str) -> dict[str, str]:
    with house.database.read() as db:
        found = load_settings(db)
    return {**values_of(found.profile), "version": str(found.version), **changed}


def test_a_saved_section_is_shown_and_goes_into_the_next_release(
    sign_in: Callable[[str], FlaskClient], house: House
) -> None:
    client = sign_in("admin")

    done = client.post_form("/staff/settings/clinic", **fields_of(house, name="North Skin"), follow_redirects=True)  # type: ignore[attr-defined]

    assert done.status_code == 200
    page = done.get_data(as_text=True)
    assert "Saved. Patients see it with the next release." in page
    assert 'value="North Skin"' in page


@pytest.mark.parametrize("section", ["clinic", "hours", "numbers", "facts", "look", "embedding"])
def test_saving_what_was_shown_changes_nothing(
    sign_in: Callable[[str], FlaskClient], house: House, section: str
) -> None:
    done = sign_in("admin").post_form(f"/staff/settings/{section}", **fields_of(house))  # type: ignore[attr-defined]

    assert done.status_code == 303
    with house.database.read() as db:
        assert load_settings(db).version == 1


def test_a_fault_stands_beside_its_field_with_what_was_typed(
    sign_in: Callable[[str], FlaskClient], house: House
) -> None:
    done = sign_in("admin").post_form(
        "/staff/settings/clinic", **fields_of(house, phone="ring us", name="Kept & typed")
    )  # type: ignore[attr-defined]
    page = done.get_data(as_text=True)

    assert done.status_code == 422
    assert 'value="ring us"' in page
    assert "Kept &amp; typed" in page
    assert re.search(r'id="phone-fault">[^<]*a phone number', page)


@pytest.mark.parametrize(
    ("section", "changed", "place", "words"),
    [
        ("clinic", {"phone": "ring us"}, "phone", "Phone"),
        ("hours", {"monday_opens": "18:00", "monday_closes": "09:00"}, "monday_opens", "Monday"),
        ("hours", {"holidays": "some day"}, "holidays", "Holidays"),
        ("numbers", {"lines.us.poison.number": "x"}, "lines.us.poison.number", "Number: Poison advice (United States)"),
        (
            "numbers",
            {"lines.uk.urgent.label": ""},
            "lines.uk.urgent.label",
            "What the button says: Urgent advice (United Kingdom)",
        ),
        ("facts", {"facts": "no colon"}, "facts", "Facts"),
        ("look", {"brand_colour": "#ffff00"}, "brand_colour", "Brand colour"),
        ("embedding", {"embedding_sites": "nowhere"}, "embedding_sites", "Websites"),
    ],
)
def test_the_top_of_the_page_leads_to_each_fault(
    sign_in: Callable[[str], FlaskClient],
    house: House,
    section: str,
    changed: dict[str, str],
    place: str,
    words: str,
) -> None:
    done = sign_in("admin").post_form(f"/staff/settings/{section}", **fields_of(house, **changed))  # type: ignore[attr-defined]
    page = done.get_data(as_text=True)

    assert done.status_code == 422
    assert f'To be mended first: <a href="#{place}">{words}</a>.' in page
    assert page.count(f'id="{place}"') == 1
    assert 'aria-invalid="true"' in page


def test_who_saves_second_keeps_what_they_typed(sign_in: Callable[[str], FlaskClient], house: House) -> None:
    client, late = sign_in("admin"), fields_of(house, embedding_sites="https://late.example")
    client.post_form("/staff/settings/embedding", **fields_of(house, embedding_sites="https://early.example"))  # type: ignore[attr-defined]

    done = client.post_form("/staff/settings/embedding", **late)  # type: ignore[attr-defined]

    assert done.status_code == 409
    assert "https://late.example" in done.get_data(as_text=True)
    assert '<a href="#embedding">Go to what you typed</a>' in done.get_data(as_text=True)
    again = client.post_form("/staff/settings/embedding", **fields_of(house, embedding_sites="https://late.example"))  # type: ignore[attr-defined]
    assert again.status_code == 303


def test_an_unknown_section_or_version_is_refused(sign_in: Callable[[str], FlaskClient], house: House) -> None:
    client = sign_in("admin")

    assert client.post_form("/staff/settings/nothing", **fields_of(house)).status_code == 422  # type: ignore[attr-defined]
    for version in ("x", "99999999999999999999"):
        assert client.post_form("/staff/settings/clinic", **fields_of(house, version=version)).status_code == 422  # type: ignore[attr-defined]


def test_own_approval_can_be_allowed_and_is_audited(sign_in: Callable[[str], FlaskClient], house: House) -> None:
    client = sign_in("admin")

    client.post_form("/staff/settings/review", version="0", own_approval="yes")  # type: ignore[attr-defined]

    with house.database.read() as db:
        assert load_settings(db).own_approval
    assert "own_approval: true" in client.get("/staff/audit").get_data(as_text=True)


def test_the_audit_is_paged_filtered_and_verified(sign_in: Callable[[str], FlaskClient], house: House) -> None:
    client = sign_in("admin")
    for number in range(60):
        with house.database.change() as db:
            record(db, at=house.turns._now(), actor="Bo", action="entry.saved", subject=f"e{number}")

    page = client.get("/staff/audit?actor=Bo").get_data(as_text=True)
    older = re.search(r'href="(\?before=[^"]*)"', page)
    assert older
    rest = client.get("/staff/audit" + older.group(1).replace("&amp;", "&")).get_data(as_text=True)

    assert ">e59<" in page
    assert ">e9<" not in page
    assert ">e9<" in rest
    assert "<wbr>seeded" not in page
    assert "whole" in client.get("/staff/audit?verify=yes").get_data(as_text=True)
    for nonsense in ("x", "99999999999999999999", "²"):
        assert client.get("/staff/audit", query_string={"before": nonsense}).status_code == 422


def test_the_audit_as_csv_holds_every_line_and_no_formula(sign_in: Callable[[str], FlaskClient], house: House) -> None:
    with house.database.change() as db:
        record(db, at=house.turns._now(), actor="=cmd()", action="entry.saved", subject="+1")

    done = sign_in("admin").get("/staff/audit/audit.csv")
    rows = list(csv.reader(io.StringIO(done.get_data().decode("utf-8-sig"), newline="")))

    assert done.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert [rows[1][2], rows[1][4]] == ["'=cmd()", "'+1"]
    assert rows[-1][3] == "release.seeded"


def test_what_stands_unsaved_in_other_sections_is_on_the_page_again(
    sign_in: Callable[[str], FlaskClient], house: House
) -> None:
    client = sign_in("admin")
    along = {"unsaved.embedding_sites": "https://new.example", "unsaved.facts": fields_of(house)["facts"]}
    more = {f"unsaved.{name}": "yes" for name in ("own_approval",)}

    done = client.post_form("/staff/settings/look", **fields_of(house, accepted_error="7"), **along, **more)  # type: ignore[attr-defined]
    page = done.get_data(as_text=True)

    assert done.status_code == 200
    assert 'Not saved yet, but still here: <a href="#embedding">' in page
    assert ">https://new.example</textarea>" in page
    assert re.search(r'id="own_approval"[^>]* checked', page)
    assert "facts</a>" not in page
    with house.database.read() as db:
        found = load_settings(db)
    assert found.profile.accepted_error == 0.07
    assert "https://new.example" not in found.profile.embedding_sites
    assert not found.own_approval


def test_who_saves_second_sees_what_a_colleague_saved(sign_in: Callable[[str], FlaskClient], house: House) -> None:
    client, late = sign_in("admin"), fields_of(house, phone="020 7946 0999", name="Late")
    client.post_form("/staff/settings/clinic", **fields_of(house, name="Early"))  # type: ignore[attr-defined]

    page = client.post_form("/staff/settings/clinic", **late).get_data(as_text=True)  # type: ignore[attr-defined]

    assert '<dt>Saved now: Name</dt><dd class="compared">Early</dd>' in page
    assert 'value="Late"' in page
    assert "Saved now: Mail" not in page
    assert "Saved now: Opening" not in page


def test_every_fault_of_the_hours_is_shown_at_once(sign_in: Callable[[str], FlaskClient], house: House) -> None:
    wrong = {"monday_opens": "18:00", "monday_closes": "09:00", "tuesday_opens": "09:00", "tuesday_closes": ""}
    lines = "some day\n2026-12-25\n2026-12-26 Boxing Day"
    done = sign_in("admin").post_form("/staff/settings/hours", **fields_of(house, holidays=lines, **wrong))  # type: ignore[attr-defined]
    page = done.get_data(as_text=True)

    assert done.status_code == 422
    for place in ("monday-fault", "tuesday-fault", "holidays-fault"):
        assert f'id="{place}"' in page
    assert "some day" in page.split('id="holidays-fault"')[1].split("</p>")[0]
    assert "2026-12-25" in page.split('id="holidays-fault"')[1].split("</p>")[0]


def test_the_audit_is_filtered_by_parts_in_any_case_and_offers_what_there_is(
    sign_in: Callable[[str], FlaskClient], house: House
) -> None:
    client = sign_in("admin")
    with house.database.change() as db:
        record(db, at=house.turns._now(), actor="Édouard Bo", action="entry.saved", subject="dry-lips")

    page = client.get("/staff/audit?actor=édouard&action=SAVED&subject=lips").get_data(as_text=True)

    assert 'data-label="Which">dry-lips<' in page
    assert "seeded</span>" not in page
    assert '<option value="Édouard Bo"></option>' in page
    assert '<option value="entry.saved"></option>' in page
    assert "dry-lips" in client.get("/staff/audit/audit.csv?actor=BO").get_data(as_text=True)
