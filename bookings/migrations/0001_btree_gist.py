from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations


class Migration(migrations.Migration):
    """What the exclusion constraint needs on PostgreSQL. SQLite passes it by."""

    initial = True
    dependencies = []
    operations = [BtreeGistExtension()]
