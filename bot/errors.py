"""What callers can act on: mend the input, mend the knowledge, mend a setting, or try again later."""

from __future__ import annotations


class ClinicbotError(Exception):
    """Anything this package raises on purpose."""


class InputError(ClinicbotError):
    """Somebody outside sent something that cannot be used; they can mend it."""

    def __init__(self, *, field: str, got: str, allowed: str) -> None:
        super().__init__(f"{field}: got {got}; allowed: {allowed}")
        self.field = field
        self.got = got
        self.allowed = allowed


class KnowledgeError(ClinicbotError):
    """One fault in the knowledge folder, with the place where it stands. `line` counts from 1."""

    def __init__(self, *, file: str, line: int, field: str, problem: str) -> None:
        super().__init__(f"{file}:{line}: {field}: {problem}")
        self.file = file
        self.line = line
        self.field = field
        self.problem = problem


class BrokenKnowledge(ClinicbotError):
    """The knowledge cannot be served at all: every fault that was found, in reading order."""

    def __init__(self, problems: tuple[KnowledgeError, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class PatternError(ClinicbotError):
    """A safety pattern that cannot be read. `column` counts from 1."""

    def __init__(self, *, pattern: str, column: int, problem: str) -> None:
        super().__init__(f"column {column}: {problem} in pattern {pattern!r}")
        self.pattern = pattern
        self.column = column
        self.problem = problem


class SettingError(ClinicbotError):
    """A setting with a wrong value; the start stops here."""

    def __init__(self, *, name: str, got: str, allowed: str) -> None:
        super().__init__(f"{name}: got {got!r}; allowed: {allowed}")
        self.name = name


class NotReady(ClinicbotError):
    """The bot must not answer now; `reason` says why and is safe to show to staff."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BrokenRule(NotReady):
    """A safety rule with a pattern that cannot be read: the bot must not answer."""

    def __init__(self, rule_id: str, error: PatternError) -> None:
        super().__init__(f"safety rule {rule_id}: {error}")
        self.rule_id = rule_id
        self.error = error


class Conflict(ClinicbotError):
    """Somebody else was quicker, or the thing is not in the state that this needs; nothing was changed."""

    def __init__(self, *, subject: str, problem: str) -> None:
        super().__init__(f"{subject}: {problem}")
        self.subject = subject
        self.problem = problem


class Forbidden(ClinicbotError):
    """The person may not do this; `needs` says who may."""

    def __init__(self, *, action: str, needs: str) -> None:
        super().__init__(f"{action}: only {needs} may do this")
        self.action = action
        self.needs = needs


class InputErrors(InputError):
    """Several fields that cannot be used as they are; `faults` are all of them, and it reads as the first."""

    def __init__(self, faults: tuple[InputError, ...]) -> None:
        first = faults[0]
        super().__init__(field=first.field, got=first.got, allowed=first.allowed)
        self.faults = faults
