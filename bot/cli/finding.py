"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `mark` is ok, note, warn or FAIL; `mend` says what to do about it."""

    mark: str
    text: str
    mend: str = ""
    more: tuple[str, ...] = ()
