"""Whoever writes to a client's record holds its row first."""

from __future__ import annotations

from clients.models import Client
from clinic.errors import NotFound
from clinic.transactions import transaction_required


@transaction_required
def locked_client(client_id: int) -> Client:
    """The record, locked until the transaction ends; where it was merged, the one it became part of.

    # Note [Why we lock the client]
    A merge moves what hangs on one record to another. What is added at the same moment would be left
    behind at the merged one, sealed for the wrong client. So both sides take this lock first.

    Raises NotFound.
    """
    clients = Client.objects.select_for_update(no_key=True)
    client = clients.filter(pk=client_id).first()
    while client is not None and client.merged_into_id is not None:
        client = clients.filter(pk=client.merged_into_id).first()
    if client is None:
        raise NotFound
    return client
