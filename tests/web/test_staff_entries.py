"""Editing entries over HTTP: whole stories, and nothing typed is lost on any failure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from bot.staff.editing import find_current
from bot.store import audit
from bot.store.content import add_review, find_submitted
from bot.store.drafts import find_draft, list_collided
from bot.web.opening import House

LIPS = "/staff/entries/dry-lips"
SignIn = Callable[[str], Any]


class FormReader(HTMLParser):
    """What a browser would send of the form `entry`, as name → values."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._select = self._area = ""
        self._chosen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.fields.setdefault(name, []).append(given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self.fields.setdefault(name, []).append("")
        elif tag == "select":
            self._select, self._chosen = name, None
        elif tag == "option" and self._select and (self._chosen is None or "selected" in given):
            self._chosen = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.fields.setdefault(self._select, []).append(self._chosen or "")
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area][-1] += data


def form_of(page: str) -> dict[str, Any]:
    reader = FormReader()
    reader.feed(page)
    fields: dict[str, Any] = {name: values if len(values) > 1 else values[0] for name, values in reader.fields.items()}
    fields.pop("csrf_token", None)
    return fields


def opened(client: Any, path: str = LIPS, **changed: Any) -> dict[str, Any]:
    return {**form_of(client.text(path)), **changed}


def saved(house: House, entry_id: str = "dry-lips") -> Any:
    with house.database.read() as db:
        return find_current(db, entry_id)


@pytest.fixture
def edda(sign_in: SignIn) -> Any:
    return sign_in("editor")


@pytest.fixture
def cleo(sign_in: SignIn) -> Any:
    return sign_in("clinician")


