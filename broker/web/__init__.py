"""The HTTP side: REST and the page of the person at the broker.

`api_input` turns JSON into commands for the core, `views` turns rows into JSON, `answers` has what all routes need;
each other module is a blueprint, and `app` lists them.
"""
