"""What a client can see of the market, without I/O: prices, depth, trades, quotes, instruments, trading sessions.

`Market` puts the parts together for `broker.application`: messages and the tape of `broker.trading.matching` come in,
answers go out by `Line`. `feed` serves MarketDataRequests, `subscription` remembers what a client was told of a symbol,
`view` says what has changed since, `entries` puts it into fields. `day` is each symbol's trading day. Nothing here ever
changes an order.
"""
