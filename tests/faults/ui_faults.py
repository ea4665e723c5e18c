"""A browser's page at 200 messages a second through all that happens to networks, processes, tabs and clocks.

    python tests/faults/ui_faults.py [--rate 50] [--only silence,killed]

The real broker, engine and desk, chromium with two tabs, one of which may only poll, and between browser and desk a
line that can be troubled. Each fault comes while orders flow, and an order is pressed on the page in the middle of
it. While the line is dead nothing may be shown as live; after the fault the page must have exactly what the desk has,
in both tabs; and what was pressed must have gone out once if the page says so, and not at all if it says that. The
exit code is 0 if all that holds.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.conftest import CHROMIUM  # noqa: E402
from tests.e2e.desk_page import DeskPage  # noqa: E402
from tests.e2e.page_against_desk import NO_WEBSOCKET, expect_the_same, newest_message  # noqa: E402
from tests.support.lined_stack import LinedStack  # noqa: E402
from tests.support.load import BEHAVIOURS, Load  # noqa: E402
from tests.support.proxy import Proxy, Way  # noqa: E402
from tests.support.stack import FIX42, FIX44, eventually  # noqa: E402

QUIET = ("recovered",)
"""Nothing is sent meanwhile: a desk without its database knows no order until it has folded the journals."""
NOTICED_SECONDS = 5.0
"""A dead line is on the page by then."""
ORDERS_COMPARED = 3000
"""Of those before a fault; the page itself holds no more than the newest some thousands."""
PRESSED = "PRESSED"
PRESS = """
(button) => {
  if (button.disabled) return 0;
  button.click();
  return 1;
}
"""
DISMISS = """
async () => {
  const { src } = document.querySelector('script[type=module]');
  (await import(new URL('state/toasts.js', src))).dismissAll();
}
"""
SHIFTED_CLOCK = """
() => {
  const real = Date.now.bind(Date);
  const Native = Date;
  window.shiftClock = 0;
  window.Date = class extends Native {
    constructor(...given) { super(...(given.length ? given : [real() + window.shiftClock])); }
    static now() { return real() + window.shiftClock; }
  };
}
"""


class Faults:
    """One run. Each public method is a fault, under its name; it ends when all is well again."""

    def __init__(self, stack: LinedStack, line: Proxy, pages: list[DeskPage], rate: float) -> None:
        self.stack = stack
        self.line = line
        self.pages = pages
        self.page = pages[0].page
        self.rate = rate
        self.pressed = 0

    @classmethod
    def all(cls) -> dict[str, Callable[[Faults], None]]:
        return {name: act for name, act in vars(cls).items() if not name.startswith("_") and name != "all"}

    def recovered(self) -> None:
        """The desk comes back without its database, and folds the journals anew while the page loads."""
        self.stack.kill_desk()
        for file in self.stack.folder.glob("desk.db*"):
            file.unlink()
        self.stack.start_desk()

    def silence(self) -> None:
        """A network that is gone for a minute: nothing is answered, and nothing refused."""
        with self._dead(lambda: self.line.hold()):
            self._rest(55)

    def silent_desk(self) -> None:
        """Half open: what the page says arrives, and nothing comes back."""
        with self._dead(lambda: self.line.hold(Way.BACK)):
            self._rest(6)

    def silent_page(self) -> None:
        """Half open the other way: events come, and nothing of what the page says arrives."""
        self.line.hold(Way.OUT)
        self._press()
        self._rest(12)
        self.line.let_go(reset=True)

    def cut(self) -> None:
        """Again and again, also while the page is catching up."""
        for number in range(8):
            self._rest(0.4 * number)
            if number in (3, 4):
                self._press()
            self.line.cut(reset=number % 2 == 0)

    def late(self) -> None:
        """Everything comes, four seconds late."""
        self.line.delay = 4.0
        self._press()
        self._rest(10)
        self.line.delay = 0.0

    def slow(self) -> None:
        """Less than what is told goes through."""
        self.line.bytes_per_second = 30_000
        self._press()
        self._rest(20)
        self.line.bytes_per_second = None

    def asleep(self) -> None:
        """The tabs' processes stand still, as those of a computer that sleeps. To freeze a tab by the browser's
        debugging protocol stops no timer while it has no window."""
        renderers = _renderers()
        assert renderers, "chromium has no process of type renderer"
        for one in renderers:
            one.send_signal(signal.SIGSTOP)
        try:
            time.sleep(25)
        finally:
            for one in renderers:
                one.send_signal(signal.SIGCONT)

    def killed(self) -> None:
        """The desk, in the middle of everything."""
        for _ in range(2):
            self._press()
            self.stack.kill_desk()
            self._rest(1)
            self.stack.start_desk()
            self._rest(2)

    def worker_killed(self) -> None:
        """Gunicorn's worker, behind an order that it sent and has not answered. Its master keeps the port open, so that
        what the browser sends again by itself waits there for the next worker, which knows nothing of the first."""
        assert self.stack.desk is not None
        known = _newest_order(self.stack, symbol=PRESSED)
        self.line.hold(Way.BACK)
        self._press()
        eventually(
            lambda: _newest_order(self.stack, symbol=PRESSED) > known, "the desk has sent what was pressed"
        )
        for worker in psutil.Process(self.stack.desk.pid).children():
            worker.kill()
        self.line.let_go(reset=True)
        eventually(self.stack.desk_answers, "the next worker answers")

    def restarted(self) -> None:
        assert self.stack.desk is not None
        self._press()
        self.stack.desk.stop()
        self.stack.start_desk()

    def engine_killed(self) -> None:
        assert self.stack.engine is not None
        self._press()
        self.stack.engine.kill()
        self._rest(2)
        self.stack.start_engine()
        self.stack.wait_logged_on(FIX42, FIX44)

    def clock(self) -> None:
        """The computer's clock goes three hours ahead, and back by six, while the page is open."""
        for hours in (3, -3, 0):
            self.page.evaluate("(ms) => { window.shiftClock = ms; }", hours * 3_600_000)
            self._press()
            self._rest(3)

    @contextmanager
    def _dead(self, begin: Callable[[], None]) -> Iterator[None]:
        """Nothing is live from some seconds on, until the line is there again."""
        begin()
        self._press()
        self._rest(NOTICED_SECONDS)
        for page in self.pages:
            self._not_live(page)
        yield
        for page in self.pages:
            self._not_live(page)
        self.line.let_go()

    def _not_live(self, page: DeskPage) -> None:
        state = page.get("desk-link").get_attribute("data-state")
        pale = page.page.locator(".app.is-lost").count()
        if state == "online" or not pale:
            raise AssertionError(f"the line is dead, and the page is {state}, pale: {bool(pale)}")

    def _press(self) -> None:
        """What a person does who has seen nothing yet; once the page has, it can't be pressed."""
        desk = self.pages[0]
        desk.get("ticket-order_qty").fill(str(self.pressed + 1))
        self.pressed += desk.get("send").evaluate(PRESS)

    def _rest(self, seconds: float) -> None:
        """The browser's events are taken meanwhile."""
        self.page.wait_for_timeout(seconds * 1000)

    def _settled(self, before: int) -> None:
        """Each press, those behind the first `before`, is known to have gone out or not, and went out once at most."""
        toasts = self.pages[0].get("toasts")
        eventually(lambda: "Not known yet" not in (toasts.text_content() or ""), "each press is settled", 60)
        quantities = [
            one["order_qty"] for one in self.stack.get("/api/orders", symbol=PRESSED, limit=1000)["orders"]
        ]
        assert len(quantities) == len(set(quantities)), f"pressed once, sent twice: {sorted(quantities)}"
        said = toasts.text_content() or ""
        for number in range(1, self.pressed + 1):
            refused = f"Not sent: Buy {number} {PRESSED}" in said
            if refused and str(number) in quantities:
                raise AssertionError(f"order {number} was sent, and the page says it was not")
            if number > before and str(number) not in quantities:
                assert "Not sent" in said, f"order {number} was not sent, and the page says {said!r}"
        self.page.evaluate(DISMISS)