@pytest.mark.parametrize(
    "path", ["/staff/entries", "/staff/new-entry", LIPS, f"{LIPS}/merge/1", "/staff/entries?part=list"]
)
def test_only_staff_may_look(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(path).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/staff/entries", "/staff/new-entry", "/staff/entries-undo/change/2026-11-24T12:00:00+00:00", LIPS,
        *(f"{LIPS}/{each}" for each in ("draft", "preview", "discard", "undo", "restore", "withdraw", "retire", "merge/1")),
    ],
)  # fmt: skip
def test_only_our_own_forms_are_taken(edda: Any, path: str) -> None:
    assert edda.post(path, data={"question": "x"}).status_code == 400
    assert edda.post(path, data={"question": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400


def test_a_form_that_was_only_opened_changes_nothing(edda: Any, house: House) -> None:
    for entry_id in ("dry-lips", "contraception", "contact-clinic", "mood-mental-health"):
        path = f"/staff/entries/{entry_id}"
        assert edda.post_form(path, **opened(edda, path)).status_code == 303
        with house.database.read() as db:
            assert find_draft(db, entry_id) is None, entry_id


def test_an_edit_is_saved_and_shown_again(edda: Any, house: House) -> None:
    typed = opened(edda, short="Use a  plain\r\nointment.", phrasings="sore lips\r\n\r\n sore lips \r\nlips hurt")
    response = edda.post_form(LIPS, **typed, follow_redirects=True)
    page = response.get_data(as_text=True)

    assert response.status_code == 200
    assert "Saved as a draft" in page
    assert "Use a plain ointment." in page
    entry = saved(house).entry
    assert entry.answer.short == "Use a plain ointment."
    assert [each.text for each in entry.phrasings] == ["sore lips", "lips hurt"]
    assert saved(house).author == "Edda Editor"


def test_autosave_tells_what_came_of_it(edda: Any, house: House) -> None:
    typed = opened(edda, short="Use an ointment.")
    first = edda.post_form(f"{LIPS}/draft", **typed, headers={"Accept": "application/json"}).get_json()

    assert (first["outcome"], first["base"], first["version"]) == ("saved", 1, 1)
    assert first["saved_at"].startswith("2026-11-24T12:00")
    again = edda.post_form(f"{LIPS}/draft", **typed).get_json()  # the answer was lost, and it is sent again
    assert (again["outcome"], again["version"]) == ("unchanged", 1)
    typed |= {"base": 1, "version": 1, "owner": "ward"}
    assert edda.post_form(f"{LIPS}/draft", **typed).get_json()["version"] == 2
    assert saved(house).entry.owner == "ward"


def test_two_editors_at_once_are_merged(edda: Any, cleo: Any, house: House) -> None:
    hers, his = opened(edda), opened(cleo)
    edda.post_form(LIPS, **{**hers, "golden": f"{hers['golden']}\nlips like paper"})

    result = cleo.post_form(f"{LIPS}/draft", **{**his, "short": "Use a balm."}).get_json()

    assert result["outcome"] == "merged"
    assert (result["author"], result["fields"]) == ("Edda Editor", ["Golden questions"])
    assert result["changed"]["golden"].endswith("lips like paper")
    assert saved(house).entry.answer.short == "Use a balm."
    assert "lips like paper" in saved(house).entry.golden


def test_a_collision_is_shown_and_resolved(edda: Any, cleo: Any, house: House) -> None:
    hers, his = opened(edda), opened(cleo)
    edda.post_form(LIPS, **{**hers, "short": f"{hers['short']} Or use a balm."})
    auto = cleo.post_form(f"{LIPS}/draft", **{**his, "short": "Use an ointment.", "owner": "ward"}).get_json()
    assert auto["outcome"] == "collided"
    assert auto["fields"] == ["Short answer"]
    response = cleo.post_form(LIPS, **{**his, "short": "Use an ointment. Often.", "owner": "ward"})
    assert response.status_code == 303

    page = cleo.text(response.location)
    assert "Edda Editor’s text" in page
    assert "Cleo Clinician’s text" in page
    assert "<ins>" in page
    assert "owner" in page
    choice = form_of(page)
    assert cleo.post_form(response.location, **choice).status_code == 422
    done = cleo.post_form(response.location, **choice, choice_short="mine")

    assert done.status_code == 303
    assert saved(house).entry.answer.short == "Use an ointment. Often."
    assert saved(house).entry.owner == "ward"
    assert cleo.post_form(response.location, **choice, choice_short="mine").status_code == 409
    assert "Texts kept aside" in cleo.text(LIPS)


def test_sources_and_regional_wordings_are_read(edda: Any, house: House) -> None:
    typed = opened(edda)
    typed["source"] = [*typed["source"][:1], "", ""]
    typed["source_title"] = ["", "NHS: isotretinoin", ""]
    typed["source_checked"] = ["", "2026-11-01", ""]
    typed |= {"us_short": "Use petrolatum.", "us_step_kind": "self-care", "us_step_text": "Call if it bleeds."}
    edda.post_form(LIPS, **typed)
    entry = saved(house).entry

    assert [each.title for each in entry.citations] == ["How isotretinoin works for clear skin", "NHS: isotretinoin"]
    assert str(entry.citations[1].checked) == "2026-11-01"
    assert {region.value: answer.short for region, answer in entry.answer.variants.items()} == {"us": "Use petrolatum."}
    form = opened(edda)
    assert form["us_short"] == "Use petrolatum."
    assert form["us_step_text"] == "Call if it bleeds."


def test_what_patients_worded_is_still_theirs_after_an_edit(edda: Any, house: House) -> None:
    before = {each.text: each.origin for each in saved(house).entry.phrasings}
    typed = opened(edda, owner="ward")
    typed["phrasings"] += "\nnew words"
    edda.post_form(LIPS, **typed)

    assert {each.text: each.origin for each in saved(house).entry.phrasings} == {**before, "new words": "written"}


@pytest.mark.parametrize(("field", "value"), [("review_by", "31.2.2027"), ("source_checked", ["", "", "soon", ""])])
def test_a_day_that_cannot_be_read_stays_typed_and_the_rest_is_saved(
    edda: Any, house: House, field: str, value: Any
) -> None:
    typed = opened(edda, short="Use a balm.", **{field: value})
    response = edda.post_form(LIPS, **typed)
    page = response.get_data(as_text=True)

    assert response.status_code == 422
    assert "Write a day like 2027-05-31." in page
    assert (value if isinstance(value, str) else "soon") in page
    assert saved(house).entry.answer.short == "Use a balm."
    auto = edda.post_form(f"{LIPS}/draft", **{**typed, "base": 1, "version": 1}).get_json()
    assert list(auto["faults"]) == [field if field == "review_by" else "sources"]


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        ("my throat is closing up", "Take it out, or word it in another way."),
        ("call me on 07700 900123 about my lips", "holds personal details. Take them out."),
    ],
)
def test_a_wording_that_no_release_may_hold_is_not_sent(edda: Any, house: House, wording: str, said: str) -> None:
    typed = opened(edda, do="submit", reason="another way to ask it")
    typed["phrasings"] += f"\n{wording}"

    refused = edda.post_form(LIPS, **typed)

    assert refused.status_code == 422
    assert said in refused.get_data(as_text=True)
    assert wording in saved(house).entry.wordings  # what was typed stays
    looked_at = edda.post_form(f"{LIPS}/preview", **typed).get_data(as_text=True)  # and its fault, while one types
    assert (said if "details" in said else "Met with an alarm") in looked_at


