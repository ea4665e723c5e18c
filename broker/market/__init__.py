"""What a client can see of the market, without I/O: prices, depth, trades, quotes, instruments, trading sessions.

It reads the books of `broker.trading` and never changes an order.
"""
