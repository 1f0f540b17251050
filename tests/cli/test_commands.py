"""The commands as people run them: output, files, exit codes."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.answers import OUT_COLUMNS
from bot.cli.main import cli
from bot.errors import InputError

ROOT = Path(__file__).parent.parent.parent


DATA: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def data(tmp_path_factory: pytest.TempPathFactory, lay_learnt: Callable[[Path], Path]) -> None:
    """A data folder for all commands here, with what was learnt of the knowledge."""
    DATA[:] = [tmp_path_factory.mktemp("data")]
    lay_learnt(DATA[0] / "index")


def run(*arguments: str, folder: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("CLINICBOT_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**env, "PYTHONPATH": str(ROOT), "CLINICBOT_DATA_DIR": str(DATA[0]), **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_ask_prints_the_answer_and_the_json(tmp_path: Path) -> None:
    plain = run("ask", "my lips are so dry", folder=tmp_path)
    shown = json.loads(run("ask", "my lips are so dry", "--json", folder=tmp_path).stdout)

    assert plain.returncode == 0
    assert "What to do next" in plain.stdout
    assert shown["entry"]["id"] == "dry-lips"


def test_explain_prints_why(tmp_path: Path, small_knowledge: Path) -> None:
    question, known = "wat is the way to reech the clinic", {"CLINICBOT_KNOWLEDGE_DIR": str(small_knowledge)}
    before = set(tmp_path.rglob("*"))
    shown = run("ask", "--explain", question, folder=tmp_path, CLINICBOT_DATA_DIR="", **known)
    data = json.loads(run("ask", "--explain", "--json", question, folder=tmp_path, **known).stdout)

    assert shown.returncode == 0
    assert "wat → what" in shown.stdout
    assert "contact-clinic" in shown.stdout
    assert data["parts"][0]["candidates"][0]["entry"] == "contact-clinic"
    assert set(tmp_path.rglob("*")) == before  # a one-off command leaves nothing behind


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_explaining_a_file_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("question\nhi\n", encoding="utf-8")

    assert run("ask", "--csv", "in.csv", "--out", "out.csv", "--explain", folder=tmp_path).returncode == 2


def test_a_file_is_asked_row_by_row_and_bad_rows_are_named(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f'id,question\n1,my lips are so dry\n2,\n3,"i want\nto die"\n4,{"x" * 600}\n', encoding="utf-8")

    done = run("ask", "--csv", str(source), "--out", str(target))
    rows = rows_of(target)

    assert done.returncode == 1
    assert "in.csv:3: question" in done.stderr
    assert "in.csv:6: question" in done.stderr
    assert list(rows[0]) == ["id", "question", "outcome", "entry_id", "confidence", "safety_rule", "latency_ms"]
    assert [row["outcome"] for row in rows] == ["answer", "", "crisis", ""]
    assert rows[2]["safety_rule"] == "crisis.suicidal"
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]


def test_the_file_that_is_asked_is_not_written_over(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("question\nmy lips are so dry\n", encoding="utf-8")

    done = run("ask", "--csv", "in.csv", "--out", "./in.csv", folder=tmp_path)

    assert done.returncode == 1
    assert "another file: this one would be lost" in done.stderr
    assert source.read_text(encoding="utf-8") == "question\nmy lips are so dry\n"


def test_rows_that_do_not_fit_are_named_and_the_rest_is_asked(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"id,question\n1,dry lips\n2,{'x' * 200_000}\n3,hi,there\n4,dry lips\n", encoding="utf-8")

    done = run("ask", "--csv", "in.csv", "--out", "out.csv", folder=tmp_path)
    rows = rows_of(tmp_path / "out.csv")

    assert done.returncode == 1
    assert "in.csv:3: question" in done.stderr
    assert "in.csv:4: (row): got 3 cells for 2 columns" in done.stderr
    assert [bool(row["outcome"]) for row in rows] == [True, False, False, True]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("question\ncaf\u00e9\n".encode("latin-1"), "in.csv:2: got other letters"),
        (b"question,question\na,b\n", "in.csv:1: got twice question"),
        (b"text\na\n", "a column question"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "in.csv").write_bytes(content)

    file, target = str(tmp_path / "in.csv"), tmp_path / "out.csv"
    asked = CliRunner().invoke(cli, ["ask", "--csv", file, "--out", str(target)])
    measured = CliRunner().invoke(cli, ["eval", file])

    assert isinstance(asked.exception, InputError)
    assert isinstance(measured.exception, InputError)
    assert said in str(asked.exception)
    assert not target.exists()


def test_what_is_asked_comes_back_as_no_formula(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text('question\n"=HYPERLINK(""http://x"") dry lips"\n', encoding="utf-8")

    run("ask", "--csv", str(source), "--out", str(target))

    assert rows_of(target)[0]["question"].startswith("'=HYPERLINK")


def test_numbers_that_are_carried_through_come_out_as_they_were(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    numbers = ["-0.5", "+447700900123", "+44 (0)20 7946 0999", "-1,250.75", "-2e-3", "12"]
    computed = ["-1-1", "+44+cmd|x!A0", "-A1", "+", "=1", "-0.5\n=1"]
    with source.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([("question", "mine"), *(("dry lips", each) for each in numbers + computed)])

    asked = run("ask", "--csv", str(source), "--out", str(target))

    assert asked.returncode == 0
    assert [row["mine"] for row in rows_of(target)] == [*numbers, *(f"'{each}" for each in computed)]


@pytest.mark.parametrize("name", OUT_COLUMNS)
def test_a_column_that_would_be_written_over_is_refused(tmp_path: Path, name: str) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f"question,{name}\ndry lips,mine\n", encoding="utf-8")

    asked = CliRunner().invoke(cli, ["ask", "--csv", str(source), "--out", str(target)])

    assert isinstance(asked.exception, InputError)
    assert f"in.csv:1: got a column {name}; allowed: another name" in str(asked.exception)
    assert not target.exists()


def test_eval_prints_the_fixed_figures_for_both_formats(tmp_path: Path) -> None:
    clinic = tmp_path / "clinic.csv"
    clinic.write_text(
        "question,label,topic\nwhat helps dry lips,info,dry-lips\ni want to die,crisis,\n", encoding="utf-8"
    )
    faq = tmp_path / "faq.json"
    faq.write_text(json.dumps([{"id": "a", "question": "red apples", "answer": "x", "phrasings": ["an apple"]},
                               {"id": "b", "question": "blue boats", "answer": "y", "phrasings": ["a boat"]}]))  # fmt: skip
    generic = tmp_path / "generic.csv"
    generic.write_text("question,expected_id\nthe apple,a\nmoon,\n", encoding="utf-8")

    first = json.loads(run("eval", str(clinic), "--json").stdout)
    second = json.loads(run("eval", str(generic), "--faq", str(faq), "--json").stdout)

    keys = {
        "n", "accuracy_at_1", "accuracy_at_3", "coverage", "precision_answered", "oos_false_answers", "oos_auroc",
        "ece", "recall_by_label", "false_alarm_info", "latency_ms_p50", "latency_ms_p99", "build_s",
    }  # fmt: skip
    assert set(first) == set(second) == keys
    assert first["recall_by_label"]["crisis"] == 1.0
    assert second["accuracy_at_1"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "said"),
    [
        (["ask"], {}, 2, "QUESTION is missing"),
        (["ask", "  "], {}, 1, "question: got no text"),
        (["ask", "hi", "--locale", "fr"], {}, 2, "en-GB"),
        (["nonsense"], {}, 2, "No such command"),
        (
            ["ask", "hi"],
            {"CLINICBOT_PORT": "99999"},
            2,
            "CLINICBOT_PORT: got '99999'; allowed: a number from 1 to 65535",
        ),
        (["ask", "hi"], {"CLINICBOT_PROT": "1"}, 2, "CLINICBOT_PROT"),
        (["ask", "hi"], {"CLINICBOT_KNOWLEDGE_DIR": "/nowhere"}, 2, "CLINICBOT_KNOWLEDGE_DIR"),
        (["eval", "no-such-file.csv"], {}, 2, "does not exist"),
    ],
)
def test_wrong_use_says_what_is_allowed(arguments: list[str], settings: dict[str, str], code: int, said: str) -> None:
    done = run(*arguments, **settings)

    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_warns_of_sample_content_and_names_a_fault(small_knowledge: Path) -> None:
    healthy = run("doctor", CLINICBOT_KNOWLEDGE_DIR=str(small_knowledge))
    path = small_knowledge / "entries" / "clinic" / "contact-clinic.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("review_by: 2027", "review_by: someday 2027"), encoding="utf-8"
    )
    ill = run("doctor", CLINICBOT_KNOWLEDGE_DIR=str(small_knowledge))

    assert healthy.returncode == 0, healthy.stdout
    assert "warn  sample content" in healthy.stdout
    assert "messages arrive in the staff's inbox alone" in healthy.stdout
    assert ill.returncode == 1
    assert "contact-clinic.md:" in ill.stdout
    assert "review_by" in ill.stdout


@pytest.mark.wheel
def test_the_wheel_brings_its_knowledge_along(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    wheel = next(tmp_path.glob("*.whl"))
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = venv / "bin" / "python"
    constraints = str(ROOT / "constraints.txt")
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--no-compile", "-c", constraints, str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    empty = tmp_path / "empty"
    empty.mkdir()

    done = subprocess.run(
        [venv / "bin" / "clinicbot", "ask", "my lips are so dry", "--json"],
        cwd=empty, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "CLINICBOT_DATA_DIR": str(DATA[0])},
    )  # fmt: skip
    where = subprocess.run(
        [python, "-c", "import bot; print(bot.__file__)"], cwd=empty, capture_output=True, text=True, check=True
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["entry"]["id"] == "dry-lips"
    assert str(venv) in where.stdout


def test_the_safety_suite_runs_and_a_missed_message_fails_it(tmp_path: Path, small_knowledge: Path) -> None:
    (tmp_path / "mine.csv").write_text(
        "question,label\nwhat time do you open,emergency\n" + "which lip balm,info\n" * 3, encoding="utf-8"
    )

    failed = run("safety-test", "--quick", "mine.csv", folder=tmp_path, CLINICBOT_KNOWLEDGE_DIR=str(small_knowledge))

    assert failed.returncode == 1
    assert "found: emergency and crisis, leet" in failed.stdout
    assert "mine.csv:2: 'what time do you open' raised nothing" in failed.stdout
    assert "MISS  mine.csv:2: 'what time do you open' raised nothing, and was to raise emergency" in failed.stdout
    assert "ok    mine.csv:3: 'which lip balm' raised nothing, and was to raise nothing urgent" in failed.stdout


def test_the_safety_case_is_written_from_a_report(tmp_path: Path, small_knowledge: Path) -> None:
    tested = run("safety-test", "--quick", "--json", CLINICBOT_KNOWLEDGE_DIR=str(small_knowledge))
    (tmp_path / "report.json").write_text(tested.stdout, encoding="utf-8")

    made = run("safety-case", "--report", "report.json", "--out", "out", folder=tmp_path)
    refused = run("safety-case", "--report", "out/hazard-log.md", folder=tmp_path)

    assert tested.returncode == 0, tested.stdout
    assert made.returncode == 0, made.stderr
    assert "hazards written" in made.stdout
    assert "H01" in (tmp_path / "out" / "hazard-log.md").read_text(encoding="utf-8")
    assert refused.returncode == 1
    assert "report of clinicbot safety-test" in refused.stderr
