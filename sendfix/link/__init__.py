"""The link between the engine process and the desk process, and what the engine is made of besides QuickFIX.

Shared by both ends: `protocol` (the messages on the Unix socket).

The desk's end, under gevent: `client`.

The engine's side, plain Python without gevent:

- `journal` (every message and event of one session, on disk, with a running index) and `text_logs` (for people);
- `hub`, `desk_connection` (the one thread that serves all desks);
- `keeper`, `reach`, `session_record`, `reasons` (when to connect, what state a session is in, and why);
- `quickfix_settings`, `quickfix_store`, `lenient_dictionary`, `body`, `resend` (what QuickFIX is told and may send);
- `guard`, `claims`, `signals` (what keeps QuickFIX from harm).

The root modules `quickfix_client` and `multi_fix_client` put these together; nothing here imports QuickFIX.
"""
