"""The page of documents: brought in, read, decided about; nothing of it reaches a patient."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from documents import FOLDER, markdown, pdf, read_content
from flask.testing import FlaskClient

from bot.staff.documents import MOST_DRAFTS
from bot.store.documents import find_upload, find_version, list_uploads
from bot.store.drafts import load_drafts
from bot.store.tables_documents import document_uploads
from bot.store.types import canonical
from bot.web.opening import House

CONTENT = read_content(FOLDER / "warts.md")
SignIn = Callable[[str], Any]


def strip(page: str) -> str:
    """The page without what differs each time."""
    return re.sub(r'(?:nonce|value)="[\w-]{16,}[\w.-]*"', "", page)


def bring(client: Any, *files: tuple[str, bytes]) -> Any:
    """Upload files, and wait until they are read."""
    data = {"csrf_token": client.csrf(), "file": [(io.BytesIO(content), name) for name, content in files]}
    answer = client.post("/staff/documents", data=data, content_type="multipart/form-data")
    for thread in threading.enumerate():
        if thread.name.startswith("reading "):
            thread.join()
    return answer


def test_a_document_is_read_shown_and_saved_with_the_ticked_drafts(sign_in: SignIn, house: House) -> None:
    client = sign_in("editor")
    at = bring(client, ("warts.pdf", pdf(CONTENT))).headers["Location"]
    page = client.text(at)
    done = client.post_form(
        f"{at}/save", document="", document_id="warts", title="Warts", draft_3="1", question_3="How does freezing work?",
        topic_3="clinic", follow_redirects=True,
    ).get_data(as_text=True)  # fmt: skip

    assert "How freezing works" in page
    assert "Begin a draft" in page
    assert "Claims to check" in page
    assert "Kept as version 1; one draft begun." in done
    with house.database.read() as db:
        (draft,) = load_drafts(db).values()
        assert list_uploads(db) == ()
    assert draft.entry.question == "How does freezing work?"
    assert "How does freezing work?" not in client.get("/topics").get_data(as_text=True)


def test_sections_of_the_same_name_have_each_their_own_claims(sign_in: SignIn) -> None:
    text = b"# Leaflet\n\n## Use\n\nThe cream is white.\n\n## Use\n\nThis medicine cures eczema.\n"
    client = sign_in("editor")

    page = client.text(bring(client, ("leaflet.md", text)).headers["Location"])

    first, second = page.split("This medicine cures eczema.")
    assert "<span>Claims to check</span>" not in first
    assert second.count("<span>Claims to check</span>") == 1


def test_what_an_older_version_read_shows_its_claims_too(sign_in: SignIn, house: House) -> None:
    client = sign_in("editor")
    at = bring(client, ("warts.md", markdown(CONTENT))).headers["Location"]
    page = client.text(at)
    with house.database.change() as db:
        upload = find_upload(db, int(at.rsplit("/", 1)[1]))
        assert upload is not None
        kept = {name: value for name, value in upload.reading.items() if name != "warnings"}
        db.execute(document_uploads.update().values(reading=canonical(kept)))

    assert "Claims to check" in page
    assert strip(client.text(at)) == strip(page)


def test_a_new_version_is_laid_beside_the_old_one_word_by_word(sign_in: SignIn) -> None:
    client = sign_in("editor")
    first = bring(client, ("warts.md", markdown(CONTENT))).headers["Location"]
    client.post_form(f"{first}/save", document="", document_id="warts", title="Warts")
    second = bring(client, ("warts.md", markdown(CONTENT).replace(b"very cold", b"icy"))).headers["Location"]
    page = client.text(second)
    client.post_form(f"{second}/save", document="warts", title="Warts")

    assert "<del>very cold</del><ins>icy</ins>" in page
    assert 'value="warts" selected' in page
    document = client.text("/staff/documents/of/warts")
    assert "What changed in version 2" in document
    assert "<del>very cold</del><ins>icy</ins>" in document


def test_a_changed_article_flags_the_entries_that_rest_on_it(sign_in: SignIn) -> None:
    client = sign_in("editor")
    at = bring(client, ("new.md", b"# What Is Isotretinoin?\n\nSomething else stands here.\n")).headers["Location"]
    client.post_form(f"{at}/save", document="isotretinoin-article", title="x")
    page = client.text("/staff/documents")

    assert "Entries to look at again" in page
    assert "Still right" in page
    answer = client.post_form("/staff/documents/looked/what-is-isotretinoin")
    assert answer.status_code == 303
    assert "/staff/documents/looked/what-is-isotretinoin" not in client.text("/staff/documents")
    assert client.post_form("/staff/documents/looked/what-is-isotretinoin").status_code == 409


def test_what_cannot_be_read_says_why(sign_in: SignIn) -> None:
    client = sign_in("editor")
    at = bring(client, ("a.pdf", b"no pdf")).headers["Location"]

    assert "not a PDF though its name ends in .pdf" in client.text(at)
    assert client.get(f"{at}/progress").json["state"] == "refused"
    assert client.post_form(f"{at}/save", document_id="a").status_code == 409
    assert client.post_form(f"{at}/discard").status_code == 303
    assert client.get(at).status_code == 404


def test_several_files_are_read_one_bad_one_stops_nothing(sign_in: SignIn, house: House) -> None:
    client = sign_in("editor")
    bring(client, ("warts.md", markdown(CONTENT)), ("b.txt", b""), ("../../c.md", b"# C\n\nWords.\n"))

    with house.database.read() as db:
        found = {each.file_name: each.state for each in list_uploads(db)}
    assert found == {"warts.md": "read", "b.txt": "refused", "c.md": "read"}


@pytest.mark.parametrize(
    "fields", [{"document_id": "No Id"}, {"document_id": "warts", "draft_3": "1", "question_3": ""}]
)
def test_what_was_typed_stays_when_it_cannot_be_saved(sign_in: SignIn, house: House, fields: dict[str, str]) -> None:
    client = sign_in("editor")
    at = bring(client, ("warts.md", markdown(CONTENT))).headers["Location"]
    answer = client.post_form(f"{at}/save", title="My own title", draft_2="1", question_2="My own question?", **fields)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert 'value="My own title"' in page
    assert 'value="My own question?"' in page
    assert re.search('class="fault"[^>]*>(Use|Write) ', page)
    with house.database.read() as db:
        assert load_drafts(db) == {}
        assert find_version(db, "warts") is None


def test_a_long_document_is_compared_and_saved_whole(sign_in: SignIn, house: House) -> None:
    client = sign_in("editor")
    sections = "\n\n".join(f"## What is part {n} about?\n\nPart {n} tells about it." for n in range(510))
    at = bring(client, ("long.md", f"# A long one\n\n{sections}".encode())).headers["Location"]
    page = client.text(at)
    typed = {f"question_{n}": f"Question {n} {'that somebody words at length ' * 20}?" for n in range(511)}
    compared = client.post_form(f"{at}/compare", title="My title", document="isotretinoin-article", **typed)
    saved = client.post_form(f"{at}/save", document="", document_id="long", title="Long", **typed)

    assert page.count("checked") == MOST_DRAFTS  # no more than can be begun at once
    assert compared.status_code == 200
    assert 'value="My title"' in compared.get_data(as_text=True)
    assert "No longer in it" in compared.get_data(as_text=True)
    assert saved.status_code == 303
    with house.database.read() as db:
        assert find_version(db, "long") is not None


def test_saving_twice_saves_once(sign_in: SignIn, house: House) -> None:
    client = sign_in("editor")
    at = bring(client, ("warts.md", markdown(CONTENT))).headers["Location"]
    fields = {"document_id": "warts", "title": "Warts", "draft_3": "1", "question_3": "How?", "topic_3": "clinic"}

    assert client.post_form(f"{at}/save", **fields).status_code == 303
    assert client.post_form(f"{at}/save", **fields).status_code == 409
    with house.database.read() as db:
        assert len(load_drafts(db)) == 1


def test_only_files_may_be_large_and_only_there(sign_in: SignIn) -> None:
    client = sign_in("editor")
    large = ("large.txt", b"Words and more words. " * 60_000)

    assert bring(client, large).status_code == 303
    data = {"csrf_token": client.csrf(), "file": (io.BytesIO(large[1]), "a.txt")}
    assert client.post("/staff/new-entry", data=data, content_type="multipart/form-data").status_code == 413


def test_nothing_chosen_is_said(sign_in: SignIn) -> None:
    client = sign_in("editor")

    assert "Choose a file first." in client.post_form("/staff/documents").get_data(as_text=True)


@pytest.mark.parametrize("path", ["", "/uploads/1", "/coverage", "/of/isotretinoin-article", "/uploads/1/progress"])
def test_strangers_see_nothing(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(f"/staff/documents{path}").status_code == 303


def test_coverage_names_both_sides(sign_in: SignIn) -> None:
    page = sign_in("editor").text("/staff/documents/coverage")

    assert "Entries that rest on no section" in page
    assert "How isotretinoin works for clear skin" in page


def test_what_is_not_there_is_not_found(sign_in: SignIn) -> None:
    client = sign_in("editor")

    assert client.get("/staff/documents/of/nothing").status_code == 404
    assert client.get("/staff/documents/uploads/99").status_code == 404


def test_a_section_that_an_entry_rests_on_gets_no_second_draft_and_reviewers_hear_of_it(sign_in: SignIn) -> None:
    client = sign_in("editor")
    first = bring(client, ("warts.md", markdown(CONTENT))).headers["Location"]
    fields = {"draft_3": "1", "question_3": "How does freezing work?", "topic_3": "clinic"}
    client.post_form(f"{first}/save", document="", document_id="warts", title="Warts", **fields)
    changed = markdown(CONTENT).replace(b"very cold", b"icy").replace(b"How freezing works", b"What the cold does")
    second = bring(client, ("warts.md", changed)).headers["Location"]
    page = client.text(second)
    client.post_form(f"{second}/save", document="warts", title="Warts")

    assert "Rests on it already" in page
    assert "checked" not in page.split('name="draft_3"')[1].split(">")[0]
    assert "1 entry rests on a document that has changed." in client.text("/staff/review")
