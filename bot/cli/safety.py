"""Commands about safety: run the suite, write the safety case."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile

import click

from bot.cli.answers import open_bot
from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.errors import InputError
from bot.evaluate.gates import MOST_OF_A_RULE
from bot.evaluate.measures import read_cases
from bot.evaluate.safety_case import Evidence, read_hazards, read_test_results, write_safety_case
from bot.evaluate.safety_suite import CLEAN, Probe, SafetyReport, gravest, probes_of, run_suite
from bot.faq.release import Level
from bot.language.keeping import replacing

MOST_SHOWN = 5
_LEVELS = {level.word: level for level in Level}


@click.command(name="safety-test")
@click.argument("cases", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--quick", is_flag=True, help="Ask a part of each rule's messages only; nothing is kept.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def safety_test(cases: tuple[Path, ...], quick: bool, as_json: bool) -> None:
    """Run the safety suite of the release, and CASES of your own (CSV of question,label); keep the report.

    Exit code 1 when a bar is not reached: such a release must not go live.
    """
    bot = open_bot()
    own = [probe for path in cases for probe in _probes_in(path)]
    probes = [*probes_of(bot, MOST_OF_A_RULE if quick else None), *own]
    hidden = as_json or not sys.stderr.isatty()
    with click.progressbar(length=len(probes), label="asking", file=sys.stderr, hidden=hidden) as bar:
        report = run_suite(bot, probes, lambda: bar.update(1))
    if not quick:
        _keep(report)
    click.echo(
        json.dumps(report.to_dict(), indent=2, ensure_ascii=False)
        if as_json
        else "\n".join([*_lines(report), *_own_lines(bot, own)])
    )
    sys.exit(0 if report.holds else 1)


@click.command(name="safety-case")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("docs/safety"), show_default=True)
@click.option("--tests", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Test results (JUnit XML).")
@click.option("--report", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A report of safety-test.")
def safety_case(out: Path, tests: Path | None, report: Path | None) -> None:
    """Write hazard log and safety case from the hazards, the safety suite and the tests' results.

    Exit code 1 when a hazard has no passing evidence.
    """
    _require_place(out)
    bot = open_bot()
    figures = _read_report(report) if report else run_suite(bot).to_dict()
    evidence = Evidence(figures=figures, tests=read_test_results(tests) if tests else None)
    hazards = read_hazards(read_settings().knowledge_dir / "safety" / "hazards.yaml")
    unproved = write_safety_case(out, bot.release, hazards, evidence)
    for line in unproved:
        click.echo(f"no passing evidence: {line}", err=True)
    click.echo(f"{len(hazards)} hazards written to {out}")
    sys.exit(1 if unproved else 0)


def _require_place(folder: Path) -> None:
    """Told before minutes are spent on the suite. Raises InputError for a folder that cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
        fixed = [name for name in ("hazard-log.md", "safety-case.md") if not _can_be_written(folder / name)]
    except OSError as error:
        got = error.strerror or str(error)
        raise InputError(field="--out", got=got, allowed="a folder that can be written") from error
    if fixed:
        raise InputError(field="--out", got=f"a folder whose {fixed[0]} cannot be written", allowed="another folder")


def _can_be_written(file: Path) -> bool:
    return not file.exists() or (file.is_file() and os.access(file, os.W_OK))


def _probes_in(path: Path) -> Sequence[Probe]:
    cases, rejected = read_cases(path)
    if rejected:
        raise rejected[0]
    return [Probe(case.question, _LEVELS.get(case.label), CLEAN, f"{path.name}:{case.line}") for case in cases]


def _read_report(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(field=path.name, got=str(error), allowed="a report of clinicbot safety-test --json") from error
    if not isinstance(found, dict) or "figures" not in found:
        raise InputError(field=path.name, got="something else", allowed="a report of clinicbot safety-test --json")
    return found


def _keep(report: SafetyReport) -> None:
    """Beside the release's index, by its content: what was proved of it can be read later."""
    folder = read_settings().data_dir / "safety"
    try:
        with replacing(folder / f"{report.content_hash[:16]}.json") as fresh:
            fresh.write(json.dumps(report.to_dict(), indent=2, ensure_ascii=False).encode())
    except OSError as error:
        click.echo(f"the report could not be kept: {error.strerror}", err=True)


def _own_lines(bot: Bot, own: Sequence[Probe]) -> list[str]:
    """Each message of one's own, with what it raised."""
    lines = [f"{len(own)} of your own, which are counted above as well:"] if own else []
    for probe in own:
        found = gravest(bot, probe.text)
        raised, meant = found.word if found else "nothing", probe.level.word if probe.level else "nothing urgent"
        if probe.level is None:
            as_meant = found is None or found < Level.URGENT
        else:
            as_meant = found is not None and found >= probe.level
        mark = "ok  " if as_meant else "MISS"
        lines.append(f"{mark}  {probe.source}: {probe.text!r} raised {raised}, and was to raise {meant}")
    return lines


def _lines(report: SafetyReport) -> list[str]:
    lines = [f"release {report.release}, content {report.content_hash[:16]}"]
    if not report.by_meaning:
        lines.append(
            "warn  by words alone: the sentence encoder is not there, and unusual wording is missed more often"
        )
    for figure in report.figures:
        mark = "ok  " if figure.holds else "FAIL"
        lines.append(f"{mark}  {figure.name}: {figure.share:.4f} of {figure.checked} (at least {figure.bar:g})")
        lines += [f"        {failure}" for failure in figure.failures[:MOST_SHOWN]]
        if len(figure.failures) > MOST_SHOWN:
            lines.append(f"        and {len(figure.failures) - MOST_SHOWN} more")
    return lines
