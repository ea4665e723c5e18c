"""The FIX session layer of the broker, without I/O.

Bytes and time come in, bytes and events go out. `wire` frames, parses and builds messages with simplefix; `validation`
says what is wrong with one; `session` (with `states` and `resend`) is the session protocol. Knows no order.
"""
