"""The FIX session layer of the broker, without I/O.

Bytes and time come in, bytes and events go out. `wire` frames, parses and builds messages. `dictionary` reads what the
standard defines, `plans` compiles it for `validation` and `groups`, which say what is wrong with a message (`problems`,
`formats`). `session` (with `sending`, `states` and `resend`) is the session protocol. Knows no order.
"""
