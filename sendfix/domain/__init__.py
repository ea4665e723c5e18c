"""What an order is, and what may happen to it. Pure values and rules; only the standard library is used.

In come events, which are past facts taken from FIX messages (`events`); out come orders and executions
(`order`), and errors that say whose fault it was (`errors`). `transitions` holds the one table that says
which event is possible in which state. `commands` are what a person asks for before it is a message.

Prices and quantities are `decimal.Decimal`; times are aware datetimes in UTC and come in as arguments.
"""
