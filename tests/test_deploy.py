"""What operators copy (container, unit, proxy, dashboard) names commands, settings, paths and figures that there are."""

from __future__ import annotations

import configparser
import json
import os
import re
import tomllib
from inspect import signature
from pathlib import Path

import pytest
import yaml
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families as families

from bot.cli.main import COMMANDS
from bot.config import _KNOWN as SETTINGS
from bot.config import read_settings
from bot.delivery.worker import Worker
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web import staff_documents
from bot.web.app import create_app
from bot.web.limits import MOST_HELD
from bot.web.metrics import Metrics, State
from bot.web.security import MOST_UPLOAD_BYTES
from bot.web.server import IDLE_S, LAST_WAIT_S, LONGEST_END_S, NOTICE_S, SPARE_THREADS

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
ENDS_WITHIN_S = NOTICE_S + LONGEST_END_S + LAST_WAIT_S + 30 + signature(Worker.stop).parameters["within_s"].default


@pytest.fixture(scope="module")
def app(small_bot: Bot) -> Flask:
    return create_app(read_settings({"CLINICBOT_METRICS": "yes"}), Live(small_bot))


def unit(name: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string((DEPLOY / name).read_text(encoding="utf-8"))
    return parsed


def instructions(name: str) -> list[str]:
    joined = re.sub(r"\\\n", " ", DOCKERFILE)
    return [line.removeprefix(name).strip() for line in joined.splitlines() if line.strip().startswith(name + " ")]


def test_the_container_runs_a_real_command_as_somebody_without_rights(app: Flask) -> None:
    program, command = json.loads(instructions("CMD")[-1])

    assert program in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert command in COMMANDS
    assert int(instructions("USER")[-1]) >= 1000
    health = json.loads(re.search(r"HEALTHCHECK.*?CMD (\[.*?\])\n", DOCKERFILE, re.DOTALL)[1])
    asked = re.search(r"http://127\.0\.0\.1:\{os\.environ\[\"CLINICBOT_PORT\"\]\}(/\w+)", health[-1])
    assert asked is not None
    assert asked[1] in [str(rule) for rule in app.url_map.iter_rules()]
    assert "CLINICBOT_PORT=8000" in DOCKERFILE


def test_the_container_is_built_from_what_is_there_and_let_in() -> None:
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [name for line in instructions("COPY") if not line.startswith("--from") for name in line.split()[:-1]]

    assert {"bot", "knowledge", "templates", "pyproject.toml", "constraints.txt"} <= set(copied)
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in let_in


def test_nothing_an_operator_copies_names_a_setting_that_there_is_not() -> None:
    places = (
        ROOT / "Dockerfile",
        ROOT / "compose.yaml",
        *DEPLOY.iterdir(),
        *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md",
    )
    for place in places:
        named = set(re.findall(r"CLINICBOT_([A-Z_]+[A-Z])", place.read_text(encoding="utf-8")))
        assert named <= set(SETTINGS), (place.name, named - set(SETTINGS))


def test_replicas_are_two_read_only_and_have_time_to_end() -> None:
    web = COMPOSE["services"]["web"]

    assert web["deploy"]["replicas"] == 2
    assert web["read_only"] is True
    assert web["cap_drop"] == ["ALL"]
    assert int(web["stop_grace_period"].removesuffix("s")) > ENDS_WITHIN_S
    assert web["environment"]["CLINICBOT_TRUSTED_PROXIES"] == "1"
    assert all("PASSWORD" not in name and "SECRET" not in name for name in web["environment"])
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists()


def test_the_container_can_back_up_the_database_beside_it() -> None:
    client = re.search(r"postgresql-client-(\d+)", DOCKERFILE)
    server = re.fullmatch(r"postgres:(\d+)-bookworm", COMPOSE["services"]["database"]["image"])

    assert client is not None
    assert server is not None
    assert int(client[1]) >= int(server[1])
    assert "FROM python:3.12-slim-bookworm\n" in DOCKERFILE  # whose client is of that version
    assert "backups:/backups" in COMPOSE["services"]["web"]["volumes"]
    assert re.search(r"--owner=clinicbot .* /backups\b", DOCKERFILE)  # a new volume belongs to who owned the folder


def test_the_database_is_not_given_the_key_that_seals_what_is_in_it() -> None:
    services = COMPOSE["services"]

    assert services["database"]["env_file"] != services["web"]["env_file"]


def test_the_unit_starts_a_real_command_and_waits_for_its_end() -> None:
    service = unit("clinicbot.service")["Service"]
    program, command = service["ExecStart"].split()

    assert Path(program).name == "clinicbot"
    assert command in COMMANDS
    assert int(service["TimeoutStopSec"]) > ENDS_WITHIN_S
    assert int(service["TasksMax"]) > 64 + MOST_HELD + SPARE_THREADS
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert unit("clinicbot.socket")["Socket"]["ListenStream"] == "127.0.0.1:8000"


def test_a_command_runs_with_the_user_and_the_settings_of_the_service() -> None:
    serving, text = unit("clinicbot.service")["Service"], (DEPLOY / "clinicbot-run").read_text(encoding="utf-8")
    docs = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")

    assert f"--uid={serving['User']} --gid={serving['Group']}" in text
    assert f"EnvironmentFile={serving['EnvironmentFile']}" in text
    assert all(f"--setenv={each}" in text for each in serving["Environment"].split())
    assert f"WorkingDirectory={serving['WorkingDirectory']}" in text
    assert serving["ExecStart"].split()[0] + ' "$@"' in text
    assert os.access(DEPLOY / "clinicbot-run", os.X_OK)
    assert "clinicbot-run doctor" in docs


def test_the_worker_has_a_unit_of_its_own_with_the_settings_and_the_bounds_of_the_server() -> None:
    serving, carrying = unit("clinicbot.service")["Service"], unit("clinicbot-worker.service")["Service"]
    program, command = carrying["ExecStart"].split()
    its_own = {
        "Type",
        "NotifyAccess",
        "ExecStart",
        "RestartSec",
        "TimeoutStartSec",
        "MemoryMax",
        "TasksMax",
        "LimitNOFILE",
    }

    assert (program, command) == (serving["ExecStart"].split()[0], "worker")
    assert command in COMMANDS
    assert dict(carrying).keys() | its_own == dict(serving).keys() | its_own
    for setting in set(serving) - its_own:
        assert carrying[setting] == serving[setting], setting
    assert int(carrying["TimeoutStopSec"]) > signature(Worker.stop).parameters["within_s"].default
    # What the unit's head says to write into the settings: the server then leaves deliveries alone, the worker does not.
    (told,) = re.findall(
        r"echo (CLINICBOT_WORKER=\S+)", (DEPLOY / "clinicbot-worker.service").read_text(encoding="utf-8")
    )
    assert not read_settings(dict([told.split("=")])).delivery.worker


def test_nightly_backups_have_the_settings_of_what_they_back_up() -> None:
    serving, saving = unit("clinicbot.service")["Service"], unit("clinicbot-backup.service")["Service"]
    cron = re.search(r"^15 2 .*$", (ROOT / "docs" / "operation.md").read_text(encoding="utf-8"), re.MULTILINE)

    for setting in ("User", "EnvironmentFile", "Environment", "WorkingDirectory"):
        assert saving[setting] == serving[setting]
    assert unit("clinicbot-backup.timer")["Timer"]["OnCalendar"] == "*-*-* 02:15:00"
    assert cron is not None
    for line in (saving["ExecStart"], cron[0]):
        assert serving["ExecStart"].split()[0] + " backup --replace /" in line.replace('"', "")
    assert serving["EnvironmentFile"].lstrip("-") in cron[0]
    assert serving["Environment"].split()[0] in cron[0]


def test_all_that_staff_may_upload_can_arrive() -> None:
    assert vars(staff_documents.upload)["most_bytes"] == MOST_UPLOAD_BYTES


@pytest.mark.parametrize(
    ("name", "server"), [("nginx.conf", "web:8000 resolve"), ("nginx-one-machine.conf", "127.0.0.1:8000")]
)
def test_the_proxy_fits_the_server_behind_it(name: str, server: str) -> None:
    text = re.sub(r"#.*", "", (DEPLOY / name).read_text(encoding="utf-8"))
    keeps = re.search(r"keepalive_timeout (\d+)s", text)
    usual, largest = re.findall(r"client_max_body_size (\d+)m", text)

    assert keeps is not None
    assert int(keeps[1]) < IDLE_S
    assert int(largest) * 1024**2 == MOST_UPLOAD_BYTES
    assert int(usual) * 1024**2 == staff_documents.MOST_DECIDED_BYTES
    assert re.search(r"location = /staff/documents \{\s*client_max_body_size " + largest, text)
    sent = dict(re.findall(r"proxy_set_header (\S+) ([^;]+);", text))
    assert sent["X-Forwarded-For"] == "$remote_addr"  # what a client claims is not passed on
    assert sent["Host"] == sent["X-Forwarded-Host"] == "$asked_host"  # with its port, which $host drops
    assert re.search(r"map \$http_host \$asked_host \{\s*\"\" \$host;\s*default \$http_host;\s*\}", text)
    for path in ("metrics", "readyz"):
        assert re.search(rf"location = /{path} \{{ return 404; \}}", text)
    assert f"server {server} " in text
    (logged,) = re.findall(r"log_format without_paths ([^;]+);", text)
    assert set(re.findall(r"\$\w+", logged)) == {
        "$time_iso8601",
        "$request_method",
        "$status",
        "$request_time",
        "$upstream_status",
    }
    assert re.search(r"access_log \S+ without_paths;", text)
    # Its errors hold the address and the line that was asked, with what was typed; up to `crit` they are of requests.
    assert re.findall(r"error_log \S+ (\w+);", text) == ["emerg"]
    assert text.count("{") == text.count("}")
    if name != "nginx.conf":  # of a distribution, which cannot look names up anew, kept by systemd, which has no stdout
        assert not re.search(r"\bresolver?\b|/dev/std", text)


def test_the_dashboard_and_the_docs_show_figures_that_there_are(small_bot: Bot) -> None:
    metrics = Metrics()
    metrics.registry.register(State(Live(small_bot), None, None, lambda: small_bot.release.published_at))
    known = {family.name for family in metrics.registry.collect()} | {"clinicbot_turns_given_up"}
    known |= {
        "clinicbot_outbox",
        "clinicbot_outbox_late_seconds",
        "clinicbot_database_up",
        "clinicbot_turns_waiting",
        "clinicbot_at_work",
        "clinicbot_waiting",
    }
    for file in (DEPLOY / "grafana.json", ROOT / "docs" / "operation.md"):
        named = set(re.findall(r"\bclinicbot_(?:[a-z]+_?)+", file.read_text(encoding="utf-8")))
        for name in named:
            assert re.sub(r"_(total|bucket|count|sum)$", "", name) in known, (file.name, name)


def test_the_dashboard_is_whole() -> None:
    board = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))

    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) >= 10
    for panel in board["panels"]:
        assert panel["description"]
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        assert all(target["expr"].count("(") == target["expr"].count(")") for target in panel["targets"])


def test_what_is_counted_can_be_read_by_prometheus(app: Flask) -> None:
    text = app.test_client().get("/metrics").get_data(as_text=True)

    assert {"clinicbot_ready", "clinicbot_requests"} <= {family.name for family in families(text)}
