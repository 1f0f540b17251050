"""How answers look from outside: link previews, structured data, the sitemap, and what search engines may list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Flask, Response, abort, make_response, render_template, request

from bot.faq.entry import Region
from bot.faq.release import Release
from bot.reply.types import ReplyPart
from bot.store.content import load_approved
from bot.web.assets import zip_page
from bot.web.languages import locale_in
from bot.web.pages import desk

blueprint = Blueprint("previews", __name__)
blueprint.after_request(zip_page)

_KEPT_S = 3600
_NOT_LISTED = ("/staff/", "/api/", "/widget", "/kiosk", "/turns", "/feedback", "/my-questions", "/display", "/clear")


def add_previews(app: Flask) -> None:
    """Give templates `public_url()`, `answer_data(…)` and `locale_of_part(part, region)`."""
    app.jinja_env.globals["public_url"] = public_url
    app.jinja_env.globals["answer_data"] = answer_data
    app.jinja_env.globals["locale_of_part"] = locale_of_part
    app.register_blueprint(blueprint)


def public_url(path: str = "") -> str:
    """The address under which the world reaches `path` (without a slash at its start)."""
    return f"{desk().settings.public_url or request.host_url.rstrip('/')}/{path}"


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Whether search engines may list the pages, and where all of them stand."""
    if desk().settings.indexing:
        rules = [*(f"Disallow: {path}" for path in _NOT_LISTED), "", f"Sitemap: {public_url('sitemap.xml')}"]
    else:
        rules = ["Disallow: /"]
    response = make_response("\n".join(("User-agent: *", *rules, "")))
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every approved answer with the day it last changed; there is none while search engines are kept out."""
    if not desk().settings.indexing:
        abort(404)
    release = desk().live.require().release
    response = make_response(render_template("patient/sitemap.xml", release=release, changed=_changed_on(release)))
    response.headers["Content-Type"] = "application/xml; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={_KEPT_S}"
    return response


def answer_data(part: ReplyPart, release: Release, region: Region) -> Mapping[str, Any]:
    """An answer as structured data (schema.org), in approved words only; JSON-ready.

    Without a clinician's approval it names no review.
    """
    clinic = release.clinic
    entry_id = part.entry.id if part.entry else ""
    address = public_url(f"answers/{entry_id}")
    publisher = {
        "@type": "MedicalClinic",
        "@id": public_url("#clinic"),
        "name": clinic.name,
        "url": public_url(),
        "telephone": clinic.phone,
        "email": clinic.email,
        "address": clinic.address,
    }
    review: dict[str, Any] = {}
    if clinic.approved_by and clinic.approved_on:
        review = {
            "lastReviewed": clinic.approved_on.isoformat(),
            "reviewedBy": {"@type": "Person", "name": clinic.approved_by},
        }
    return {
        "@context": "https://schema.org",
        "@type": ["FAQPage", "MedicalWebPage"],
        "@id": address,
        "url": address,
        "name": part.headline,
        "description": part.answer_text,
        "inLanguage": locale_of_part(part, region),
        "dateModified": release.published_at.date().isoformat(),
        **review,
        "audience": {"@type": "MedicalAudience", "audienceType": "Patient"},
        "publisher": publisher,
        "mainEntity": [
            {
                "@type": "Question",
                "name": part.headline,
                "acceptedAnswer": {"@type": "Answer", "text": str(part.whole_html), "url": address},
            }
        ],
    }


def locale_of_part(part: ReplyPart, region: Region) -> str:
    """The locale of an answer's wording: the region's English, or the language of its translation."""
    return locale_in(part.language, region)


def _changed_on(release: Release) -> Mapping[str, date]:
    """When each entry's text was written, by id; the release's day where the database does not know that text."""
    published = release.published_at.date()
    days = {entry.id: published for entry in release.entries}
    database = desk().database
    if database is None:
        return days
    with database.read() as db:
        approved = load_approved(db)
    for entry in release.entries:
        revision = approved.get(entry.id)
        if revision is not None and revision.entry == entry:
            days[entry.id] = revision.created_at.date()
    return days
