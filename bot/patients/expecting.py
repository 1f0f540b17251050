"""What somebody who wrote to the clinic may expect: when it is open, and by when it answers if it promises that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.faq.clinic import ClinicProfile
from bot.faq.working_hours import end_of_working_day

FACT = "answer_days"  # the clinic's fact that says within how many working days it answers; without it none is promised
USUAL_DAYS = 1  # where nothing is promised, staff see a message as overdue at the end of the next working day
MOST_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """`open_now` is today's opening in a phrase; `answer_by` what the clinic promises, None when it promises nothing.

    `due_at` is when staff see the message as overdue; None where the clinic has no hours.
    """

    open_now: str
    answer_by: datetime | None
    due_at: datetime | None
    zone: str

    @property
    def day(self) -> date | None:
        """The promised day where the clinic is; None when nothing is promised."""
        return self.answer_by.astimezone(ZoneInfo(self.zone)).date() if self.answer_by else None

    @property
    def text(self) -> str:
        """The same in English sentences."""
        read = f"Staff read messages while the clinic is open. {self.open_now}."
        if self.day is None:
            return f"{read} We cannot say when you will get an answer."
        return f"You should get an answer by the end of {self.day:%A} {self.day.day} {self.day:%B}. {read}"


def expectation_of(clinic: ClinicProfile, received_at: datetime, now: datetime) -> Expectation:
    """What may be expected, as it is told `now`, of a message that came in then."""
    promised = promised_days(clinic)
    due_at = end_of_working_day(clinic, received_at, promised or USUAL_DAYS)
    return Expectation(
        open_now=clinic.open_now(now),
        answer_by=due_at if promised else None,
        due_at=due_at,
        zone=clinic.time_zone,
    )


def promised_days(clinic: ClinicProfile) -> int | None:
    """Within how many working days the clinic says that it answers; None when it does not say."""
    text = clinic.facts.get(FACT, "").strip()
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_DAYS else None
