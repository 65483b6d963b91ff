from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "clinic.api"
    label = "api"

    def ready(self) -> None:
        from clinic.api.idempotency import identity_of  # noqa: PLC0415  # models are ready only now
        from clinic.api.models import IdempotencyRecord  # noqa: PLC0415
        from clinic.vault.columns import SealedColumn, columns  # noqa: PLC0415

        columns.append(SealedColumn(IdempotencyRecord, "sealed_answer", identity_of))
