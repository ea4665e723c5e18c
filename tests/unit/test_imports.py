"""The directions of imports that docs/architecture.md promises, for the whole repository.

The source is parsed, so imports inside functions and under TYPE_CHECKING count too.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOT_MODULES = ("quickfix_client", "multi_fix_client", "sendfix_web_multi", "wsgi", "gunicorn_config")

# What a part of the product may import of the product itself. The longest prefix of a module decides.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "sendfix.domain": ("sendfix.domain",),
    "sendfix.fix": ("sendfix.fix", "sendfix.domain"),
    "sendfix.config": ("sendfix.config", "sendfix.domain"),
    "sendfix.bus": ("sendfix.services", "sendfix.domain"),
    "sendfix.services": ("sendfix.services", "sendfix.fix", "sendfix.domain", "sendfix.config"),
    # These implement ports that services define.
    "sendfix.storage": (
        "sendfix.storage",
        "sendfix.services",
        "sendfix.fix",
        "sendfix.domain",
        "sendfix.config",
    ),
    "sendfix.link": ("sendfix.link", "sendfix.services", "sendfix.fix", "sendfix.domain", "sendfix.config"),
    "sendfix.web": (
        "sendfix.web",
        "sendfix.services",
        "sendfix.fix",
        "sendfix.domain",
        "sendfix.config",
        "sendfix.bus",
    ),
    # Two ends that share code share bugs.
    "broker": ("broker",),
    "sendfix": ("sendfix",),
}

# Which files may import a library. Everything else must not.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "quickfix": ("quickfix_client",),
    "sqlalchemy": ("sendfix.storage", "broker"),
    "alembic": ("sendfix.storage", "broker"),
    "flask": ("sendfix.web", "sendfix_web_multi", "broker"),
    "flask_cors": ("sendfix.web", "sendfix_web_multi"),
    "flask_socketio": ("sendfix.web", "sendfix_web_multi", "broker"),
    "socketio": ("sendfix.web", "sendfix_web_multi"),
    "engineio": ("sendfix.web", "sendfix_web_multi"),
    "simplefix": ("broker",),
    "prometheus_client": ("sendfix.web",),
    "pythonjsonlogger": ("sendfix.logs",),
}
# No thread, greenlet, clock, file or socket: time and ids come in as arguments. `pathlib` is for the dictionary's file.
PURE = ("sendfix.domain", "sendfix.fix", "sendfix.services")
NOT_PURE = frozenset(
    {
        "asyncio",
        "concurrent",
        "gevent",
        "multiprocessing",
        "queue",
        "random",
        "sched",
        "secrets",
        "select",
        "selectors",
        "signal",
        "socket",
        "socketserver",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "uuid",
    }
)
STANDARD_LIBRARY_ONLY = ("sendfix.domain", "sendfix.fix")
ENGINE = (
    "quickfix_client",
    "multi_fix_client",
    "sendfix.link",
    "sendfix.config",
    "sendfix.logs",
)
# The desk's end of the socket runs in the desk, under gevent.
DESK_END = ("sendfix.link.client", "sendfix.link.waiting")


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def imports_of(source: str, module: str, is_package: bool) -> Iterator[str]:
    """Every module that the source imports, with relative imports resolved. `from a import b` yields `a.b` too,
    because `b` may be a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")[
                    : None if is_package and node.level == 1 else -(node.level - is_package)
                ]
                base = ".".join([*parts, *([base] if base else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def violations(source: str, module: str, is_package: bool = False) -> list[str]:
    """What the module imports and must not."""
    found = []
    home = max((package for package in MAY_IMPORT if within(module, package)), key=len, default=None)
    for name in dict.fromkeys(imports_of(source, module, is_package)):
        top = name.split(".")[0]
        ours = top in ("sendfix", "broker", *ROOT_MODULES)
        anywhere = name in ("sendfix", "broker", "sendfix.__version__")
        if ours and home is not None and not anywhere and not any(within(name, p) for p in MAY_IMPORT[home]):
            found.append(f"{module} imports {name}: {home} may import {', '.join(MAY_IMPORT[home])}")
        if home in STANDARD_LIBRARY_ONLY and not ours and top not in sys.stdlib_module_names:
            found.append(f"{module} imports {name}: {home} uses the standard library only")
        if top in ONLY_IN and not any(within(module, allowed) for allowed in ONLY_IN[top]):
            found.append(f"{module} imports {name}: only {', '.join(ONLY_IN[top])} may")
        if top in NOT_PURE and any(within(module, package) for package in PURE):
            found.append(f"{module} imports {name}: it must know no thread, clock, socket or chance")
        if top == "gevent" and module not in DESK_END and any(within(module, package) for package in ENGINE):
            found.append(f"{module} imports {name}: the engine knows no gevent")
    return found


def clock_and_file_calls(source: str) -> list[str]:
    """Calls that read the clock or open a file."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
            if name in ("now", "utcnow", "today", "open"):
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def modules() -> list[tuple[str, Path]]:
    files = [ROOT / f"{name}.py" for name in ROOT_MODULES]
    files += [*(ROOT / "sendfix").rglob("*.py"), *(ROOT / "broker").rglob("*.py")]
    named = []
    for file in sorted(path for path in files if path.exists()):
        parts = file.relative_to(ROOT).with_suffix("").parts
        named.append((".".join(part for part in parts if part != "__init__"), file))
    return named


@pytest.mark.parametrize(
    ("module", "file"), modules(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_module_imports_only_what_its_layer_may(module: str, file: Path) -> None:
    assert violations(file.read_text(encoding="utf-8"), module, file.name == "__init__.py") == []


@pytest.mark.parametrize(
    "file",
    [file for module, file in modules() if any(within(module, package) for package in PURE)],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_pure_layers_read_no_clock_and_open_no_file(file: Path) -> None:
    assert clock_and_file_calls(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", ["datetime.now(UTC)", "def f():\n    return date.today()", "open('x')"])
def test_a_call_of_clock_or_file_is_caught(source: str) -> None:
    assert clock_and_file_calls(source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("sendfix.domain.order", "import sendfix.fix.parse"),
        ("sendfix.domain.order", "from sendfix import services"),
        ("sendfix.fix.encode", "from sendfix.services.desk import Desk"),
        ("sendfix.services.desk", "def f():\n    from sendfix.storage import writer"),
        ("sendfix.services.desk", "if TYPE_CHECKING:\n    from sendfix.web import api"),
        ("sendfix.services.desk", "from ..web import api"),
        ("sendfix.services.desk", "from time import monotonic"),
        ("sendfix.fix.parse", "import socket"),
        ("sendfix.fix.parse", "import orjson"),
        ("sendfix.services.desk", "from sendfix.bus import Bus"),
        ("sendfix.web.api", "from sendfix.storage import reader"),
        ("sendfix.web.api", "import quickfix"),
        ("sendfix.web.api", "import multi_fix_client"),
        ("sendfix.services.desk", "from sqlalchemy import select"),
        ("sendfix.services.desk", "import flask.json"),
        ("sendfix.link.journal", "from gevent import sleep"),
        ("multi_fix_client", "import gevent"),
        ("multi_fix_client", "import quickfix as fix"),
        ("broker.fix.session", "from sendfix.fix.parse import parse"),
        ("broker.fix.session", "import quickfix"),
    ],
)
def test_a_violation_is_caught(module: str, source: str) -> None:
    assert violations(source, module)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("sendfix.web.api", "from sendfix import __version__"),
        ("sendfix.web.api", "from sendfix.services.desk import Desk"),
        ("sendfix.storage.reader", "from sendfix.services.ports import Engine"),
        ("sendfix.link.client", "import gevent"),
        ("quickfix_client", "import quickfix"),
        ("broker.models", "from sqlalchemy import Table"),
        ("sendfix_web_multi", "from sendfix.storage import writer"),
    ],
)
def test_what_is_allowed_is_not_caught(module: str, source: str) -> None:
    assert violations(source, module) == []
