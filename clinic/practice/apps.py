from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "clinic.practice"
    label = "practice"
    verbose_name = "Settings"
