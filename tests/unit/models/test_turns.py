"""The line in which writers of one process stand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from lti_tool.models.turns import NoTurn, Turns

SOON = 5.0


def _start(call: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=call)
    thread.start()
    return thread


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_who_came_first_is_served_first() -> None:
    turns, served = Turns(SOON), list[int]()

    def work(number: int) -> None:
        with turns.taken():
            served.append(number)

    threads = []
    with turns.taken():
        for number in range(20):
            threads.append(_start(lambda number=number: work(number)))
            _until(lambda number=number: len(turns._line) == number + 1)
    for thread in threads:
        thread.join()
    assert served == list(range(20))


def test_who_waits_too_long_is_told_and_holds_up_nobody() -> None:
    turns, failed = Turns(0.02), list[NoTurn]()

    def give_up() -> None:
        try:
            with turns.taken():
                pass
        except NoTurn as error:
            failed.append(error)

    with turns.taken():
        _start(give_up).join()
    with turns.taken():
        pass
    assert "within 0.02 seconds" in str(failed[0])


def test_who_holds_the_turn_never_waits_for_themselves() -> None:
    turns = Turns(SOON)
    with turns.taken():
        with pytest.raises(RuntimeError, match="within a write"), turns.taken():
            pass
        assert turns._holder == threading.get_ident()
    with turns.taken():
        pass


def test_a_failure_passes_the_turn_on() -> None:
    turns = Turns(SOON)
    with pytest.raises(ZeroDivisionError), turns.taken():
        raise ZeroDivisionError
    with turns.taken():
        pass
    assert turns._holder is None


def test_who_is_called_at_the_last_moment_has_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, served = Turns(SOON), list[bool]()

    class Late(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            super().wait(timeout)
            return False  # the time was over just before the call

    def work() -> None:
        with turns.taken():
            served.append(True)

    monkeypatch.setattr("lti_tool.models.turns.threading.Event", Late)
    with turns.taken():
        line = turns._line
        thread = threading.Thread(target=work)
        monkeypatch.undo()
        thread.start()
        _until(lambda: len(line) == 1)
    thread.join()
    assert served == [True]
    assert turns._holder is None
