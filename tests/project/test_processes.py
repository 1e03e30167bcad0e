"""What differs between the Pythons that are supported in how processes are started."""

import os
from multiprocessing import forkserver

from analysis.kernels import forking


def test_a_process_has_others_forked_from_the_warm_parent_that_it_comes_from(monkeypatch):
    server = forkserver._forkserver
    forking.warm_up()
    if not getattr(server, "_forkserver_authkey", None):
        # Up to Python 3.13 there is no key, and one that is there opens nothing.
        monkeypatch.setattr(server, "_forkserver_authkey", b"of 3.14", raising=False)
    parents, keys = tell_of_server_and_ask(1)
    assert len(parents) == 2
    assert len(set(parents)) == 1
    assert keys == [server._forkserver_authkey] * 2  # type: ignore[attr-defined]


def tell_of_server_and_ask(generations: int) -> tuple[list[int], list[bytes]]:
    return forking.call(tell_of_server, generations)


def tell_of_server(generations: int) -> tuple[list[int], list[bytes]]:
    parents, keys = tell_of_server_and_ask(generations - 1) if generations else ([], [])
    key = forkserver._forkserver._forkserver_authkey  # type: ignore[attr-defined]
    return [os.getppid(), *parents], [key, *keys]
