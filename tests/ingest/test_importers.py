"""Other FAQs' files: questions, other wordings and answers come out alike, whatever wrote them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.bot import Bot
from bot.errors import InputError
from bot.ingest.cells import list_cell
from bot.ingest.exporters import as_csv, as_json_ld
from bot.ingest.faq_json import read_json_ld, read_qnabot
from bot.ingest.faq_rasa import read_rasa
from bot.ingest.faq_tables import read_csv
from bot.ingest.foreign import ForeignFaq, Found, gathered, one_line, plain_answer
from bot.ingest.importers import Format, read_foreign

FAQS = Path(__file__).parent.parent / "cases" / "faqs"


def read(form: str, *names: str) -> ForeignFaq:
    return read_foreign([FAQS / name for name in names], Format(form))


def test_csv_with_phrasings_and_what_is_missing_named_by_line() -> None:
    faq = read("csv", "plain.csv")

    assert [each.question for each in faq.entries] == ["Where do I park?", "Do you have a lift?"]
    assert faq.entries[0].phrasings == ("parking near you", "is there a car park", "can i leave my car")
    assert faq.entries[0].topic == "Our clinic"
    assert [(each.place, each.why) for each in faq.left_out] == [
        ("plain.csv:4", "it has no question"),
        ("plain.csv:5", "it has no answer"),
        ("plain.csv:6", "its question stands in plain.csv:2 already"),
    ]


def test_qna_maker_rows_of_one_answer_are_one_question() -> None:
    dog, wifi = read("qnamaker", "qnamaker.tsv").entries

    assert (dog.question, dog.phrasings, dog.topic) == ("May I bring my dog?", ("dogs allowed?",), "clinic")
    assert dog.answer == "No, sorry.\n\nGuide dogs are **always** welcome."
    assert wifi.question == "Is there wifi?"


def test_azure_json() -> None:
    (water,) = read("qnamaker", "azure.json").entries

    assert (water.phrasings, water.topic) == (("where is the water",), "clinic")


def test_qnabot_items_with_links_taken_out_of_answers() -> None:
    desk, food = read("qnabot", "qnabot.json").entries

    assert (desk.question, desk.phrasings) == ("When is the desk staffed?", ("who is at the desk now",))
    assert food.answer == "Snacks are fine. See the rules."


def test_rasa_intents_are_joined_with_their_responses_from_another_file() -> None:
    faq = read("rasa", "nlu.yml", "responses.yml")

    toilet, changing = faq.entries
    assert (toilet.question, toilet.answer) == ("Where is the toilet?", "Second door on the left.")
    assert toilet.phrasings == ("i need the loo", "restroom please")
    assert changing.phrasings == ("nappy change today",)
    assert [(each.place, each.why) for each in faq.left_out] == [("nlu.yml, intent greet", "it has no answer")]


def test_chatwoot_articles_without_drafts() -> None:
    (found,) = read("chatwoot", "chatwoot.csv").entries
    (shut,) = read("chatwoot", "chatwoot.json").entries

    assert found.answer == "Take bus nine to the mill.\n\n- Walk past the pond\n- Ring the bell"
    assert (shut.question, shut.topic) == ("What do I do when the door is shut?", "Our clinic")


def test_faq_page_data_inside_a_page() -> None:
    children, corner = read("jsonld", "page.html").entries

    assert children.answer == "Yes, from six years on.\n\n1. Come with a parent\n2. Bring the red book"
    assert corner.answer == "Yes."


@pytest.mark.parametrize(
    ("form", "name", "text", "reason"),
    [
        ("csv", "a.csv", "name,text\nx,y\n", "a column question"),
        ("csv", "a.csv", "", "a file with questions"),
        ("qnabot", "a.json", "{not json", "JSON"),
        ("qnabot", "a.json", '{"other": 1}', "a list under qna"),
        ("rasa", "a.yml", "nlu: [", "YAML"),
        ("rasa", "a.yml", "a: &x [1]\nb: *x\nnlu: []", "plain YAML"),
        ("rasa", "a.yml", "version: 3", "Rasa training data"),
        ("jsonld", "a.html", "<p>No data</p>", "FAQPage"),
        ("qnabot", "a.json", '{"qna": ' + "[" * 100_000, r"JSON|real FAQ"),
        ("chatwoot", "a.csv", "title,body\nx,y\n", "a column content"),
    ],
)
def test_a_file_of_another_kind_is_refused(form: str, name: str, text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=reason):
        read_foreign([path], Format(form))


def test_a_file_without_words_is_not_told_to_be_a_document(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000, encoding="utf-8")

    with pytest.raises(InputError) as told:
        read_foreign([tmp_path / "deep.json"], Format.QNA_BOT)

    assert str(told.value) == (
        "deep.json: got a file without words; allowed: a text file with questions and answers, of the kind that --from"
        " names"
    )


def test_our_csv_comes_back_as_it_was(bot: Bot) -> None:
    faq = gathered(read_csv("ours.csv", as_csv(bot)))

    assert len(faq.entries) == len(bot.release.entries)
    assert faq.left_out == ()
    first = bot.release.entries[0]
    assert faq.entries[0].question == first.question
    assert faq.entries[0].phrasings == tuple(" ".join(each.text.split()) for each in first.phrasings)


def test_no_cell_of_our_csv_is_a_formula(bot: Bot) -> None:
    for row in csv.reader(io.StringIO(as_csv(bot))):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_our_faq_page_is_valid_and_read_again(bot: Bot) -> None:
    text = as_json_ld(bot)
    page = json.loads(text)

    assert (page["@context"], page["@type"]) == ("https://schema.org", "FAQPage")
    assert len(page["mainEntity"]) == len(bot.release.entries)
    assert "</script" not in text
    assert "{{" not in text
    again = gathered(read_json_ld("page.json", text))
    assert [each.question for each in again.entries] == [entry.question for entry in bot.release.entries]


def test_marks_and_controls_are_taken_out() -> None:
    assert one_line("What\u200b <b>is</b>\n it?") == "What is it?"
    assert plain_answer("<p>One</p><p>Two <a href='x'>three</a></p>") == "One\n\nTwo three"


def test_signs_that_stand_for_letters_are_read_with_marks_and_without() -> None:
    assert one_line("Bed &amp; <i>board</i> too?") == one_line("Bed &amp; board too?") == "Bed & board too?"
    assert plain_answer("Tea &amp; toast, caf&eacute;") == plain_answer("<p>Tea &amp; toast, caf&eacute;</p>")


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for reader in (read_csv, read_qnabot, read_json_ld, lambda name, given: read_rasa({name: given})):
        try:
            found = reader("a", text)
        except InputError:
            continue
        assert isinstance(gathered(found), ForeignFaq)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=30), st.text(max_size=30), st.lists(st.text(max_size=20), max_size=4)), max_size=6
    )
)
def test_no_wording_stands_in_two_questions(rows: list[tuple[str, str, list[str]]]) -> None:
    faq = gathered(Found(place=str(n), question=q, answer=a, phrasings=tuple(p)) for n, (q, a, p) in enumerate(rows))
    wordings = [" ".join(text.casefold().split()) for each in faq.entries for text in (each.question, *each.phrasings)]

    assert len(wordings) == len(set(wordings))
    assert len(faq.entries) + len(faq.left_out) == len(rows)


def test_phrasings_come_back_whole_whatever_signs_they_hold(bot: Bot) -> None:
    texts = ("my lips crack; is that normal", "dry|cracked", "back\\slash", "is it ok;; or not")
    for phrasings in (texts, *((text,) for text in texts)):
        row = io.StringIO(newline="")
        csv.writer(row).writerows([("question", "answer", "phrasings"), ("Q?", "A.", list_cell(phrasings))])

        assert gathered(read_csv("ours.csv", row.getvalue())).entries[0].phrasings == phrasings
