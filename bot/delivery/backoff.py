"""When to try again: soon at first, then ever more rarely, and one day not any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.delivery.letter import DeliveryError

FIRST_S, FACTOR, LONGEST_S = 5.0, 3.0, 900.0
MOST_ATTEMPTS = 200  # about two days
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0


def next_try(error: DeliveryError, *, attempts: int, at: datetime, chance: float) -> datetime | None:
    """When a letter is due again after that many attempts; None when it is not to be tried any more.

    `chance` from 0 to 1 spreads the tries, so that letters that failed together do not all come back together.
    """
    if error.permanent or attempts >= MOST_ATTEMPTS:
        return None
    wait_s = _spread(min(LONGEST_S, FIRST_S * FACTOR ** min(attempts - 1, 10)), chance)
    return at + timedelta(seconds=max(wait_s, error.after_s))


def pause_s(troubles: int, *, chance: float) -> float:
    """How long to leave a target alone after so many letters in a row did not arrive.

    It is most likely the target that is ill and not the letters: so they are not all worn out on it.
    """
    return _spread(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(troubles - 1, 10)), chance)


def _spread(seconds: float, chance: float) -> float:
    return seconds * (0.75 + 0.5 * chance)
