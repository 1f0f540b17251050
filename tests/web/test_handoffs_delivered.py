"""From the patient's request to the clinic's other system: acknowledged, promised, delivered, with one reference."""

from __future__ import annotations

import json
from pathlib import Path

from receiving import NOON, Receiver

from bot.config import read_settings
from bot.delivery.targets import open_worker
from bot.delivery.worker import Outcome
from bot.store.sealing import open_sealer
from bot.web.app import create_app
from bot.web.opening import House

GOOD = {"name": "Zoë Marten", "contact": "zoe@home.example", "message": "Can I book for next week?", "consent": True}


def test_a_message_that_was_acknowledged_reaches_every_target(house: House, tmp_path: Path) -> None:
    receiver = Receiver()
    (tmp_path / "drop").mkdir()
    settings = read_settings(
        {
            "CLINICBOT_WEBHOOK_URL": receiver.url(),
            "CLINICBOT_WEBHOOK_SECRET": "w" * 32,
            "CLINICBOT_FHIR_URL": receiver.url("/fhir"),
            "CLINICBOT_FILE_DROP_DIR": str(tmp_path / "drop"),
            "CLINICBOT_ALLOWED_TARGET_HOSTS": "127.0.0.1",
        },
        tmp_path,
    )
    app = create_app(settings, now=lambda: NOON, house=house)
    sealer = open_sealer(house.database, house.key, now=NOON)
    worker = open_worker(house.database, settings, sealer, lambda: NOON)
    assert worker is not None

    response = app.test_client().post("/api/v1/handoffs", json=GOOD)
    outcomes = worker.deliver_all()
    receiver.stop()

    assert response.status_code == 201
    reference = response.get_json()["reference"]
    assert outcomes == (Outcome.DELIVERED,) * 3
    bodies = {path: json.loads(body) for path, _, body in receiver.taken}
    assert bodies["/hook"]["reference"] == reference
    assert bodies["/hook"]["message"] == GOOD["message"]
    assert reference in json.dumps(bodies["/fhir"])
    (file,) = (tmp_path / "drop").iterdir()
    assert file.name.startswith(reference)
