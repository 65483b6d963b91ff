from clients.models.consents import ConsentRecord
from clients.models.entries import RecordEntry
from clients.models.merges import MergeRecord
from clients.models.people import Client, ContactPreference
from clients.models.records import Addendum, Screening, TreatmentNote
from clients.models.rules import RecordRules

__all__ = [
    "Addendum",
    "Client",
    "ConsentRecord",
    "ContactPreference",
    "MergeRecord",
    "RecordEntry",
    "RecordRules",
    "Screening",
    "TreatmentNote",
]
