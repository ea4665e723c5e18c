"""Certification: clients on FIX libraries that the broker's authors did not write trade with a real broker.

`run.py` starts the broker and the clients, each a process, and compares their books at the end. `mix` draws what a
client says next from a seed, `book` folds what it hears; both are the same for all clients. `quickfix_trader` is
QuickFIX with its data dictionaries, `asyncfix_trader` is asyncfix, which has a session layer of its own. With
`libfaketime` clocks and timers of all of them run many times faster, so that an hour of trading takes a minute or two.
"""
