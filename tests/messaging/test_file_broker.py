"""Wake-ups through files on one machine: read whole, whatever the moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

QUEUE = "celery"
OURS = "clinic.messaging.file_broker:Transport"
KOMBUS = "filesystem"


class OnWriting:
    """Something to send that does something else at the moment it is written down."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self._act = act

    def __json__(self) -> str:
        self._act()
        return "written"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("messages", "processed", "control"):
        (tmp_path / name).mkdir()
    return tmp_path


def channel_of(transport: str, folder: Path) -> Any:
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "processed_folder": str(folder / "processed"),
        "control_folder": str(folder / "control"),
    }
    return Connection("filesystem://localhost/", transport=transport, transport_options=options).channel()


def test_message_being_written_is_not_there_yet(folder: Path) -> None:
    sender, worker = channel_of(OURS, folder), channel_of(OURS, folder)

    def look() -> None:
        with pytest.raises(Empty):
            worker._get(QUEUE)

    sender._put(QUEUE, {"body": OnWriting(look)})
    assert worker._get(QUEUE) == {"body": "written"}
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_message_being_written_ends_a_worker_on_the_librarys_own_transport(folder: Path) -> None:
    """The control: what the transport of ours is for."""
    sender, worker = channel_of(KOMBUS, folder), channel_of(KOMBUS, folder)

    def look() -> None:
        with pytest.raises(ValueError, match="Expecting value"):
            worker._get(QUEUE)

    sender._put(QUEUE, {"body": OnWriting(look)})


def test_message_that_cannot_be_read_is_passed_over(folder: Path) -> None:
    channel = channel_of(OURS, folder)
    (folder / "messages" / f"0_torn.{QUEUE}.msg").write_text('{"bo')
    channel._put(QUEUE, {"body": "whole"})
    assert channel._get(QUEUE) == {"body": "whole"}
    with pytest.raises(Empty):
        channel._get(QUEUE)


def test_list_of_queues_that_was_left_half_written_is_begun_anew(folder: Path) -> None:
    channel = channel_of(OURS, folder)
    (folder / "control" / "celery.exchange").write_text("")
    channel._queue_bind("celery", "celery", "", QUEUE)
    assert [tuple(row) for row in channel.get_table("celery")] == [("celery", "", QUEUE)]
