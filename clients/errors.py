"""What can be refused about a client's record. See `clinic.errors`."""

from __future__ import annotations

from clinic.errors import DomainError, ErrorCode


class NoteSigned(DomainError):
    code = ErrorCode.NOTE_SIGNED
    default_message = "This note is signed and stays as it is. Write an addendum."


class NoteNotSigned(DomainError):
    code = ErrorCode.NOTE_NOT_SIGNED
    default_message = "This note is still a draft: its author can change it. Addenda are for signed notes."


class NoteIncomplete(DomainError):
    """Data: `missing`, the names of the parts that are empty."""

    code = ErrorCode.NOTE_INCOMPLETE
    default_message = "Some parts of this note are empty. A note is signed when all four are written."


class CannotMerge(DomainError):
    """Data: `reason`, one of itself, already_merged; `merged_into` where one was merged before."""

    code = ErrorCode.CANNOT_MERGE
    default_message = "These two records cannot be merged."


class EntryReplaced(DomainError):
    """Data: `replaced_by`, the id of the entry that stands in its place, where it is known."""

    code = ErrorCode.ENTRY_REPLACED
    default_message = "This entry was replaced before. Look at the one that stands in its place and correct that."
