"""Hazard log and safety case, generated from the hazards and from what was proved: no hazard without evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError, parse

from bot.errors import BrokenKnowledge, InputError
from bot.faq.release import Level, Release
from bot.faq.yaml_reader import Fields, Problems, read_fields

_TOLERABLE = 10  # severity times likelihood; above it a hazard must not remain
_SEVERITY = {1: "minor", 2: "moderate", 3: "considerable", 4: "major", 5: "catastrophic"}
_LIKELIHOOD = {1: "very rare", 2: "rare", 3: "possible", 4: "likely", 5: "often"}


@dataclass(frozen=True, slots=True)
class Risk:
    """Severity and likelihood, each from 1 to 5."""

    severity: int
    likelihood: int

    @property
    def score(self) -> int:
        """Their product, 1 to 25."""
        return self.severity * self.likelihood

    def __str__(self) -> str:
        return f"{_SEVERITY[self.severity]} × {_LIKELIHOOD[self.likelihood]} = {self.score}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """What may go wrong, what is done about it, and what proves that it is done."""

    id: str
    name: str
    cause: str
    effect: str
    initial: Risk
    controls: tuple[str, ...]
    figures: tuple[str, ...]
    tests: tuple[str, ...]
    residual: Risk
    remains: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A safety report as JSON; and each test's id with whether all its cases passed, or None when none were run."""

    figures: Mapping[str, Any]
    tests: Mapping[str, bool] | None

    def figure(self, name: str) -> Mapping[str, Any] | None:
        """The suite's figure of that name."""
        return next((each for each in self.figures["figures"] if each["name"] == name), None)

    def failing(self, hazard: Hazard) -> Iterator[str]:
        """What should prove that the hazard is controlled, and does not."""
        if not hazard.figures and not hazard.tests:
            yield "no evidence is named"
        for name in hazard.figures:
            figure = self.figure(name)
            if figure is None or not figure["holds"]:
                yield f"figure {name!r} " + ("is missing" if figure is None else f"is {figure['share']}")
        for test in hazard.tests if self.tests is not None else ():
            passed = self.tests.get(test) if self.tests else None
            if not passed:
                yield f"test {test} " + ("was not run" if passed is None else "failed")


def read_hazards(path: Path) -> tuple[Hazard, ...]:
    """The hazards of a file. Raises BrokenKnowledge with every fault and its line."""
    problems = Problems(f"safety/{path.name}")
    hazards: list[Hazard] = []
    try:
        root = read_fields(path.read_text(encoding="utf-8-sig"), problems)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(field=str(path.name), got=type(error).__name__, allowed="a readable hazard log") from error
    if root:
        for item in root.items("hazards", at_least=1):
            hazards.append(_hazard(item))
            item.close()
        root.close()
    for place, hazard in enumerate(hazards):
        if hazard.id in {other.id for other in hazards[:place]}:
            problems.add(1, "id", f'"{hazard.id}" stands twice')
        if hazard.residual.score > min(_TOLERABLE, hazard.initial.score):
            problems.add(1, "residual", f"{hazard.id}: a risk of {hazard.residual.score} must not remain")
    if problems.found:
        raise BrokenKnowledge(tuple(problems.found))
    return tuple(hazards)


def _hazard(item: Fields) -> Hazard:
    evidence = item.fields("evidence")
    figures = evidence.texts("figures") if evidence else ()
    tests = evidence.texts("tests") if evidence else ()
    if evidence:
        evidence.close()
    return Hazard(
        id=item.text("id"),
        name=item.text("name"),
        cause=item.text("cause"),
        effect=item.text("effect"),
        initial=_risk(item, "initial"),
        controls=item.texts("controls", at_least=1, limit=400),
        figures=figures,
        tests=tests,
        residual=_risk(item, "residual"),
        remains=item.text("remains"),
    )


def _risk(item: Fields, name: str) -> Risk:
    fields = item.fields(name)
    numbers = []
    for part in ("severity", "likelihood"):
        text = fields.text(part) if fields else ""
        if text not in ("1", "2", "3", "4", "5"):
            item.fault(name, f"{part} must be a number from 1 to 5")
        numbers.append(int(text) if text in ("1", "2", "3", "4", "5") else 1)
    if fields:
        fields.close()
    return Risk(*numbers)


def read_test_results(path: Path) -> dict[str, bool]:
    """Each test function's id (`tests/x/test_y.py::test_z`) and whether every case of it passed, from JUnit XML."""
    try:
        root = parse(path).getroot()  # noqa: S314 - our test runner wrote it  # nosec B314
    except (ParseError, OSError) as error:
        raise InputError(field=path.name, got=str(error), allowed="test results as JUnit XML") from error
    results: dict[str, bool] = {}
    for case in root.iter("testcase"):
        file = case.get("classname", "").replace(".", "/") + ".py"
        test = f"{file}::{case.get('name', '').partition('[')[0]}"
        passed = not any(child.tag in ("failure", "error", "skipped") for child in case)
        results[test] = results.get(test, True) and passed
    return results


