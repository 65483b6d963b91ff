"""What everybody may know of the clinic and its therapists."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bookings.models import Therapist
from treatments.prose import render_markdown


class LocationSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    address = serializers.CharField()
    directions = serializers.CharField()


class PublicRulesSerializer(serializers.Serializer[Any]):
    grid_minutes = serializers.IntegerField()
    minimum_notice_hours_new = serializers.IntegerField()
    minimum_notice_hours_returning = serializers.IntegerField()
    horizon_days = serializers.IntegerField()
    hold_minutes = serializers.IntegerField()
    upcoming_bookings_cap = serializers.IntegerField()
    cancellation_notice_hours = serializers.IntegerField()
    late_cancellation_fee_percent = serializers.IntegerField()
    no_show_fee_percent = serializers.IntegerField()


class BankHolidaysSerializer(serializers.Serializer[Any]):
    is_closed = serializers.BooleanField()
    region = serializers.CharField()
    dates = serializers.ListField(child=serializers.DateField(), help_text="Those within the booking horizon.")


class ClinicSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    tagline = serializers.CharField()
    address = serializers.CharField()
    phone = serializers.CharField(help_text="In E.164, or empty.")
    email = serializers.CharField()
    website = serializers.CharField()
    colour = serializers.CharField()
    logo = serializers.CharField(allow_null=True)
    time_zone = serializers.CharField()
    currency = serializers.CharField()
    locations = LocationSerializer(many=True)
    booking_rules = PublicRulesSerializer()
    cancellation_policy = serializers.CharField()
    bank_holidays = BankHolidaysSerializer()


class TherapistRoomSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    location = serializers.IntegerField(source="location_id")


class TherapistSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    biography = serializers.SerializerMethodField(help_text="HTML, made safe.")
    treatments = serializers.SerializerMethodField(help_text="Slugs.")
    locations = serializers.SerializerMethodField(help_text="Ids.")
    rooms = TherapistRoomSerializer(many=True, source="rooms.all")

    def get_biography(self, therapist: Therapist) -> str:
        return render_markdown(therapist.biography)

    def get_treatments(self, therapist: Therapist) -> list[str]:
        return [treatment.slug for treatment in therapist.treatments.all()]

    def get_locations(self, therapist: Therapist) -> list[int]:
        return sorted({room.location_id for room in therapist.rooms.all()})