def test_a_draft_is_sent_for_review_and_withdrawn(edda: Any, cleo: Any, house: House) -> None:
    typed = opened(edda, short="Use a balm.", do="submit")
    refused = edda.post_form(LIPS, **typed)
    assert refused.status_code == 422
    assert "Write why it is changed" in refused.get_data(as_text=True)
    again = form_of(refused.get_data(as_text=True))
    assert again["short"] == "Use a balm."

    sent = edda.post_form(LIPS, **{**again, "do": "submit", "reason": "shorter"})
    assert sent.status_code == 303
    page = edda.text(LIPS)
    assert "waits for review" in page
    assert "Withdraw it" in page
    assert "Withdraw it" not in cleo.text(LIPS)
    assert cleo.post_form(f"{LIPS}/withdraw").status_code == 403

    assert edda.post_form(f"{LIPS}/withdraw", **opened(edda)).status_code == 303
    assert "Withdraw it" not in edda.text(LIPS)
    assert saved(house).entry.answer.short == "Use a balm."
    with house.database.read() as db:
        actions = [event.action for event in audit.list_events(db, subject="dry-lips")]
    assert "entry.submitted" in actions
    assert "entry.withdrawn" in actions


def test_what_is_typed_while_a_revision_waits_is_kept_when_it_cannot_be_sent(
    edda: Any, cleo: Any, house: House
) -> None:
    edda.post_form(LIPS, **opened(edda, short="Use a balm.", do="submit", reason="shorter"))
    refused = cleo.post_form(LIPS, **opened(cleo, short="Use an ointment.", do="submit", reason="better"))

    assert refused.status_code == 409
    page = refused.get_data(as_text=True)
    assert "must be withdrawn first" in page
    assert form_of(page)["short"] == "Use an ointment."
    assert form_of(page)["reason"] == "better"
    assert saved(house).entry.answer.short == "Use an ointment."


def test_what_cannot_be_served_is_named_beside_its_field(edda: Any, house: House) -> None:
    typed = opened(edda, short="Call {{ clinic.fone }} <b>now</b>.", related="nothing", do="submit", reason="why")
    response = edda.post_form(LIPS, **typed)
    page = response.get_data(as_text=True)

    assert response.status_code == 422
    assert "Raw HTML is not allowed" in page
    assert "is no other entry" in page
    assert "clinic.fone" in page
    assert "&lt;b&gt;" in page
    with house.database.read() as db:
        assert find_submitted(db, "dry-lips").number == 1  # type: ignore[union-attr]


def test_a_discarded_draft_comes_back(edda: Any, house: House) -> None:
    edda.post_form(LIPS, **opened(edda, owner="ward"))
    page = edda.post_form(
        f"{LIPS}/discard", **opened(edda, short="Typed at the very end."), follow_redirects=True
    ).get_data(as_text=True)
    assert "was discarded" in page
    assert saved(house).version == 0

    (address,) = re.findall(r'action="(/staff/entries/dry-lips/undo[^"]*)"', page)
    assert edda.post_form(address.replace("&amp;", "&")).status_code == 303

    assert saved(house).entry.answer.short == "Typed at the very end."
    assert saved(house).entry.owner == "ward"
    assert edda.post_form(address.replace("&amp;", "&")).status_code == 409


