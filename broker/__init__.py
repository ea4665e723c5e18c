"""The simulated broker: a FIX.4.2 and FIX.4.4 acceptor with a matching engine, over one database.

From the wire inwards: `wire` frames, parses and builds messages with simplefix; `validation` says what is wrong with
one; `session` (with `states` and `resend`) is the FIX session protocol without I/O. `requests` answers order messages,
`by_hand` does what a person asks; both act on `orders`, which holds every `order`; `matching` decides on fills and
`behaviours` by which rule; `reports` speaks each version's dialect. `models` is the database and `ledger` what the next
transaction writes. `acceptor` is the core: the one thread that owns sockets (`connection`), sessions, books and the
writing. `app` is the HTTP side (`api_input`, `views`): it hands work to the core and reads what is committed.

The core takes what is ready from all sockets, works on it in memory, commits one transaction, and only then sends:
what a client was told is on disk. The broker shares no code with the desk and uses no QuickFIX.
"""
