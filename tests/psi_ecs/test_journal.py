"""Journals: a replay gives the same digests, or says where it differs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from living import GOOD, LIVING, SavedCount, SavedNote, SavedPush, live, living, push, same

from psi_ecs import App, Journal, PsiError, SnapshotError


def test_a_journal_replays_to_the_same_digests() -> None:
    app = living()
    app.step(3)
    app.send(SavedPush(3.0))  # waits when the journal begins
    journal = app.record(every=2)
    for n in range(6):
        if n % 2:
            app.send(SavedPush(float(n)))
            app.send(SavedPush(-1.0))
        app.step(2)
    assert len(journal.digests) >= 5 and sorted(journal.inputs) == [3, 5, 9, 13]
    blob = journal.save()
    again = Journal.load(blob, app.types())
    assert again == journal and again.save() == blob
    other = App().add(push, live, SavedCount()).saves(SavedNote)
    other.send(SavedPush(99.0))  # the journal's run knows nothing of it
    assert same(app, other.replay(again, 12))


def test_a_replay_that_differs_stops_and_says_where() -> None:
    app = living()
    journal = app.record(every=2)
    app.step(4)
    app.send(SavedPush(1.0))
    app.step(4)
    del journal.inputs[4]
    with pytest.raises(PsiError, match="differs from the journal at tick 6"):
        app.replay(journal, 8)


@given(st.binary(min_size=1, max_size=4), st.integers(0, 10_000))
def test_a_damaged_journal_is_refused(change: bytes, at: int) -> None:
    journal = Journal(GOOD[:300], 2, {3: [SavedPush(1.0)]}, {4: "00"})
    good = journal.save()
    at %= len(good) - len(change)
    bad = good[:at] + change + good[at + len(change) :]
    for blob in {bad, good[:at]} - {good}:
        with pytest.raises(SnapshotError, match=r"journal|saved data"):
            Journal.load(blob, LIVING.types())
