"""Approved wording as a page and a terminal show it."""

from __future__ import annotations

import pytest

from bot.reply.render import Renderer


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer({"phone": "020 <1>", "name": "Elm"}, {"dry-skin": "/answers/dry-skin"}.get)


@pytest.mark.parametrize(
    ("markdown", "html", "text"),
    [
        ("Call **now**.", "<p>Call <strong>now</strong>.</p>", "Call now."),
        ("One sentence.\nAnother one.", "<p>One sentence.\nAnother one.</p>", "One sentence. Another one."),
        ("First.\n\n\n\nSecond.", "<p>First.</p>\n<p>Second.</p>", "First.\n\nSecond."),
        ("- rest\n- drink", "<ul>\n<li>rest</li>\n<li>drink</li>\n</ul>", "• rest\n• drink"),
        (
            "See [dry skin](entry:dry-skin).",
            '<p>See <a href="/answers/dry-skin">dry skin</a>.</p>',
            "See dry skin.",
        ),
        ("See [old news](entry:gone).", "<p>See old news.</p>", "See old news."),
        ("Ring {{ clinic.phone }}.", "<p>Ring 020 &lt;1&gt;.</p>", "Ring 020 <1>."),
        ("    four spaces are no code", "<p>four spaces are no code</p>", "four spaces are no code"),
    ],
)
def test_what_editors_write_is_shown_as_meant(renderer: Renderer, markdown: str, html: str, text: str) -> None:
    assert renderer.html(markdown) == html
    assert renderer.text(markdown) == text


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "[click](javascript:alert(1))",
        "[elsewhere](https://example.org)",
        "<https://example.org>",
        "![picture](https://example.org/a.png)",
        '<a href="https://example.org">elsewhere</a>',
    ],
)
def test_nothing_runs_and_nothing_leads_away(renderer: Renderer, markdown: str) -> None:
    html = renderer.html(markdown)

    assert "<script" not in html
    assert "<img" not in html
    assert '<a href="http' not in html
    assert '<a href="javascript' not in html


def test_raw_html_is_shown_as_it_was_typed(renderer: Renderer) -> None:
    assert renderer.html("Less <b>is</b> more") == "<p>Less &lt;b&gt;is&lt;/b&gt; more</p>"


def test_a_fact_that_the_clinic_does_not_have_is_not_left_out_in_silence(renderer: Renderer) -> None:
    with pytest.raises(KeyError):
        renderer.text("Ring {{ clinic.pager }}.")
