from __future__ import annotations

from django.urls import path

from clients.views import entries, history, notes, own, people, wishes

urlpatterns = [
    path("clients/", people.ClientsView.as_view(), name="clients"),
    path("clients/duplicates/", people.DuplicatesView.as_view(), name="client-duplicates"),
    path("clients/<int:client_id>/", people.ClientView.as_view(), name="client"),
    path("clients/<int:client_id>/duplicates/", people.PossibleDuplicatesView.as_view(), name="possible-duplicates"),
    path("clients/<int:client_id>/merge/", people.MergeView.as_view(), name="merge-clients"),
    path("clients/<int:client_id>/confirm-email/", people.ConfirmEmailView.as_view(), name="confirm-client-email"),
    path("clients/<int:client_id>/contact-preferences/", wishes.ContactPreferencesView.as_view(), name="preferences"),
    path("clients/<int:client_id>/consents/", wishes.ConsentsView.as_view(), name="consents"),
    path("clients/<int:client_id>/timeline/", history.TimelineView.as_view(), name="timeline"),
    path("clients/<int:client_id>/export/", history.ExportView.as_view(), name="export-client"),
    path("clients/<int:client_id>/notes/", notes.NotesView.as_view(), name="notes"),
    path("clients/<int:client_id>/screenings/", notes.ScreeningsView.as_view(), name="screenings"),
    path("clients/<int:client_id>/intake/", entries.IntakesView.as_view(), name="intakes"),
    path("clients/<int:client_id>/measurements/", entries.MeasurementsView.as_view(), name="measurements"),
    path("clients/<int:client_id>/body-charts/", entries.BodyChartsView.as_view(), name="body-charts"),
    path("clients/<int:client_id>/home-care/", entries.HomeCareView.as_view(), name="home-care"),
    path("notes/<uuid:note_id>/", notes.NoteView.as_view(), name="note"),
    path("notes/<uuid:note_id>/sign/", notes.SignNoteView.as_view(), name="sign-note"),
    path("notes/<uuid:note_id>/addenda/", notes.AddendaView.as_view(), name="note-addenda"),
    path("screenings/<uuid:screening_id>/", notes.ScreeningView.as_view(), name="screening"),
    path("me/", own.OwnProfileView.as_view(), name="own-profile"),
    path("me/contact-preferences/", own.OwnContactPreferencesView.as_view(), name="own-preferences"),
    path("me/consents/", own.OwnConsentsView.as_view(), name="own-consents"),
    path("me/intake/", entries.OwnIntakeView.as_view(), name="own-intakes"),
    path("me/home-care/", entries.OwnHomeCareView.as_view(), name="own-home-care"),
    path("me/data/", own.OwnDataView.as_view(), name="own-data"),
]
