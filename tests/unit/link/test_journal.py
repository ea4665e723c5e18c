from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendfix.link.journal import Journal, JournalError
from sendfix.link.journal_entries import Entry
from sendfix.link.protocol import Direction
from sendfix.link.reservation import RESERVE_BELOW, RESERVED_AT_ONCE, Reservation

payloads = st.lists(
    st.tuples(st.sampled_from(list(Direction)), st.binary(max_size=200)), min_size=1, max_size=40
)


class Disk:
    """Writes until it is full; a full disk takes part of the last write, as a real one does."""

    def __init__(self) -> None:
        self.free: int | None = None

    def write(self, descriptor: int, data: bytes) -> int:
        if self.free is None:
            return os.write(descriptor, data)
        if self.free == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = os.write(descriptor, data[: self.free])
        self.free -= taken
        return taken


def contents(journal: Journal) -> list[tuple[int, int, bytes]]:
    return [(entry.number, entry.direction, entry.payload) for entry in journal.read(0, 1_000_000)]


def last_segment(folder: Path) -> Path:
    return sorted(folder.glob("*.journal"))[-1]


@given(payloads, st.integers(0, 45), st.integers(1, 50), st.sampled_from([100, 1000, 10**9]))
@settings(max_examples=60, deadline=None)
def test_what_was_appended_is_read_from_any_index_before_and_after_opening_again(
    tmp_path_factory: pytest.TempPathFactory,
    items: list[tuple[Direction, bytes]],
    after: int,
    limit: int,
    segment_bytes: int,
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    expected = [(number, direction, payload) for number, (direction, payload) in enumerate(items, 1)]
    journal = Journal(folder, segment_bytes=segment_bytes)
    for direction, payload in items:
        journal.append(direction, payload)
    assert contents(journal) == expected
    part = journal.read(after, limit)
    assert [entry.number for entry in part] == [item[0] for item in expected][after : after + limit]
    journal.close()

    again = Journal(folder, segment_bytes=segment_bytes)
    assert contents(again) == expected
    assert again.journal_id == journal.journal_id
    assert again.append(Direction.IN, b"next") == len(items) + 1
    assert again.repaired_bytes == 0
    again.close()


@given(payloads, st.data())
@settings(max_examples=60, deadline=None)
def test_a_torn_tail_costs_only_the_entries_it_hit(
    tmp_path_factory: pytest.TempPathFactory, items: list[tuple[Direction, bytes]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder)
    ends = [last_segment(folder).stat().st_size]
    for direction, payload in items:
        journal.append(direction, payload)
        ends.append(last_segment(folder).stat().st_size)
    journal.close()
    kept = data.draw(st.integers(ends[0], ends[-1]))
    garbage = data.draw(st.binary(max_size=60))
    cut_off = last_segment(folder).read_bytes()[kept:]
    with last_segment(folder).open("r+b") as file:
        file.truncate(kept)
        file.seek(kept)
        file.write(garbage)

    again = Journal(folder)
    # Garbage may happen to be what was there.
    same = [was == now for was, now in zip(cut_off, garbage, strict=False)]
    kept += [*same, False].index(False)
    whole = sum(end <= kept for end in ends[1:])
    assert contents(again)[:whole] == [
        (number, direction, payload) for number, (direction, payload) in enumerate(items[:whole], 1)
    ]
    assert again.last_index == whole
    assert again.append(Direction.OUT, b"after") == whole + 1
    again.close()


def test_a_crash_while_a_segment_was_made_leaves_the_ones_before(tmp_path: Path) -> None:
    journal = Journal(tmp_path, segment_bytes=10)
    for number in range(3):
        journal.append(Direction.IN, b"%d" % number)
    journal.close()
    (tmp_path / "0000000000000004.journal").write_bytes(b"SFJ1half a head")

    again = Journal(tmp_path, segment_bytes=10)

    assert again.repaired_bytes == 15
    assert again.append(Direction.IN, b"3") == 4
    assert [payload for _, _, payload in contents(again)] == [b"0", b"1", b"2", b"3"]
    again.close()


def test_a_full_disk_refuses_the_entry_and_leaves_the_journal_whole(tmp_path: Path) -> None:
    disk = Disk()
    journal = Journal(tmp_path, write=disk.write)
    journal.append(Direction.IN, b"first")
    disk.free = 10
    with pytest.raises(OSError, match="No space left"):
        journal.append(Direction.IN, b"second")
    assert not journal.writable()
    assert [payload for _, _, payload in contents(journal)] == [b"first"]

    disk.free = None

    assert journal.writable()
    assert journal.append(Direction.IN, b"second") == 2
    journal.close()
    again = Journal(tmp_path)
    assert [payload for _, _, payload in contents(again)] == [b"first", b"second"]
    again.close()


def test_a_full_disk_when_a_segment_is_due_leaves_no_empty_segment(tmp_path: Path) -> None:
    disk = Disk()
    journal = Journal(tmp_path, segment_bytes=10, write=disk.write)
    journal.append(Direction.IN, b"first")
    disk.free = 5
    with pytest.raises(OSError, match="No space left"):
        journal.append(Direction.IN, b"second")
    disk.free = None
    assert journal.append(Direction.IN, b"second") == 2
    assert len(contents(journal)) == 2
    journal.close()


def test_damage_in_the_middle_is_an_event_and_what_is_behind_it_keeps_its_index(tmp_path: Path) -> None:
    journal = Journal(tmp_path, segment_bytes=10)
    for payload in (b"one", b"two", b"three"):
        journal.append(Direction.IN, payload)
    second = tmp_path / "0000000000000002.journal"
    data = bytearray(second.read_bytes())
    data[-1] ^= 1
    second.write_bytes(data)
    one, two, three = journal.read(0, 10)
    assert (one.payload, three.payload, three.number) == (b"one", b"three", 3)
    assert (two.number, two.direction) == (2, Direction.EVENT)
    assert b"is damaged on disk" in two.payload
    journal.close()


@given(
    st.lists(st.binary(max_size=60), min_size=1, max_size=40),
    st.sampled_from([150, 1_000_000]),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_a_flipped_bit_costs_one_entry(
    payloads: list[bytes], segment_bytes: int, data: st.DataObject
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        journal = Journal(folder, segment_bytes=segment_bytes)
        for payload in payloads:
            journal.append(Direction.IN, payload)
        journal.close()
        path = data.draw(st.sampled_from(sorted(folder.glob("*.journal"))))
        raw = bytearray(path.read_bytes())
        at = data.draw(st.integers(28, len(raw) - 1))
        raw[at] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(raw)

        journal = Journal(folder, segment_bytes=segment_bytes)
        entries = journal.read(0, 100)
        # The very last entry can't be told from one that a crash left half written.
        assert len(entries) >= len(payloads) - 1
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        lost = [entry for entry in entries if entry.payload != payloads[entry.number - 1]]
        assert len(lost) + len(payloads) - len(entries) <= 1
        assert all(b"is damaged on disk" in entry.payload for entry in lost)
        assert journal.damaged_entries <= 1
        assert journal.append(Direction.IN, b"more") == len(entries) + 1
        assert journal.read(len(entries), 10)[0].payload == b"more"
        journal.close()


@given(payloads, st.data())
@settings(max_examples=60, deadline=None)
def test_no_index_is_used_twice_after_the_machine_has_lost_the_end(
    items: list[tuple[Direction, bytes]], data: st.DataObject
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        journal = Journal(folder, boot=b"one")
        ends = [last_segment(folder).stat().st_size]
        for direction, payload in items:
            journal.append(direction, payload)
            ends.append(last_segment(folder).stat().st_size)
        reserved = (folder / "reserved").read_bytes()
        journal.close()
        # The machine fails before the engine could close the journal.
        (folder / "reserved").write_bytes(reserved)
        with last_segment(folder).open("r+b") as file:
            file.truncate(data.draw(st.integers(ends[0], ends[-1])))
        kept = sum(end <= last_segment(folder).stat().st_size for end in ends[1:])

        again = Journal(folder, boot=b"two")
        assert again.left_out >= len(items) - kept
        index = again.append(Direction.IN, b"more")
        assert index > len(items)
        after_all_it_saw = again.read(len(items), 10)
        assert [entry.payload for entry in after_all_it_saw][-1] == b"more"
        assert [payload for _, _, payload in contents(again)][:kept] == [
            payload for _, payload in items[:kept]
        ]
        assert [entry.number for entry in again.read(kept, 10)] == [index - 2, index - 1, index]
        assert b"left out" in again.read(kept, 10)[0].payload
        again.close()
        once_more = Journal(folder, boot=b"three")
        assert once_more.left_out == 0
        assert once_more.append(Direction.IN, b"and more") == index + 1
        once_more.close()


def test_indexes_are_reserved_ahead_of_their_use(tmp_path: Path) -> None:
    journal = Journal(tmp_path, boot=b"one")
    seen = set()
    for index in range(1, 3 * RESERVED_AT_ONCE):
        assert journal.append(Direction.IN, b"x") == index
        if index % 100 == 0:
            reservation = Reservation(tmp_path / "reserved", b"one")
            seen.add(reservation.up_to)
            reservation.close()
            assert index <= reservation.up_to <= index + RESERVED_AT_ONCE + RESERVE_BELOW
    journal.close()
    assert seen == {RESERVED_AT_ONCE * times for times in range(1, len(seen) + 1)}
    assert len(seen) >= 3


def test_in_the_same_boot_no_index_is_left_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path, boot=b"one")
    journal.append(Direction.IN, b"x")
    reserved = (tmp_path / "reserved").read_bytes()
    journal.close()
    (tmp_path / "reserved").write_bytes(reserved)
    again = Journal(tmp_path, boot=b"one")
    assert again.append(Direction.IN, b"y") == 2
    again.close()


def test_a_reservation_half_written_leaves_the_one_before(tmp_path: Path) -> None:
    reservation = Reservation(tmp_path / "reserved", b"one")
    for up_to in (10, 20, 30):
        reservation.reserve(up_to)
    reservation.close()
    data = bytearray((tmp_path / "reserved").read_bytes())
    newest = 512  # the third one is in the second slot
    data[newest + 3] ^= 0xFF
    (tmp_path / "reserved").write_bytes(data)
    again = Reservation(tmp_path / "reserved", b"two")
    assert (again.up_to, again.other_boot) == (20, True)
    again.close()


def test_what_is_cut_off_is_kept_beside(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(Direction.IN, b"whole")
    journal.close()
    path = last_segment(tmp_path)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"half an entry")
    again = Journal(tmp_path)
    assert again.repaired_bytes == 13
    assert path.with_suffix(f".{size}.damaged").read_bytes() == b"half an entry"
    again.close()


def test_a_segment_ends_with_the_day(tmp_path: Path) -> None:
    now = time.time_ns()
    journal = Journal(tmp_path, clock=lambda: now)
    journal.append(Direction.IN, b"today")
    now += 24 * 3600 * 10**9
    journal.append(Direction.IN, b"tomorrow")
    journal.append(Direction.IN, b"then too")
    assert [path.name for path in sorted(tmp_path.glob("*.journal"))] == [
        "0000000000000001.journal",
        "0000000000000002.journal",
    ]
    assert [payload for _, _, payload in contents(journal)] == [b"today", b"tomorrow", b"then too"]
    journal.close()


def test_old_segments_are_deleted_as_far_as_they_are_stored_and_never_the_last(tmp_path: Path) -> None:
    journal = Journal(tmp_path, segment_bytes=10)
    for payload in (b"one", b"two", b"three"):
        journal.append(Direction.IN, payload)
    later = time.time_ns() + 10**12
    assert journal.prune(3, 0) == 0
    assert journal.prune(0, later) == 0
    assert journal.prune(1, later) == 1
    assert journal.first_index == 2
    gone, *rest = journal.read(0, 10)
    assert (gone.number, gone.direction) == (1, Direction.EVENT)
    assert b"entries 1 to 1 of the journal have been deleted" in gone.payload
    assert [entry.payload for entry in rest] == [b"two", b"three"]
    assert gone.at_ns == rest[0].at_ns
    assert journal.prune(3, later) == 1
    assert journal.prune(3, later) == 0
    journal.close()
    again = Journal(tmp_path)
    assert [entry.payload for entry in again.read(2, 10)] == [b"three"]
    assert again.append(Direction.IN, b"four") == 4
    again.close()


def test_a_second_opener_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(JournalError, match="in use by another process"):
        Journal(tmp_path)
    journal.close()
    Journal(tmp_path).close()


def test_a_strange_file_is_not_taken_for_a_journal(tmp_path: Path) -> None:
    (tmp_path / "0000000000000001.journal").write_bytes(b"x" * 100)
    with pytest.raises(JournalError, match="not a segment"):
        Journal(tmp_path)


def test_entries_of_several_threads_get_indexes_without_holes_and_are_announced_in_order(
    tmp_path: Path,
) -> None:
    announced: list[Entry] = []
    journal = Journal(tmp_path, segment_bytes=4096)
    journal.on_append = announced.append
    start = threading.Barrier(4)

    def work(name: int) -> None:
        start.wait()
        for number in range(300):
            journal.append(Direction.IN, b"%d %d" % (name, number))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.number for entry in announced] == list(range(1, 1201))
    assert journal.read(0, 2000) == announced
    for name in range(4):
        mine = [entry.payload for entry in announced if entry.payload.startswith(b"%d " % name)]
        assert mine == [b"%d %d" % (name, number) for number in range(300)]
    journal.close()


def test_a_listener_that_fails_does_not_fail_the_append(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(entry: Entry) -> None:
        raise ValueError(entry.number)

    listener: Callable[[Entry], None] = fail
    journal = Journal(tmp_path)
    journal.on_append = listener
    assert journal.append(Direction.IN, b"x") == 1
    assert "a listener of the journal" in caplog.text
    journal.close()
