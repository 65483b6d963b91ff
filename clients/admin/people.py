"""Clients' records in the owner's site. Nothing clinical is shown here, not even that it exists."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from clients.admin.forms import ClientForm, today
from clients.models import Client
from clients.selectors import visible_to
from clients.selectors.duplicates import possible_duplicates_of
from clients.selectors.people import search_clients
from clients.services.custody import set_care_team, set_legal_hold
from clients.services.merging import merge_clients
from clients.services.people import create_client, update_client
from clinic.accounts.models import User
from clinic.errors import DomainError
from clinic.transactions import owns_transaction

_FEWEST_TO_MERGE = 2


@admin.register(Client)
class ClientAdmin(ModelAdmin):  # type: ignore[misc]  # unfold carries no types
    form = ClientForm
    list_display: ClassVar = ("display_name", "email", "phone", "date_of_birth", "alert_line", "created_at")
    ordering: ClassVar = ("last_name", "first_name", "pk")
    search_fields: ClassVar = ("last_name",)  # shows the search box; what it finds is in get_search_results
    search_help_text = "Part of a name, of an address or of a telephone number."
    readonly_fields: ClassVar = ("possible_duplicates", "merged_from", "last_treated_on", "created_at", "updated_at")
    actions: ClassVar = ("merge_records",)
    fieldsets: ClassVar = (
        (None, {"fields": ("version", "first_name", "last_name", "preferred_name", "date_of_birth", "alert_line")}),
        ("How to reach them", {"fields": ("email", "phone", "address")}),
        ("In an emergency", {"fields": ("emergency_contact_name", "emergency_contact_phone")}),
        ("GP", {"fields": ("gp_name", "gp_practice")}),
        ("Parent or guardian", {"fields": ("guardian_name", "guardian_phone", "guardian_relationship")}),
        ("Care", {"fields": ("care_team", "last_treated_on")}),
        ("Keeping the record", {"fields": ("is_on_legal_hold", "legal_hold_reason", "created_at", "updated_at")}),
        ("The same person?", {"fields": ("possible_duplicates", "merged_from")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        return visible_to(_actor(request)).order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Client], search_term: str
    ) -> tuple[QuerySet[Client], bool]:
        return (search_clients(queryset, search_term) if search_term.strip() else queryset), False

    def has_delete_permission(self, request: HttpRequest, obj: Client | None = None) -> bool:
        """A health record is kept for as long as the law asks."""
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return answer

    def save_model(self, request: HttpRequest, obj: Client, form: ClientForm, change: bool) -> None:  # noqa: FBT001  # Django's signature
        saved = _save(obj if change else None, form, actor=_actor(request))
        obj.pk, obj.first_name, obj.last_name = saved.pk, saved.first_name, saved.last_name

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        """The services have written everything."""

    @admin.display(description="Possible duplicates")
    def possible_duplicates(self, client: Client) -> SafeString | str:
        found = possible_duplicates_of(client, among=Client.objects.all()) if client.pk else []
        return _links((other, ", ".join(reasons).replace("_", " ")) for other, reasons in found) or "None found."

    @admin.display(description="Records merged into this one")
    def merged_from(self, client: Client) -> str:
        merged = client.merged_records.order_by("pk") if client.pk else ()
        return ", ".join(f"{record.display_name} ({record.pk})" for record in merged) or "None."

    @admin.action(description="Merge into the oldest of them")
    def merge_records(self, request: HttpRequest, queryset: QuerySet[Client]) -> HttpResponse | None:
        records = list(queryset.order_by("created_at", "pk"))
        if len(records) < _FEWEST_TO_MERGE:
            self.message_user(request, "Choose two records or more.", messages.WARNING)
            return None
        if "confirmed" not in request.POST:
            return self._ask(request, records)
        try:
            kept = _merge_all(records, actor=_actor(request))
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            self.message_user(request, f"Everything is now with {kept.display_name} ({kept.pk}).", messages.SUCCESS)
        return None

    def _ask(self, request: HttpRequest, records: list[Client]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Are these one person?",
            "opts": self.model._meta,
            "records": records,
            "kept": records[0],
        }
        return TemplateResponse(request, "clients/admin/merge.html", context)


@owns_transaction()
def _save(client: Client | None, form: ClientForm, *, actor: User) -> Client:
    """All of the page or nothing of it."""
    fields, chosen = form.written_fields(), form.cleaned_data
    if client is None:
        saved = create_client(fields, actor=actor, today=today())
    else:
        version = chosen.get("version") or 0
        saved = update_client(client.pk, fields=fields, version=version, actor=actor, today=today())
    set_care_team(saved.pk, members=chosen["care_team"], actor=actor)
    hold, reason = chosen["is_on_legal_hold"], chosen["legal_hold_reason"]
    return set_legal_hold(saved.pk, is_on_hold=hold, reason=reason, actor=actor)


@owns_transaction()
def _merge_all(records: list[Client], *, actor: User) -> Client:
    """All of them into the first, or none."""
    kept, *others = records
    for other in others:
        kept = merge_clients(kept.pk, merged_id=other.pk, version=kept.version, actor=actor, now=timezone.now())
    return kept


def _links(pairs: Any) -> SafeString:
    rows = [
        (reverse("admin:clients_client_change", args=(client.pk,)), client.display_name, client.pk, words)
        for client, words in pairs
    ]
    return format_html_join("", '<p><a href="{}" class="underline">{}</a> ({}): {}</p>', rows)


def _actor(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("The owner's site is for signed-in users.")
    return request.user
