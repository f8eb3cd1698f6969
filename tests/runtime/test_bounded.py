from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from samdesk.runtime.bounded import BoundedCache


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), max_size=30))
def test_stays_within_its_bytes_and_keeps_the_most_urgent(puts: list[tuple[int, int]]) -> None:
    cache: BoundedCache[int, int] = BoundedCache(100, size=lambda v: v, rank=lambda k: k)
    for key, size in puts:
        cache.put(key, size)
        assert cache.nbytes == sum(cache.values())
        assert cache.nbytes <= 100
    if puts:
        seen = {key for key, _ in puts}
        assert not seen or min(seen) in cache


def test_has_room_when_only_less_urgent_entries_must_go() -> None:
    cache: BoundedCache[int, int] = BoundedCache(10, size=lambda v: v, rank=lambda k: k)
    cache.put(1, 5)
    cache.put(3, 5)
    assert cache.has_room_for(2, 5)
    assert not cache.has_room_for(4, 5)


def test_one_entry_larger_than_the_bound_is_kept_alone() -> None:
    cache: BoundedCache[str, int] = BoundedCache(10, size=lambda v: v, rank=lambda k: 0)
    cache.put("a", 5)
    cache.put("b", 50)
    assert len(cache) == 1
