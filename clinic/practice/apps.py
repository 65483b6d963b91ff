from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "clinic.practice"
    label = "practice"
    verbose_name = "Settings"

    def ready(self) -> None:
        from clinic.practice import checks  # noqa: F401, PLC0415  # registers them, once the settings are read
