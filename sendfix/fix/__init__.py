"""FIX as text: bytes of a message to fields, fields to events of the domain, commands to bytes.

`dictionary` knows the fields and messages of a FIX version (QuickFIX's XML files). `parse` cuts a message into tags
and values; `decode` names them for a person; `interpret` says what a message means to an order. `encode` makes the
body of a message from a command, or says field by field why it can't. `pretty` and `redact` make text safe to show.

No socket, thread or clock: bytes and time come in as arguments. Reading a dictionary's file is the one exception,
done once for each version.
"""
