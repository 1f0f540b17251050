"""From pressing Enter to the painted answer, by the browser's own clock: every golden question, asked in the chat page.

.venv/bin/python benchmarks/chat_timing.py [--slow 4] [--every 4]

`--slow`: a processor that many times slower, as cheap phones have; `--every`: only every so-manieth question.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import threading
from pathlib import Path

import structlog
import waitress
from playwright.sync_api import Page, sync_playwright

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web.app import create_app

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# The time ends with the second frame after the answer stands in the page: then it is on the screen.
ASK = """
(question) => new Promise((done) => {
  const box = document.querySelector("[data-question]");
  const log = document.querySelector("[data-log]");
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
  });
  seen.observe(log, { childList: true });
  box.value = question;
  const began = performance.now();
  box.form.requestSubmit();
})
"""


def measure(page: Page, questions: list[str]) -> list[float]:
    """Milliseconds for each question; the conversation is cleared now and then, as patients' are short."""
    taken = []
    for number, question in enumerate(questions):
        if number % 10 == 0:
            page.reload()
        taken.append(float(page.evaluate(ASK, question)))
    return taken


def main() -> None:
    """Print the middle and the slow end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", type=float, default=1, help="how many times slower the browser's processor is")
    parser.add_argument("--every", type=int, default=1, help="ask every so-manieth golden question")
    wanted = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    bot = Bot.from_knowledge(Path(__file__).parent.parent / "knowledge")
    questions = [question for entry in bot.release.entries for question in entry.golden][:: wanted.every]
    server = waitress.create_server(create_app(read_settings({}), Live(bot)), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(base_url=f"http://127.0.0.1:{server.effective_port}")
        page.goto("/")
        if wanted.slow > 1:
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": wanted.slow})
        measure(page, questions[:10])
        taken = measure(page, questions)
        browser.close()
    cuts = statistics.quantiles(taken, n=100)
    print(f"{len(taken)} questions: p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms")


if __name__ == "__main__":
    main()
