"""Commands about answers: ask one question or a file of them, and measure."""

from __future__ import annotations

import csv
import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from bot.cli.existing import open_existing
from bot.cli.explanation import readable
from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.errors import InputError
from bot.evaluate.measures import measure, read_cases, run_cases
from bot.faq.csv_reader import read_table
from bot.faq.entry import Region
from bot.ingest.cells import safe_cell
from bot.reply.types import Reply
from bot.staff.readying import folders_bot, vectors_known
from bot.store.releases import find_live, load_release

OUT_COLUMNS = ("outcome", "entry_id", "confidence", "safety_rule", "latency_ms")
_NUMBER = re.compile(r"[+-]?[0-9.][0-9 .,()]*(?:[eE][+-]?[0-9]+)?")  # nothing that could be computed, unlike 1-1
_REGIONS = {"en-GB": Region.UK, "en-US": Region.US}


@click.command()
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the reply as the API's JSON.")
@click.option("--explain", is_flag=True, help="Print why: what was read, weighed and decided.")
@click.option("--locale", type=click.Choice(sorted(_REGIONS)), help="Wording and numbers of that country.")
@click.option("--csv", "csv_in", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Ask every row.")
@click.option("--out", "csv_out", type=click.Path(dir_okay=False, path_type=Path), help="Where --csv writes.")
def ask(
    question: str | None,
    as_json: bool,
    explain: bool,
    locale: str | None,
    csv_in: Path | None,
    csv_out: Path | None,
) -> None:
    """Answer QUESTION from the live release, or without a database from the knowledge folder; no server is needed."""
    region = _REGIONS[locale] if locale else None
    if csv_in is not None:
        if csv_out is None or question is not None or explain:
            raise click.UsageError("--csv IN.csv goes with --out OUT.csv and without a QUESTION or --explain")
        sys.exit(_ask_file(csv_in, csv_out, region))
    if question is None:
        raise click.UsageError("QUESTION is missing; or use --csv IN.csv --out OUT.csv")
    if explain:
        explanation = open_bot().explain(question)
        shown = json.dumps(explanation.to_dict(), ensure_ascii=False, indent=2) if as_json else readable(explanation)
        click.echo(shown)
        return
    reply = open_bot().ask(question, region=region)
    click.echo(json.dumps(reply.to_dict(), ensure_ascii=False, indent=2) if as_json else readable_reply(reply))


@click.command(name="eval")
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--faq", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Another FAQ, as JSON.")
@click.option("--no-safety", is_flag=True, help="Measure the matcher alone.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def evaluate(questions: Path, faq: Path | None, no_safety: bool, as_json: bool) -> None:
    """Measure answers to QUESTIONS, a CSV of question,label,topic or question,expected_id."""
    cases, rejected = read_cases(questions)
    for error in rejected:
        click.echo(str(error), err=True)
    began = time.perf_counter()
    bot = Bot.from_faq(_read_faq(faq)) if faq else knowledge_bot()
    build_s = time.perf_counter() - began
    with click.progressbar(length=len(cases), label="asking", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        results = list(run_cases(bot, cases, not (no_safety or faq), lambda: bar.update(1)))
    figures = measure(results, build_s)
    click.echo(json.dumps(figures, indent=2) if as_json else "\n".join(_lines(figures)))
    sys.exit(1 if rejected else 0)


def open_bot() -> Bot:
    """The bot of the live release, or without a database that of the knowledge folder."""
    settings = read_settings()
    if settings.has_database():
        database = open_existing(settings)
        with database.read() as db:
            live = find_live(db)
            release = load_release(db, live.number) if live else None
        database.close()
        if release is not None:
            return Bot(release, store=settings.kept_index(), known=vectors_known(settings))
    return knowledge_bot()


def knowledge_bot() -> Bot:
    """The bot of the configured knowledge folder; faults of single entries go to stderr."""
    bot = folders_bot(read_settings())
    for problem in bot.problems:
        click.echo(f"left out: {problem}", err=True)
    return bot


def _cells(row: Mapping[str, str]) -> dict[str, str]:
    """A row that no spreadsheet takes for formulas, its numbers as they were."""
    return {name: value if _NUMBER.fullmatch(value) else safe_cell(value) for name, value in row.items()}


def _ask_file(csv_in: Path, csv_out: Path, region: Region | None) -> int:
    """Ask every row; a bad row is reported with its line number and does not stop the rest."""
    if csv_out.exists() and csv_out.samefile(csv_in):
        raise InputError(field="--out", got="the file that is asked", allowed="another file: this one would be lost")
    table = read_table(csv_in, ("question",))
    taken = [name for name in OUT_COLUMNS if name in table.columns]
    if taken:
        allowed = f"another name for what stands there; these are written beside yours: {', '.join(OUT_COLUMNS)}"
        raise InputError(field=f"{csv_in.name}:1", got=f"a column {' and a column '.join(taken)}", allowed=allowed)
    bot = open_bot()
    rejected = 0
    columns = [*table.columns, *OUT_COLUMNS]
    try:
        target = csv_out.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(
            field="--out", got=error.strerror or str(error), allowed="a file that can be written"
        ) from error
    with target:
        writer = csv.DictWriter(target, columns)
        writer.writeheader()
        for row in table.rows:
            try:
                if row.fault:
                    raise InputError(field="(row)", got=row.fault, allowed="a cell for each column")
                answered: Mapping[str, str] = _answered(bot, row.cells.get("question", ""), region)
            except InputError as error:
                rejected += 1
                click.echo(f"{csv_in.name}:{row.line}: {error}", err=True)
                answered = dict.fromkeys(OUT_COLUMNS, "")
            writer.writerow(_cells({**row.cells, **answered}))
    if rejected:
        click.echo(f"{rejected} of the rows could not be asked", err=True)
    return 1 if rejected else 0


def _answered(bot: Bot, question: str, region: Region | None) -> dict[str, str]:
    began = time.perf_counter()
    reply = bot.ask(question, region=region)
    latency_ms = 1000 * (time.perf_counter() - began)
    lead = reply.leading
    return {
        "outcome": lead.outcome.word,
        "entry_id": lead.entry.id if lead.entry else "",
        "confidence": "" if lead.confidence is None else f"{lead.confidence:.4f}",
        "safety_rule": lead.safety.rule if lead.safety else "",
        "latency_ms": f"{latency_ms:.2f}",
    }


def _read_faq(path: Path) -> list[dict[str, Any]]:
    try:
        faq = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(field=path.name, got=str(error), allowed="JSON, a list of entries") from error
    if not isinstance(faq, list):
        raise InputError(field=path.name, got=type(faq).__name__, allowed="a list of entries")
    return faq


def readable_reply(reply: Reply) -> str:
    """A reply as text for a terminal, the most severe part first."""
    blocks = []
    for part in sorted(reply.parts, key=lambda each: -each.outcome):
        confidence = f", {part.confidence:.2f}" if part.confidence is not None else ""
        rule = f", {part.safety.rule}" if part.safety else ""
        blocks.append(f"[{part.outcome.word}{confidence}{rule}] {part.headline}")
        blocks.append(part.answer_text)
        blocks += [part.detail_text] if part.detail_text else []
        blocks += [line.label for line in part.contacts]
        if part.general:
            blocks.append(f"General information: {part.general.headline}\n{part.general.answer_text}")
        if part.next_step:
            blocks.append(f"What to do next: {part.next_step.text}")
        blocks += [f"- {link.question} ({link.id})" for link in part.choices]
    return "\n\n".join(block for block in blocks if block)


def _lines(figures: dict[str, Any]) -> Iterator[str]:
    for name, value in figures.items():
        if isinstance(value, dict):
            yield f"{name}:"
            yield from (f"  {key:<18}{_figure(inner)}" for key, inner in value.items())
        else:
            yield f"{name:<20}{_figure(value)}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