def _renderers() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children(recursive=True):
        if any(word == "--type=renderer" for word in child.cmdline()):
            found.append(child)
    return found


def _newest_order(stack: LinedStack, **query: str) -> int:
    newest: list[dict[str, int]] = stack.get("/api/orders", limit=1, **query)["orders"]
    return newest[0]["order_no"] if newest else 0


def one(faults: Faults, name: str) -> str | None:
    """What is wrong after that fault, in words."""
    stack = faults.stack
    since, orders_since = newest_message(stack), _newest_order(stack) - ORDERS_COMPARED
    began, pressed = time.monotonic(), faults.pressed
    try:
        with Load(stack, (FIX42, FIX44) * 2, rate=faults.rate) as load:
            faults._rest(2)
            if name not in QUIET:
                Faults.all()[name](faults)
                faults._rest(2)
        if name in QUIET:
            Faults.all()[name](faults)
        if name == "recovered":
            since = orders_since = 0  # what has which number may be another now
        for page in faults.pages:
            page.ready()
            held = expect_the_same(page.page, stack, since, max(0, orders_since))
        faults._settled(pressed)
    except AssertionError as error:
        return str(error)
    messages, seconds = len(held["messages"]), time.monotonic() - began
    print(
        f"{name:14} {seconds:5.0f} s  {len(held['orders']):6} orders  {messages:6} messages"
        f"  {messages / seconds:5.0f}/s  {faults.pressed:3} pressed  {load.refused} refused",
        flush=True,
    )
    return None


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rate", type=float, default=50, help="orders per second; each is four messages or so"
    )
    parser.add_argument("--only", default="", help="these faults, with commas between")
    given = parser.parse_args()
    if CHROMIUM is None:
        sys.exit(
            "no chromium on this machine: install Debian's package chromium, or set CHROMIUM to its path"
        )
    names = [name for name in given.only.split(",") if name] or list(Faults.all())
    wrong = {}
    with tempfile.TemporaryDirectory(prefix="ui-faults") as folder, sync_playwright() as playwright:
        stack = LinedStack(Path(folder))
        try:
            stack.start()
            stack.behave(default="manual", symbols=BEHAVIOURS)
            with Proxy(int(stack.desk_url.rsplit(":", 1)[1])) as line:
                browser = playwright.chromium.launch(
                    executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
                )
                context = browser.new_context(viewport={"width": 1440, "height": 900})
                context.add_init_script(f"({SHIFTED_CLOCK})()")
                tabs = [context.new_page(), context.new_page()]
                tabs[1].add_init_script(NO_WEBSOCKET)
                pages = [DeskPage(_open(tab, line), stack).ready() for tab in tabs]
                pages[0].choose(FIX44)
                pages[0].fill_ticket(symbol=PRESSED, order_qty="1", price="5")
                faults = Faults(stack, line, pages, given.rate)
                for name in names:
                    found = one(faults, name)
                    if found is not None:
                        print(f"{name:14} FAILED: {found}", flush=True)
                        wrong[name] = found
                        line.behave()
                browser.close()
        finally:
            stack.stop()
    print(f"{len(names) - len(wrong)} of {len(names)} faults did no harm")
    return 1 if wrong else 0


def _open(page: Page, line: Proxy) -> Page:
    page.goto(f"http://127.0.0.1:{line.port}/")
    return page


if __name__ == "__main__":
    sys.exit(main())
