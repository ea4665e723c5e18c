"""Faults on demand: what a broker or a line can do wrong, done to one client on purpose. Without I/O.

`kinds` lists the faults with their parameters, and reads them from what a person gives. `fault` is one that is active:
it says when it strikes. `faults` holds those of each SenderCompID(49). `wire` and `outgoing` change what goes out,
after it was stored: bytes and time come in, bytes with the time at which they are due go out. The session and the core
ask `faults` for the others. What is stored stays right, so that a resend is right too.
"""
