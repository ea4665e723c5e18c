"""The REST routes, a module for each subject; `ALL` is every one of them."""

from sendfix.web.routes import executions, health, messages, orders, sessions

ALL = (sessions.api, orders.api, executions.api, messages.api, health.api)
