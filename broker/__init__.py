"""The simulated broker: a FIX.4.2 and FIX.4.4 acceptor with a matching engine, over one database.

From the wire inwards: `wire` frames, parses and builds messages with simplefix; `validation` says what is wrong with
one; `session` is the FIX session protocol without I/O; `orders` answers order messages, `matching` decides on fills,
`behaviours` says by which rule, `reports` speaks each version's dialect; `models` is the database. `acceptor` is the
core: the one thread that owns sockets, sessions, books and database. `app` is the HTTP side, which hands work to the
core and reads what is committed.

The core takes what is ready from all sockets, works on it in memory, commits one transaction, and only then sends:
what a client was told is on disk. The broker shares no code with the desk and uses no QuickFIX.
"""
