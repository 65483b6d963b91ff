from clients.models.people import Client, ContactPreference
from clients.models.records import Addendum, Screening, TreatmentNote

__all__ = ["Addendum", "Client", "ContactPreference", "Screening", "TreatmentNote"]
