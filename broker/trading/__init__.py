"""Orders, without I/O: requests and commands come in, reports go out through a `send` function.

`requests` answers a client's messages, `by_hand` does what a person asks; both act on `orders`, which holds every
`order`. `matching` decides on fills, `behaviours` by which rule; `reports` speaks each version's dialect.
"""
