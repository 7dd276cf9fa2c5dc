"""The letters word for word, in text and HTML; what they never say; how they are stopped."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from aftercare import letters, services
from aftercare.access import Session
from aftercare.blocks import book
from clinic.outbox import wishes
from clinic.outbox.draining import drain
from clinic.outbox.registry import Mail
from clinic.people.models import Link, User
from intake.flags import FLAGS
from tests import make
from tests.aftercare.reading import grade
from tests.aftercare.words import record, written
from tests.cast import NOW, clara

ENDS = NOW + timedelta(hours=2)
KINDS = ("m10_after", "m11_morning", "m12_checkin", "m12b_checkin_nudge", "m13_week", "m14_support")
HELP = """Call 999 now if you have any of these.
- A sudden, very bad headache.
- A weak face, arm or leg.
- Chest pain or trouble breathing.
- Numbness between the legs, or loss of bladder or bowel control.
- You faint.
Get help the same day if one leg is swollen and sore, or you have a fever or bad belly pain."""
GENERAL = f"""Hi Ada,

Thank you for coming today. Take the next few hours slowly.

You may feel calm, light, sleepy or a little spaced out. Get up in stages: sit first, then stand.

Please do not drive until you feel fully awake and clear.

Have a drink when you are thirsty. Water, tea, milk or juice all count. There is no need to drink a lot.

Eat something simple when you are hungry. Leave hard exercise and big choices until tomorrow if you can.

Feelings can shift after a quiet session. Be kind to yourself tonight.

{HELP}

Clara Weiss
"""
DETAILED = f"""Hi Ada,

Thank you for coming today. Take the next few hours slowly.

You may feel calm, light, sleepy or a little spaced out. Get up in stages: sit first, then stand. If you feel dizzy, \
sit or lie down right away. Hold on to something as you rise. If it lasts, call your doctor.

Please do not drive until you feel fully awake and clear.

Drink as you normally do. If your care team has given you a drinks plan, keep to it.

Eat something simple when you are hungry. Leave hard exercise and big choices until tomorrow if you can.

Give your jaw a rest today. Pick soft foods. Take small bites. Skip gum and hard crusts. Try not to yawn wide. Let \
your lips meet and your teeth stay apart.

Your cheeks or gums may feel tender for a day. Brush gently. Tell me if you see a sore spot, swelling or bleeding.

Your hips or low back may feel loose, heavy or a little sore. Go easy with lifting and long sitting today. Use the \
toilet as you normally would.

We used firmer touch today, so you may feel it for a day or two. A small bruise can happen. Sharp or growing belly \
pain is not expected. Get medical help if you have it. Large or spreading bruise? Call your doctor.

Tears, laughter, heat or shaking can come and go. You are not doing it wrong. Find a calm spot, feel your feet on the \
floor, and look around the room. Be with someone you trust if you can.

{HELP}

If your jaw sticks open, or your face swells, get urgent care.

Clara Weiss
"""
MORNING = f"""Hi Ada,

How is your body today? Many people feel no different. Some feel at ease. Some feel a mild ache, like the day after \
exercise. That tends to fade in a day or two.

A gentle walk can feel good. Try 10 minutes at a pace where you can chat with ease. Stop if it hurts.

Have a drink when you are thirsty. Water, tea, milk or juice all count. There is no need to drink a lot.

If you sit a lot, stand up and stretch each half hour or so.

Warmth and rest can help an ache. Do what feels kind to you.

If you feel worse, or something worries you, call me on 020 7946 0000.

{HELP}

Clara Weiss
"""
CHECKIN = """Hi Ada,

May I ask how you are? It takes one minute.

Open the check-in: LINK

I read these on working days. If something feels wrong, please do not wait for me. Call your doctor, or 999 if it is \
urgent.

Clara Weiss
"""
NUDGE = """Hi Ada,

There is no need to reply. If you would like to, the check-in is still open: LINK

Clara Weiss
"""
WEEK = """Hi Ada,

It is a week since your session. You may like to take a quiet minute and ask:

How do I stand, sit and breathe today? How am I sleeping? Do I feel more at ease, the same, or less?

You can tell me in three quick taps: LINK
Honest answers help most, even if nothing has changed.

If you would like to come back, you can book here: LINK
There is no rush.

If you have seen no change after a few visits, I will say so, and we can think about other help.

Clara Weiss
"""
SUPPORT = """Hi Ada,

Thank you for telling me how you are. Strong feelings can come up after quiet time. They often ease in a day or two.

Things that can help: feel your feet on the floor. Name five things you can see. Wrap up warm. Call someone you trust.

If it lasts more than a few days, or gets in the way of life, please talk to your doctor or a counsellor. I am not a \
counsellor, but I can help you find one.

If you ever feel unsafe, call Samaritans on 116 123 day or night, or 999.

