"""Decisions put into approved words: nothing is said that does not stand in the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from markupsafe import Markup

from bot.errors import NotReady
from bot.faq.clinic import HelpLine
from bot.faq.entry import ENGLISH, TRANSLATED_INTO, Entry, NextStep, Region
from bot.faq.release import Level, Release, SafetyRule
from bot.reply.courtesy import courtesy_for
from bot.reply.render import Renderer
from bot.reply.types import Decision, EntryLink, Outcome, Reply, ReplyPart, SafetyNotice

MOST_SUGGESTIONS = 4
_STANDING = {
    Level.URGENT: ("clinic", "urgent"),
    Level.EMERGENCY: ("emergency",),
    Level.CRISIS: ("crisis_call", "crisis_text", "emergency"),
}
_ALONE = frozenset({Outcome.EMERGENCY, Outcome.CRISIS})

# What is said where no entry speaks, as headline and text. Not medical: it tells what the chat can and cannot do.
NO_MATCH = {
    ENGLISH: (
        "I do not have an approved answer to that",
        "This chat only gives answers that the clinic has approved. Look through the topics, or ask the clinic.",
    ),
    "es": (
        "No tengo una respuesta aprobada para eso",
        "Este chat solo da respuestas que la clínica ha aprobado. Mire los temas o pregunte a la clínica.",
    ),
}
LEFT = {
    ENGLISH: ("Not answered yet", "That was a lot at once. Please ask this next:"),
    "es": ("Aún sin respuesta", "Eran muchas preguntas a la vez. Pregunte ahora esto:"),
}
CLARIFY = {
    ENGLISH: ("Which of these is closest?", "Choose the question that is nearest to yours."),
    "es": ("¿Cuál de estas se parece más?", "Elija la pregunta que más se parezca a la suya."),
}


class Composer:
    """Words a release's decisions, region by region. Immutable."""

    def __init__(self, release: Release) -> None:
        self._release = release
        self._entries: Mapping[str, Entry] = {entry.id: entry for entry in release.entries}
        self._rules: Mapping[str, SafetyRule] = {rule.id: rule for rule in release.rules}
        self._renderers = {region: Renderer(release.clinic.placeholders(region), self._address_of) for region in Region}
        self._rendered = lru_cache(maxsize=None)(self._render_answer)

    def compose(
        self,
        decided: Sequence[tuple[Decision, str]],
        region: Region,
        raised: Level | None,
        language: str = ENGLISH,
    ) -> Reply:
        """The reply to decisions and the words each is about. `raised`: help that stays in view.

        Answers are in `language` where that wording is approved; each part says in which it is.
        """
        parts = tuple(self._part(decision, asked, region, language) for decision, asked in decided)
        lead = max(parts, key=lambda part: part.outcome)
        says_it = lead.outcome in _ALONE or (raised is Level.URGENT and lead.outcome is Outcome.URGENT)
        standing = () if says_it else self.standing(raised, region)
        return Reply(
            parts=parts,
            suggestions=self._suggestions(parts, lead),
            release=self._release.number,
            standing=standing,
            in_view=raised,
        )

    def standing(self, raised: Level | None, region: Region) -> tuple[HelpLine, ...]:
        """The help that stays in view after an alarm."""
        kinds = _STANDING.get(raised, ()) if raised is not None else ()
        return tuple(self._release.clinic.line(kind, region) for kind in kinds)

    def answer(
        self,
        entry_id: str,
        region: Region,
        confidence: float | None = None,
        asked: str = "",
        language: str = ENGLISH,
    ) -> ReplyPart:
        """An entry's approved answer; KeyError for an entry that is not in the release."""
        return replace(self._rendered(entry_id, region, language), confidence=confidence, asked=asked)

    def link(self, entry_id: str) -> EntryLink | None:
        """The approved question of an entry, or None."""
        entry = self._entries.get(entry_id)
        return _link(entry) if entry else None

    def related(self, entry_id: str) -> tuple[EntryLink, ...]:
        """The entries that people read next."""
        entry = self._entries.get(entry_id)
        links = (self.link(other) for other in entry.related) if entry else ()
        return tuple(link for link in links if link)[:MOST_SUGGESTIONS]

    def _part(self, decision: Decision, asked: str, region: Region, language: str) -> ReplyPart:
        if decision.rule_id is not None:
            return self._safety_part(decision, asked, region, language)
        if decision.outcome is Outcome.ANSWER:
            return self.answer(decision.entry_ids[0], region, decision.confidence, asked, language)
        headline, text = _unanswered(decision, asked, language)
        choices = tuple(link for link in map(self.link, decision.entry_ids) if link)
        return ReplyPart(
            outcome=decision.outcome,
            asked=asked,
            headline=headline,
            answer_html=Markup("<p>{}</p>").format(text),
            answer_text=text,
            choices=choices,
            is_left=decision.is_left,
            language=language
            if decision.is_left or all(language in link.translations for link in choices)
            else ENGLISH,
        )

    def _safety_part(self, decision: Decision, asked: str, region: Region, language: str) -> ReplyPart:
        rule = self._rules.get(decision.rule_id or "")
        if rule is None:
            raise NotReady(f"safety rule {decision.rule_id} has no reply")
        render = self._renderers[region]
        words, written = rule.reply_in(language, region)
        headline, _, body = words.strip().partition("\n\n")
        general = None
        if decision.entry_ids:
            general = self.answer(decision.entry_ids[0], region, decision.confidence, language=language)
        return ReplyPart(
            outcome=decision.outcome,
            asked=asked,
            headline=render.text(headline),
            answer_html=render.html(body),
            answer_text=render.text(body),
            entry=general.entry if general else None,
            confidence=decision.confidence if general else None,
            general=general,
            next_step=general.next_step if general else None,
            citations=general.citations if general else (),
            safety=SafetyNotice(rule.id, rule.level.word, decision.matched),
            contacts=tuple(self._release.clinic.line(kind, region) for kind in rule.contacts),
            language=written,
        )

    def _suggestions(self, parts: Sequence[ReplyPart], lead: ReplyPart) -> tuple[EntryLink, ...]:
        if lead.outcome in _ALONE:
            return ()
        if lead.choices:
            return lead.choices
        left = {link.id: link for part in parts if part.is_left for link in part.choices}
        shown = {part.entry.id for part in parts if part.entry}
        links = [link for entry_id in sorted(shown) for link in self.related(entry_id)]
        fresh = left | {link.id: link for link in links if link.id not in shown}
        return tuple(fresh.values())[:MOST_SUGGESTIONS]

    def _render_answer(self, entry_id: str, region: Region, language: str) -> ReplyPart:
        entry = self._entries[entry_id]
        render = self._renderers[region]
        translation = entry.translation_for(language, region)
        wording = translation or entry.answer.for_region(region)
        step = entry.next_step_for(region)
        step_text = translation.next_step if translation else step.text
        return ReplyPart(
            outcome=Outcome.ANSWER,
            asked="",
            headline=translation.question if translation else entry.question,
            answer_html=render.html(wording.short),
            answer_text=render.text(wording.short),
            detail_html=render.html(wording.detail),
            detail_text=render.text(wording.detail),
            entry=_link(entry),
            next_step=NextStep(step.kind, render.fill(step_text), render.fill(step.phone) if step.phone else None),
            citations=entry.citations,
            language=language if translation else ENGLISH,
        )

    def _address_of(self, entry_id: str) -> str | None:
        return f"/answers/{entry_id}" if entry_id in self._entries else None


def _unanswered(decision: Decision, asked: str, language: str) -> tuple[str, str]:
    """Headline and text where no entry speaks; what is left for another message is named in the patient's words."""
    if decision.is_left:
        headline, text = LEFT[language]
        return headline, f"{text} {asked}"
    courtesy = courtesy_for(asked, language) if decision.outcome is Outcome.NO_MATCH else None
    return courtesy or (CLARIFY if decision.outcome is Outcome.CLARIFY else NO_MATCH)[language]


def _link(entry: Entry) -> EntryLink:
    served = {name: found.question for name in TRANSLATED_INTO if (found := entry.served_translation(name))}
    return EntryLink(entry.id, entry.question, entry.topic, served)
