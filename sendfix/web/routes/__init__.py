"""The REST routes, a module for each subject; `ALL` is every one of them."""

from sendfix.web.routes import (
    alarms,
    batch,
    composer,
    configuration,
    executions,
    health,
    ladder,
    market,
    messages,
    orders,
    positions,
    prices,
    risk,
    session_tools,
    sessions,
    statistics,
)

ALL = (
    sessions.api,
    configuration.api,
    session_tools.api,
    orders.api,
    ladder.api,
    batch.api,
    executions.api,
    statistics.api,
    positions.api,
    prices.api,
    market.api,
    messages.api,
    composer.api,
    alarms.api,
    risk.api,
    health.api,
)