Clara Weiss, 020 7946 0000
"""


def body(text: str) -> str:
    """The letter without its footer, its links made the same."""
    return re.sub(r"http\S+", "LINK", text.split("\nStillpoint\n", maxsplit=1)[0])


def letter(kind: str, session: Session) -> Mail:
    """The letter as it leaves; words of support are sent by a person."""
    user = clara().user
    assert isinstance(user, User)
    if kind == "m14_support":
        services.send(session=session, kind=kind, by=user, now=ENDS)
    return written(kind, session.booking.code, ENDS)


def close(session: Session, **changes: object) -> None:
    user = clara().user
    assert isinstance(user, User)
    services.save_record(session=session, content=record(**changes), version=0, by=user, now=ENDS)
    services.close_record(session=session, version=1, by=user, now=ENDS)


def consents_to_detail(session: Session) -> None:
    session.client.wants_email_detail = True
    session.client.save()


@pytest.mark.parametrize(
    ("kind", "subject", "text"),
    [
        ("m10_after", "After today", GENERAL),
        ("m12_checkin", "A one-minute check-in", CHECKIN),
        ("m12b_checkin_nudge", "Still happy to hear from you", NUDGE),
        ("m13_week", "One week on", WEEK),
        ("m14_support", "Some support, if it helps", SUPPORT),
    ],
)
def test_a_letter_word_for_word(session: Session, kind: str, subject: str, text: str) -> None:
    mail = letter(kind, session)

    assert mail.subject == subject
    assert body(mail.text) == text


def test_the_morning_letter_word_for_word(session: Session) -> None:
    make.flags(session.client, "n_sit_long")

    mail = written("m11_morning", session.booking.code, ENDS)

    assert (mail.subject, body(mail.text)) == ("Good morning", MORNING)


def test_with_consent_the_letter_is_shaped_by_the_record(session: Session) -> None:
    consents_to_detail(session)
    make.flags(session.client, "p_heart", "p_dizzy", "p_panic", "p_anticoag")
    close(
        session,
        areas=("jaw_outside", "jaw_inside", "sacrum"),
        touch_style="direct_pressure",
        leave_check=(*record().leave_check, "not_driving"),
        glove="nitrile",
        mouth_consent_at="10:05",
        mouth_minutes=4,
        mouth_tolerated="well",
    )

    assert body(written("m10_after", session.booking.code, ENDS).text) == DETAILED


def test_without_consent_the_letter_points_to_the_notes(session: Session) -> None:
    close(session, areas=("jaw_outside", "sacrum"), touch_style="direct_pressure")

    text = body(written("m10_after", session.booking.code, ENDS).text)

    assert text == GENERAL.replace(f"\n{HELP}", f"\nYour notes are here: LINK\n\n{HELP}")


def test_an_evening_session_has_one_longer_letter_in_the_morning(session: Session) -> None:
    late = make.session(client=session.client, starts_at=NOW + timedelta(hours=10, minutes=30))

    text = written("m11_morning", late.booking.code, ENDS).text

    assert "You may still feel calm, light, sleepy" in text
    assert "Please do not drive until" in text


def test_text_and_html_say_the_same(session: Session) -> None:
    consents_to_detail(session)
    close(session, areas=("jaw_outside",))

    for kind in KINDS:
        mail = letter(kind, session)
        html = unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", mail.html.replace("</a>", ""), flags=re.DOTALL))
        for word in re.sub(r":? http\S+", "", mail.text).replace("\n- ", "\n").split():
            assert word in html, (kind, word)


def test_their_own_words_are_quoted_only_with_consent(session: Session) -> None:
    make.answered(session.client, "stress", {"str_settle": "tea & <b>my cat</b>"})
    assert "my cat" not in letter("m14_support", session).text

    consents_to_detail(session)
    close(session)
    mail = letter("m14_support", session)

    assert "You told me this helps you: tea & <b>my cat</b>." in mail.text
    assert "tea &amp; &lt;b&gt;my cat&lt;/b&gt;." in mail.html


def test_a_next_session_drops_the_line_about_booking(session: Session) -> None:
    make.session(client=session.client, starts_at=NOW + timedelta(days=14))

    text = written("m13_week", session.booking.code, ENDS).text

    assert "come back" not in text
    assert "three quick taps" in text


def test_no_letter_without_consent_tells_of_body_or_answers(session: Session) -> None:
    flags = [flag for flag in FLAGS if flag in book().words and not flag.startswith("u_")]
    all_ticked = (*record().leave_check, "not_driving")
    close(session, areas=("jaw_outside", "sacrum"), touch_style="direct_pressure", leave_check=all_ticked)
    make.flags(session.client, *flags)
    private = re.compile(r"\b(jaw|hips?|pelvi\w*|mouth|gums?|bruise|midwife|pregnan\w*|firmer|sacrum|blood)\b")

    for kind in KINDS:
        mail = letter(kind, session)
        assert not private.search(mail.text.lower()), kind
        assert not private.search(mail.subject.lower()), kind


@pytest.mark.parametrize("kind", KINDS)
def test_reading_grade_is_seven_at_most_and_nothing_shouts(session: Session, kind: str) -> None:
    text = body(letter(kind, session).text)

    assert grade(text) <= 7
    assert "!" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_can_be_stopped_by_one_press(session: Session, kind: str, settings: Settings) -> None:
    settings.SITE_URL = "https://book.stillpoint.co.uk"

    mail = letter(kind, session)

    url = mail.headers["List-Unsubscribe"].strip("<>")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"https://book\.stillpoint\.co\.uk/u/[\w-]{22}/", url)
    assert len(url) <= 55
    assert f"Stop letters like this: {url}" in mail.text
    assert Link.objects.get(purpose=Link.Purpose.STOP).about == wishes.code_of(kind)


def test_the_header_for_stopping_is_on_one_line(session: Session, mailoutbox: list[EmailMessage]) -> None:
    letters.resync(session, now=NOW)
    drain(now=ENDS + timedelta(hours=2))

    raw = mailoutbox[0].message().as_string()
    assert re.search(r"^List-Unsubscribe: <http\S+>$", raw, re.MULTILINE)
    assert mailoutbox[0].reply_to == ["clara@example.org"]
