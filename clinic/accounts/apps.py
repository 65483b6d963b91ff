from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "clinic.accounts"
    label = "accounts"
    verbose_name = "Staff"

    def ready(self) -> None:
        from allauth.mfa.models import Authenticator  # noqa: PLC0415  # models are ready only now

        from clinic.accounts.second_factors import IDENTITY  # noqa: PLC0415
        from clinic.vault.columns import SealedColumn, columns  # noqa: PLC0415

        columns.append(SealedColumn(Authenticator, "data", lambda _row: IDENTITY))
