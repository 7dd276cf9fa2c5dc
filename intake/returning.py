"""Pages for a client who comes back: last answers, questions about what was sent, and what may be changed."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from clinic.people import clock
from intake import asking, choices, consents, earlier, journey, services
from intake.forms import CodeForm, LettersForm, ReplyForm, TouchForm
from intake.models import Request
from intake.views import answering, by_link


@require_http_methods(["GET", "HEAD", "POST"])
@answering
def last_answers(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """A code goes to the address on file; typed in here, it fills the forms with the last answers."""
    now = clock.now()
    if not earlier.parts_to_fill(asked, now=now):
        return redirect("intake-tasks", token)
    if request.method == "POST" and "send" in request.POST:
        with suppress(earlier.TooManyCodes):  # the page says so
            earlier.send_code(asked=asked, now=now)
        return redirect("intake-earlier", token)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            shown = earlier.use_again(asked=asked, typed=form.cleaned_data["code"], now=now)
        except earlier.WrongCode:
            form.add_error("code", "That is not the code, or it is too old. Look again, or ask for a new one.")
        else:
            tasks = reverse("intake-tasks", args=[token])
            return redirect(journey.through_care(token, tasks) if shown else tasks)
    context = {"asked": asked, "token": token, "form": form, "is_sent": earlier.is_waiting(asked, now=now)}
    context["may_send"] = earlier.may_send(asked, now=now)
    return render(request, "intake/earlier.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def questions(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """What the practitioner would like to know about what was sent, one answer box for each question."""
    found = [each for each in asking.of(asked) if not each.row.seen_at]
    forms = [(each, ReplyForm(None, each=each)) for each in found]
    chosen = next((each for each in found if each.row.code.hex == request.POST.get("question")), None)
    form = ReplyForm(request.POST, each=chosen) if chosen else None
    if form is not None and chosen and form.is_valid():
        asking.answer(asked=asked, question=chosen.row, words=form.cleaned_data["words"], now=clock.now())
        return redirect(f"{reverse('intake-questions', args=[token])}?sent=1")
    forms = [(each, form if form and each is chosen else blank) for each, blank in forms]
    context = {"asked": asked, "token": token, "questions": forms, "form": form, "is_sent": "sent" in request.GET}
    return render(request, "intake/questions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def what_holds(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """Touch, letters and consents: to change at any time, before and after sending."""
    now, change, data = clock.now(), request.POST.get("change", ""), request.POST
    answers = consents.touch_map(asked.client)
    touch = TouchForm(data if change == "touch" else None, areas=journey.areas(), answers=answers)
    letters = LettersForm(data if change == "letters" else None, initial=_letters(asked))
    if change == "keep":
        choices.keep_no_more(asked=asked, now=now)
    elif change == "touch" and touch.is_valid():
        choices.change_touch(asked=asked, answers=touch.cleaned_data, now=now)
    elif change == "letters" and letters.is_valid():
        choices.change_letters(asked=asked, **letters.cleaned_data, now=now)
    else:
        form = touch if change == "touch" else letters if change == "letters" else None
        context = {"asked": asked, "token": token, "touch": touch, "letters": letters, "form": form}
        context |= {"is_saved": "saved" in request.GET, "may_keep": consents.may_keep_answers(asked.client)}
        return render(request, "intake/choices.html", context)
    return redirect(f"{reverse('intake-choices', args=[token])}?saved=1")


def _letters(asked: Request) -> dict[str, str]:
    client = asked.client
    if client.wants_aftercare is None:
        return {}
    known = {"wants_aftercare": client.wants_aftercare, "wants_email_detail": client.wants_email_detail}
    return {name: "yes" if wanted else "no" for name, wanted in known.items()}


@require_POST
@by_link
def reopen(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """Change what was sent, as long as nobody has read it."""
    try:
        choices.reopen(asked=asked, now=clock.now())
    except services.NotOpen:
        return redirect("intake-done", token)
    return redirect("intake-check", token)
