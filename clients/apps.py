from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"

    def ready(self) -> None:
        from clients.sealing import COLUMNS  # noqa: PLC0415  # models are ready only now
        from clients.selectors.people import records_of  # noqa: PLC0415
        from clients.services.claiming import claim_records  # noqa: PLC0415
        from clients.services.screening import keep_guide_answers  # noqa: PLC0415
        from clinic.accounts import hooks as account_hooks  # noqa: PLC0415
        from clinic.audit import hooks as audit_hooks  # noqa: PLC0415
        from clinic.vault.columns import columns  # noqa: PLC0415
        from treatments import hooks as treatment_hooks  # noqa: PLC0415

        account_hooks.on_address_proved.append(claim_records)
        treatment_hooks.on_safety_answer.append(keep_guide_answers)
        audit_hooks.records_of.append(records_of)
        columns.extend(COLUMNS)
