"""Random visits to the kiosk in a real browser: how many end clean. `python benchmarks/kiosk_sessions.py [VISITS]`.

A visit taps topics, opens answers, asks (every outcome), types on the screen, prints, idles, loses the network, and
ends by Start again, by idling, by sleeping, by a reload or by leaving the page. Clean is: nothing on the screen, in the
browser's storage, caches, history or cookies, and no conversation in the server's memory or database.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def main(visits: int) -> None:
    import structlog
    import waitress
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis.stateful import run_state_machine_as_test
    from journeys.conftest import FLAGS
    from journeys.kiosk import PORTRAIT, Visitor
    from journeys.kiosk_sessions import machine_of
    from playwright.sync_api import sync_playwright

    from bot.clock import utc_now
    from bot.config import read_settings
    from bot.web.app import create_app
    from bot.web.opening import open_house

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        house = open_house(read_settings({"CLINICBOT_DATA_DIR": folder}), utc_now)
        app = create_app(read_settings({}), house=house)
        server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
        threading.Thread(target=server.run, daemon=True).start()
        address = f"http://127.0.0.1:{server.effective_port}"
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_context(viewport=PORTRAIT, has_touch=True, base_url=address).new_page()
        page.clock.install()
        visitor = Visitor(page)
        page.goto("/kiosk")
        page.wait_for_selector("body[data-linked]")
        visitor.history = page.evaluate("history.length")
        ended: list[int] = []
        machine = machine_of(visitor, house, app.extensions["clinicbot"].chat, lambda: ended.append(1))
        began = time.perf_counter()
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=visits,
                stateful_step_count=15,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        seconds = time.perf_counter() - began
        print(f"{len(ended)} visits, {len(visitor.asked)} questions asked, all ended clean, {seconds:.0f} s")
        browser.close()
        server.close()
        house.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
