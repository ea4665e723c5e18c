"""The link between the engine process and the desk process, and what the engine is made of besides QuickFIX.

Shared by both ends: `protocol` (the messages on the Unix socket).

The desk's end, under gevent: `client`.

The engine's side, plain Python without gevent: `journal` (every message and event of one session, on disk, with a
running index), `hub` and `desk_connection` (the one thread that serves all desks), `reach` (can the counterparty be
reached, and if not, why), `reasons` (QuickFIX's events in plain words), `lenient_dictionary` and
`quickfix_settings` (what QuickFIX is told), `text_logs` (the files people read). The root modules
`quickfix_client` and `multi_fix_client` put these together; nothing here imports QuickFIX.
"""
