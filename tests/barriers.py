"""The look for barriers that all journeys share."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def assert_accessible(page: Page | Frame) -> None:
    """No barrier that axe finds: WCAG 2.2 AA and good practice."""
    # What passes is not of interest, and telling it all would take most of the time.
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
