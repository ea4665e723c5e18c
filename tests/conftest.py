"""Browser tests need chromium: in CI its absence is a failure, elsewhere they are left out with a line that says so."""

from __future__ import annotations

import os
import shutil

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if CHROMIUM or os.environ.get("CI"):
        return
    browser = [item for item in items if item.get_closest_marker("browser")]
    if browser:
        items[:] = [item for item in items if item not in browser]
        config.hook.pytest_deselected(items=browser)


def pytest_report_header() -> str:
    return (
        f"chromium: {CHROMIUM or 'none found: browser tests are left out (install Debian package chromium)'}"
    )


@pytest.fixture(scope="session")
def chromium() -> str:
    assert CHROMIUM, (
        "no chromium on this machine: install Debian's package chromium, or set CHROMIUM to its path"
    )
    return CHROMIUM
