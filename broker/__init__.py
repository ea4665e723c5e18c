"""The simulated broker: a FIX.4.2 and FIX.4.4 acceptor with a matching engine, over one database.

`fix` is the session layer, `trading` the orders and how they are filled, `market` what clients see of it; none of them
does I/O. `application` says which part answers which message. `acceptor` is the core: the one thread that owns sockets
(`connection`), sessions, books and the writing; `models` is the database and `ledger` what the next transaction writes.
`web` is the HTTP side: it hands work to the core and reads what is committed. `settings` is what can be set.

The core takes what is ready from all sockets, works on it in memory, commits one transaction, and only then sends:
what a client was told is on disk. The broker shares no code with the desk and uses no QuickFIX.
"""
