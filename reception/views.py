"""The public pages: what anyone may read before they book."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from bookings.access import services_online
from bookings.offering import full_until
from clinic.people import clock
from clinic.people.models import Practice, Practitioner
from clinic.people.receipts import once_per_form
from reception.forms import ContactForm, NewLinkForm
from reception.new_links import ask_for_links
from reception.writing import TooManyMessagesError, write_to_practice


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    people, offered = Practitioner.objects.filter(is_active=True), list(services_online())
    full = full_until(offered, now=clock.now(), practice=Practice.objects.the())
    return render(request, "reception/landing.html", {"services": offered, "practitioners": people, "full": full})


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    return render(request, "reception/services.html", {"services": services_online()})


@require_safe
def what_to_expect(request: HttpRequest) -> HttpResponse:
    return render(request, "reception/what_to_expect.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "reception/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "reception/accessibility.html")


@once_per_form
def contact(request: HttpRequest) -> HttpResponse:
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if form.is_from_a_program:
            return redirect("contact-sent")  # it may believe so
        words = {key: form.cleaned_data[key] for key in ("name", "reply_to", "message")}
        try:
            write_to_practice(**words, now=clock.now())
        except TooManyMessagesError:
            form.add_error(None, "We cannot take more messages just now. Call us, or try again in an hour.")
        else:
            return redirect("contact-sent")
    return render(request, "reception/contact.html", {"form": form})


@require_safe
def contact_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "reception/contact_sent.html")


@once_per_form
def new_link(request: HttpRequest) -> HttpResponse:
    """For somebody whose letter is lost or whose link is too old."""
    form = NewLinkForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        ask_for_links(email=form.cleaned_data["email"].lower(), now=clock.now())
        return redirect("new-link-sent")
    return render(request, "reception/new_link.html", {"form": form})


@require_safe
def new_link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "reception/new_link_sent.html")
