from sendfix.services.ids import ClOrdIdSource


def test_ids_are_short_and_differ_between_processes() -> None:
    first = ClOrdIdSource(1_800_000_000_000, 5)
    second = ClOrdIdSource(1_800_000_000_000, 6)
    ids = [source.next() for source in (first, second) for _ in range(2000)]
    assert len(set(ids)) == 4000
    assert max(map(len, ids)) <= 20
