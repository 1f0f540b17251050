"""How long patients who wrote to the clinic waited for an answer, in the time in which the clinic is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.faq.clinic import ClinicProfile
from bot.faq.working_hours import OpenTime
from bot.staff.inbox_answering import HELD_BACK
from bot.store.inbox import WAITING, Course

_HOURS = (0, 1, 2, 4, 8, 16)  # where each span of the picture begins


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTimes:
    """`took` is sorted; `waiting` is how many wait, `closed` how many were put away without an answer."""

    took: tuple[timedelta, ...]
    waiting: int
    closed: int

    @property
    def median(self) -> timedelta | None:
        """Half were answered sooner."""
        if not self.took:
            return None
        middle = len(self.took) // 2
        return (self.took[middle] + self.took[-1 - middle]) / 2

    @property
    def nine_in_ten(self) -> timedelta | None:
        """Nine of ten were answered by then: the smallest time that holds for as many."""
        return self.took[-(-9 * len(self.took) // 10) - 1] if self.took else None

    @property
    def spans(self) -> tuple[tuple[int, int | None, int], ...]:
        """How many took from so many hours up to so many; the last span has no end."""
        hours = [took / timedelta(hours=1) for took in self.took]
        return tuple(
            (begin, end, sum(begin <= took and (end is None or took < end) for took in hours))
            for begin, end in zip(_HOURS, (*_HOURS[1:], None), strict=True)
        )


def answer_times(courses: Sequence[Course], clinic: ClinicProfile | None) -> AnswerTimes:
    """The times of those messages; by the clock on the wall where the clinic has no hours."""
    answers = [(each, first_answer(each)) for each in courses]
    answered = [(each.received_at, at) for each, at in answers if at is not None]
    return AnswerTimes(
        took=tuple(sorted(_times(answered, clinic))),
        waiting=sum(at is None and each.state in WAITING for each, at in answers),
        closed=sum(at is None and each.state not in WAITING for each, at in answers),
    )


def first_answer(course: Course) -> datetime | None:
    """When the patient was first answered; a reply that was taken back before it left is none."""
    answer = None
    for at, kind in course.moves:
        if kind == "reopened" and answer is not None and at - answer <= HELD_BACK:
            answer = None
        elif kind == "answered" and answer is None:
            answer = at
    return answer


def _times(answered: Sequence[tuple[datetime, datetime]], clinic: ClinicProfile | None) -> list[timedelta]:
    if clinic is None or not clinic.hours or not answered:
        return [end - start for start, end in answered]
    hours = OpenTime(clinic, min(start for start, _ in answered), max(end for _, end in answered))
    return [hours.between(start, end) for start, end in answered]