def test_an_older_revision_is_restored_with_undo(edda: Any, house: House) -> None:
    edda.post_form(LIPS, **opened(edda, short="Use a balm."))
    page = edda.post_form(f"{LIPS}/restore", number=1, follow_redirects=True).get_data(as_text=True)
    assert saved(house).entry.answer.short != "Use a balm."
    (address,) = re.findall(r'action="(/staff/entries/dry-lips/undo[^"]*)"', page)
    edda.post_form(address.replace("&amp;", "&"))

    assert saved(house).entry.answer.short == "Use a balm."


def test_an_entry_is_retired_and_brought_back(edda: Any, house: House) -> None:
    refused = edda.post_form(
        f"{LIPS}/retire",
        **opened(edda, owner="ward"),
    )
    assert refused.status_code == 422
    assert saved(house).entry.owner == "ward"
    assert edda.post_form(f"{LIPS}/retire", **opened(edda, retire_reason="merged")).status_code == 303
    assert "asks to retire this entry" in edda.text(LIPS)
    with house.database.change() as db:
        revision = find_submitted(db, "dry-lips")
        assert revision
        assert revision.retired
        at = revision.created_at
        add_review(db, revision.revision_id, "approve", reviewer="Dr Lee", own=False, comment="", at=at)
    assert "Send it for review to bring it back" in edda.text(LIPS)

    assert edda.post_form(LIPS, **opened(edda, do="submit", reason="needed after all")).status_code == 303


def test_a_returned_revision_shows_why(edda: Any, house: House) -> None:
    edda.post_form(LIPS, **opened(edda, short="Use a balm.", do="submit", reason="shorter"))
    with house.database.change() as db:
        revision = find_submitted(db, "dry-lips")
        assert revision
        at = revision.created_at
        add_review(db, revision.revision_id, "return", reviewer="Dr Lee", own=False, comment="Say how often.", at=at)

    page = edda.text(LIPS)

    assert "Returned by Dr Lee" in page
    assert "Say how often." in page
    assert form_of(page)["short"] == "Use a balm."


def test_the_preview_is_the_patients_own_card_with_faults_and_ranks(edda: Any, house: House) -> None:
    typed = opened(edda, short="Use **plain** balm, see [dry skin](entry:dry-skin).", owner="")
    typed["phrasings"] += "\nis lip filler allowed\ncan i drink alcohol"
    piece = edda.post_form(f"{LIPS}/preview", **typed).get_data(as_text=True)

    assert '<article class="card card-answer"' in piece
    assert "<strong>plain</strong>" in piece
    assert 'href="/answers/dry-skin"' in piece
    assert "Say who looks after this entry." in piece
    assert "already </span>live" in piece
    assert re.search(
        r'data-text="can i drink alcohol">.*?Closer to</strong> “[^”]+”, (?:0\.\d\d|1\.00)', piece, re.DOTALL
    )
    assert saved(house).version == 0
    broken = edda.post_form(f"{LIPS}/preview", **{**typed, "short": "Call {{ clinic.fone }}."})
    assert "cannot be shown" in broken.get_data(as_text=True)


def test_checking_works_without_scripts(edda: Any) -> None:
    response = edda.post_form(LIPS, **opened(edda, do="check"), follow_redirects=True)

    assert "How each is found today" in response.get_data(as_text=True)


def test_a_new_entry_begins_with_its_question(edda: Any, house: House) -> None:
    asked = {"question": "Can I have my lips filled?", "topic": "living", "sure": "yes"}
    first = edda.post_form("/staff/new-entry", **asked, entry_id="")
    assert first.location == "/staff/entries/lips-filled"
    again = {"question": "Once again?", "topic": "living", "entry_id": "lips-filled", "sure": "yes"}
    taken = edda.post_form("/staff/new-entry", **again)
    assert taken.status_code == 409
    assert 'value="Once again?"' in taken.get_data(as_text=True)
    for short in (" ", "asdf?"):
        empty = edda.post_form("/staff/new-entry", question=short, topic="", entry_id="")
        assert empty.status_code == 422

    page = edda.text("/staff/entries/lips-filled")
    assert "New draft" in page
    refused = edda.post_form(
        "/staff/entries/lips-filled", **opened(edda, "/staff/entries/lips-filled", do="submit", reason="asked")
    )
    assert refused.status_code == 422
    assert "Write the short answer" in refused.get_data(as_text=True)
    gone = edda.post_form("/staff/entries/lips-filled/discard", **opened(edda, "/staff/entries/lips-filled"))
    assert gone.location == "/staff/entries"
    assert edda.get("/staff/entries/lips-filled").status_code == 404