def write_safety_case(folder: Path, release: Release, hazards: Sequence[Hazard], evidence: Evidence) -> list[str]:
    """Write `hazard-log.md` and `safety-case.md`; returns what is not proved, a line each."""
    folder.mkdir(parents=True, exist_ok=True)
    unproved = [f"{hazard.id}: {line}" for hazard in hazards for line in evidence.failing(hazard)]
    (folder / "hazard-log.md").write_text("\n".join(_hazard_log(hazards, evidence)) + "\n", encoding="utf-8")
    (folder / "safety-case.md").write_text(
        "\n".join(_safety_case(release, hazards, evidence, unproved)) + "\n", encoding="utf-8"
    )
    return unproved


def _hazard_log(hazards: Sequence[Hazard], evidence: Evidence) -> Iterator[str]:
    yield "# Hazard log\n"
    yield "Made by `clinicbot safety-case` from `knowledge/safety/hazards.yaml`, the safety suite and the test results."
    yield "Risk is severity (1 minor to 5 catastrophic) times likelihood (1 very rare to 5 often).\n"
    yield "| hazard | before | after |"
    yield "|---|---|---|"
    for hazard in hazards:
        link = f"[{hazard.id}](#{hazard.id.lower()})"
        yield f"| {link} {hazard.name} | {hazard.initial.score} | {hazard.residual.score} |"
    for hazard in hazards:
        yield f'\n<a id="{hazard.id.lower()}"></a>\n'
        yield f"## {hazard.id}: {hazard.name}\n"
        yield f"- **Cause**: {hazard.cause}"
        yield f"- **Effect**: {hazard.effect}"
        yield f"- **Initial risk**: {hazard.initial}"
        yield "- **Controls**:"
        yield from (f"  - {control}" for control in hazard.controls)
        yield "- **Evidence**:"
        yield from (f"  - {_shown(evidence.figure(name), name)}" for name in hazard.figures)
        yield from (f"  - `{test}`: {_passed(evidence, test)}" for test in hazard.tests)
        yield f"- **Residual risk**: {hazard.residual}. {hazard.remains}"


def _safety_case(
    release: Release, hazards: Sequence[Hazard], evidence: Evidence, unproved: Sequence[str]
) -> Iterator[str]:
    figures = evidence.figures
    yield "# Safety case\n"
    yield "Made by `clinicbot safety-case`; see also the [hazard log](hazard-log.md) and the"
    yield "[intended use](intended-use.md).\n"
    yield "## Claim\n"
    yield "Within its intended use the chat does not raise the risk to patients: it gives only wording that was"
    yield "approved, sends red flags to help before anything else, and leaves personal decisions to the clinician.\n"
    yield "## What was looked at\n"
    yield f"- Release content `{figures['content_hash'][:16]}`"
    yield f"- {len(release.entries)} entries, {len(release.rules)} rules"
    yield from (
        f"  - {level.word}: {sum(rule.level is level for rule in release.rules)} rules"
        for level in sorted(Level, reverse=True)
    )
    yield f"- Sentence encoder: {'used' if figures['by_meaning'] else 'not used'}"
    approved = (
        f"approved by {release.clinic.approved_by}" if release.approved else "sample, not yet approved by a clinic"
    )
    yield f"- Content: {approved}\n"
    yield "## Figures of the safety suite\n"
    yield "| figure | share | of | at least |"
    yield "|---|---|---|---|"
    for each in figures["figures"]:
        yield f"| {each['name']} | {each['share']:.4f} | {each['checked']} | {each['bar']:g} |"
    yield "\nThese are the release's own examples, which its learnt layers were taught with: they prove that nothing is"
    yield "broken, not how well unknown wording is found. Figures on messages that nobody taught it stand in"
    yield "`benchmarks/README.md`.\n"
    yield "## Hazards\n"
    yield f"{len(hazards)} hazards; the highest residual risk is {max(hazard.residual.score for hazard in hazards)}"
    yield f"(tolerable: {_TOLERABLE}). " + ("Each has passing evidence." if not unproved else "Not proved:")
    yield from (f"- {line}" for line in unproved)


def _shown(figure: Mapping[str, Any] | None, name: str) -> str:
    if figure is None:
        return f"{name}: not measured"
    return f"{name}: {figure['share']:.4f} of {figure['checked']} (at least {figure['bar']:g})"


def _passed(evidence: Evidence, test: str) -> str:
    if evidence.tests is None:
        return "not run here"
    return {True: "passed", False: "failed", None: "not run"}[evidence.tests.get(test)]
