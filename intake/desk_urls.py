"""Addresses of the desk's pages about intake, below /desk/."""

from __future__ import annotations

from django.urls import path

from intake import desk, desk_alerts, desk_editing, desk_own, desk_paper

# /desk/intakes/
urlpatterns = [
    path("intakes/", desk.intakes, name="desk-intakes"),
    path("intakes/<uuid:code>/", desk.intake, name="desk-intake"),
    path("intakes/<uuid:code>/pdf/", desk.as_pdf, name="desk-intake-pdf"),
    path("intakes/<uuid:code>/read/", desk.mark_read, name="desk-intake-read"),
    path("intakes/<uuid:code>/ask/", desk.ask, name="desk-intake-ask"),
    path("intakes/<uuid:code>/seen/", desk.seen, name="desk-intake-seen"),
    path("intakes/flags/<uuid:code>/decide/", desk.decide, name="desk-flag-decide"),
    path("intakes/flags/<uuid:code>/take/", desk.take, name="desk-flag-take"),
    path("intakes/flags/<uuid:code>/clear/", desk.clear, name="desk-flag-clear"),
    path("alerts/", desk_alerts.listed, name="desk-alerts"),
    path("alerts/<uuid:code>/", desk_alerts.alert, name="desk-alert"),
    path("alerts/<uuid:code>/take/", desk_alerts.take, name="desk-alert-take"),
    path("alerts/<uuid:code>/pass-on/", desk_alerts.pass_on, name="desk-alert-pass-on"),
    path("alerts/<uuid:code>/close/", desk_alerts.close, name="desk-alert-close"),
    path("intakes/<uuid:code>/paper/", desk_paper.of_client, name="desk-intake-paper"),
    path("intakes/<uuid:code>/paper/agree/", desk_paper.agree, name="desk-intake-paper-agree"),
    path("intakes/<uuid:code>/paper/about/", desk_paper.about, name="desk-intake-paper-about"),
    path("intakes/<uuid:code>/paper/print/", desk_paper.print_asked, name="desk-intake-paper-print"),
    path("paper/", desk_paper.paper, name="desk-paper"),
    path("paper/blank/<slug:slug>/", desk_paper.print_blank, name="desk-paper-blank"),
    path("paper/answers/<slug:typed>/", desk_paper.answers, name="desk-paper-answers"),
    path("questionnaires/", desk_own.questionnaires, name="desk-questionnaires"),
    path("questionnaires/add/", desk_own.take_in, name="desk-questionnaire-add"),
    path("questionnaires/copy/<slug:slug>/", desk_own.copy, name="desk-questionnaire-copy"),
    path("questionnaires/<uuid:code>/", desk_own.questionnaire, name="desk-questionnaire"),
    path("questionnaires/<uuid:code>/do/", desk_own.act, name="desk-questionnaire-act"),
    path("questionnaires/<uuid:code>/fhir.json", desk_own.as_fhir, name="desk-questionnaire-fhir"),
    path("questionnaires/<uuid:code>/versions/<int:number>/", desk_own.version, name="desk-questionnaire-version"),
    path("questionnaires/<uuid:code>/preview/<int:number>/", desk_editing.preview, name="desk-questionnaire-preview"),
    path("questionnaires/<uuid:code>/questions/add/", desk_editing.new_item, name="desk-questionnaire-item-add"),
    path("questionnaires/<uuid:code>/questions/<int:place>/", desk_editing.item, name="desk-questionnaire-item"),
    path("questionnaires/<uuid:code>/questions/<int:place>/move/", desk_editing.move, name="desk-questionnaire-move"),
]
