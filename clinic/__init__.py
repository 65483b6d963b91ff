"""Groundwork: booking and client notes for hands-on therapy clinics."""

from clinic.celery import app as celery_app

__all__ = ("celery_app",)
