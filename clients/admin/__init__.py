from clients.admin.people import ClientAdmin
from clients.admin.rules import RecordRulesAdmin

__all__ = ["ClientAdmin", "RecordRulesAdmin"]