def test_the_list_is_searched_filtered_and_paged(edda: Any) -> None:
    page = edda.text("/staff/entries")
    assert "78 entries" in page or re.search(r"\d+ entries, page 1 of 2", page)
    assert 'href="/staff/entries?page=2"' in page
    found = edda.text("/staff/entries?q=lips+balm&topic=side-effects&part=list")
    assert "dry-lips" in found
    assert "<html" not in found
    assert "Nothing fits" in edda.text("/staff/entries?q=zebra")
    assert "No entry is in this state now" in edda.text("/staff/entries?state=returned")
    for odd in ("page=999", "page=x", "sort=odd", "due=odd", "page=-1", "page=%C2%B2"):
        assert edda.get(f"/staff/entries?{odd}").status_code == 200


def test_what_is_overdue_is_found(edda: Any, clock: Any) -> None:
    assert "Nothing fits" in edda.text("/staff/entries?due=overdue")
    clock.forward(days=29)  # sessions end; so the next sign-in is what a later day has
    assert edda.get("/staff/entries").status_code in (200, 303)


def test_many_entries_are_changed_at_once_and_taken_back(edda: Any, house: House) -> None:
    ids = ["dry-lips", "dry-skin"]
    edda.post_form(LIPS, **opened(edda, short="Use a balm."))
    page = edda.post_form(
        "/staff/entries?topic=side-effects", id=ids, do="owner", owner="ward", follow_redirects=True
    ).get_data(as_text=True)
    assert "The owner of 2 entries is now “ward”" in page
    assert [saved(house, each).entry.owner for each in ids] == ["ward", "ward"]

    (address,) = re.findall(r'action="(/staff/entries-undo/[^"]*)"', page)
    edda.post_form(address)

    assert saved(house).entry.answer.short == "Use a balm."
    assert [saved(house, each).entry.owner for each in ids] == ["nursing team", "nursing team"]
    assert saved(house, "dry-skin").version == 0


def test_many_drafts_are_sent_and_withdrawn(edda: Any, house: House, clock: Any) -> None:
    ids = ["dry-lips", "dry-skin", "nosebleeds"]
    for each in ids[:2]:
        edda.post_form(f"/staff/entries/{each}", **opened(edda, f"/staff/entries/{each}", owner="ward"))
    clock.forward(minutes=1)
    assert edda.post_form("/staff/entries", id=ids, do="send", reason="").status_code == 422
    page = edda.post_form("/staff/entries", id=ids, do="send", reason="new owner", follow_redirects=True)
    text = page.get_data(as_text=True)
    assert "Sent for review: 2 entries." in text
    assert "nosebleeds: there is no draft" in text

    (address,) = re.findall(r'action="(/staff/entries-undo/[^"]*)"', text)
    edda.post_form(address)

    assert [saved(house, each).entry.owner for each in ids[:2]] == ["ward", "ward"]
    with house.database.read() as db:
        assert find_draft(db, "dry-lips") is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "owner", "owner": "ward"},
        {"id": "dry-lips", "do": "owner", "owner": " "},
        {"id": "dry-lips", "do": "review_by", "review_by": "soon"},
        {"id": "dry-lips", "do": "odd"},
    ],
)
def test_a_change_to_many_that_cannot_be_made_keeps_what_was_typed(edda: Any, fields: dict[str, str]) -> None:
    response = edda.post_form("/staff/entries", **fields)

    assert response.status_code == 422
    if "id" in fields:
        assert re.search(r'value="dry-lips"[^>]*checked', response.get_data(as_text=True))


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-24", "2026-11-24T12:00:00"])
def test_an_undo_that_names_no_moment_is_not_found(edda: Any, moment: str) -> None:
    assert edda.post_form(f"/staff/entries-undo/change/{moment}").status_code == 404


