from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"

    def ready(self) -> None:
        from clients.services.screening import keep_guide_answers  # noqa: PLC0415  # models are ready only now
        from treatments import hooks as treatment_hooks  # noqa: PLC0415

        treatment_hooks.on_safety_answer.append(keep_guide_answers)
