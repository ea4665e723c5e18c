"""The desk itself: what it means to trade, without knowing how bytes travel or where rows are kept.

Commands come in from the web layer; journal entries come in from the link. Both meet in `desk.Desk`: it
validates, gives ids, hands messages to the engine, folds what comes back into orders, and publishes each
change on the bus. `blotter` holds the orders, `sessions` the live state of each FIX session.

Nothing here knows a thread, a greenlet, a clock, a file or a socket: `ports` says what is needed from outside,
and `storage` and `link` provide it.
"""