def test_unknown_entries_and_texts_are_not_found(edda: Any) -> None:
    assert edda.get("/staff/entries/nothing").status_code == 404
    assert edda.post_form("/staff/entries/nothing", question="x").status_code == 404
    assert edda.get(f"{LIPS}/merge/999").status_code == 404
    assert edda.post_form(f"{LIPS}/restore", number=99).status_code == 422
    assert edda.post_form(f"{LIPS}/draft", **opened(edda, version="9")).status_code == 422
    assert edda.post_form(f"{LIPS}/draft", **opened(edda, version="x")).status_code == 400
    assert edda.post_form(LIPS, do="save").status_code == 400


def test_scripts_and_markup_in_a_text_stay_text(edda: Any) -> None:
    attack = '"><script>alert(1)</script>{{ 7*7 }}'
    typed = opened(edda, question=attack, short=attack, phrasings=attack, owner=attack, related=attack)
    edda.post_form(LIPS, **typed)

    for page in (edda.text(f"{LIPS}?checked=1"), edda.text("/staff/entries?q=alert"), edda.text("/staff/entries")):
        assert "<script>alert" not in page
        assert "49" not in re.findall(r"</script>([^<]{0,20})", page)


def test_the_list_asks_the_database_a_fixed_number_of_times(
    edda: Any, house: House, count_queries: Callable[[Any], Any]
) -> None:
    with count_queries(house.database) as few:
        assert edda.get("/staff/entries").status_code == 200
    for each in ("dry-lips", "dry-skin", "nosebleeds", "dry-eyes"):
        edda.post_form(f"/staff/entries/{each}", **opened(edda, f"/staff/entries/{each}", short="Changed."))
    with count_queries(house.database) as more:
        edda.get("/staff/entries")

    assert len(few) == len(more)
    assert len(few) <= 15, "\n".join(few)


def test_a_text_that_was_kept_aside_can_be_opened_again(edda: Any, cleo: Any, house: House) -> None:
    hers, his = opened(edda), opened(cleo)
    edda.post_form(LIPS, **{**hers, "short": "Use a balm."})
    cleo.post_form(LIPS, **{**his, "short": "Use an ointment."})
    with house.database.read() as db:
        (kept,) = list_collided(db, "dry-lips")

    assert cleo.post_form(f"{LIPS}/restore", aside=kept.save_id).status_code == 303
    assert saved(house).entry.answer.short == "Use an ointment."
    assert timedelta(0) == saved(house).saved_at - kept.saved_at


def test_what_has_to_be_mended_before_it_is_sent_is_one_press_away(edda: Any) -> None:
    page = edda.post_form(LIPS, **opened(edda, short="Use a balm.", do="submit")).text
    assert '<a href="#reason">reason</a>.' in page

    page = edda.post_form(LIPS, **opened(edda, phrasings="", do="submit")).text
    assert '<a href="#phrasings-notes">other ways to ask it</a>' in page
    assert 'id="phrasings-notes"' in page


def test_a_reason_that_was_begun_stays_when_the_draft_is_saved(edda: Any) -> None:
    saved = edda.post_form(
        LIPS, **opened(edda, short="Use a balm.", reason="shorter", do="save"), follow_redirects=True
    )

    assert "Saved as a draft." in saved.text
    assert 'name="reason" type="text" value="shorter"' in saved.text


def test_entries_that_are_asked_alike_are_shown_before_a_new_one_is_made(edda: Any) -> None:
    asked = {"question": "My lips are very dry, what helps?", "topic": "side-effects", "entry_id": ""}
    page = edda.post_form("/staff/new-entry", **asked).text

    assert "Is it one of these?" in page
    assert f'<a href="{LIPS}">' in page
    assert "It is none of these: begin the entry" in page
    assert edda.post_form("/staff/new-entry", **asked, sure="yes").status_code == 303


def test_many_cannot_be_given_a_review_date_that_has_passed(edda: Any) -> None:
    response = edda.post_form("/staff/entries", id="dry-lips", do="review_by", review_by="2020-01-01")

    assert response.status_code == 422
    assert "Write today or a day to come." in response.text
