"""The SendFix desk: orders typed in a browser, sent over FIX, and shown as the counterparty reports them.

Commands flow down (`web` to `services` to `fix` to `domain`), FIX messages flow back up, and everything on
screen is a fold over those messages. `storage` keeps what was folded; `link` is the way to the engine
process, which alone speaks to counterparties.
"""

__version__ = "0.1.0"
