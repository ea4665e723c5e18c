"""What the desk remembers: orders, executions, the message log, and how far each journal has been folded.

`tables` is the schema, `migrations/` its history (Alembic). `writer` takes what was folded and stores it in
batches off the gevent hub, one transaction each, with the journal's index in the same transaction: after a
crash the desk goes on exactly behind what is stored. `reader` answers queries. `database` opens both.

SQLAlchemy is imported here and nowhere else in the desk.
"""
