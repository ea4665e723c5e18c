"""The whole product, as its users meet it: real broker, engine, gunicorn, and a real browser."""
