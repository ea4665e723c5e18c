"""The desk on the web: REST, Socket.IO and the page.

A route parses, builds a command, hands it to the desk and answers with a status; `to_json` has the one JSON form of
each type; `problems` turns every error into problem+json; `live` passes changes on to the browsers. Flask is imported
here and in the root's `sendfix_web_multi.py` only.
"""
