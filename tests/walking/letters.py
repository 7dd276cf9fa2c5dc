"""The letters of the whole path, word for word, and how a letter that arrived is compared with them."""

import re
from email.message import EmailMessage

from tests.mailbox import html_of, text_of
from tests.walking.reading import Page, squeezed

# Secret addresses differ each time; <i> is the form, <b> the booking, <c> the check-in, <u> the way to stop letters.
SECRET = re.compile(r"http://127\.0\.0\.1:\d+/(?:([bciu])/[\w-]{20,}|(book))/")

FOOT = """
Stillpoint
1 High Street, London N1 2AB
"""
STOP = """
You get this letter because you come to us for sessions. Stop letters like this: <u>
You will still get letters about your bookings.
"""
EMERGENCY = """
Call 999 now if you have any of these.
- A sudden, very bad headache.
- A weak face, arm or leg.
- Chest pain or trouble breathing.
- Numbness between the legs, or loss of bladder or bowel control.
- You faint.
Get help the same day if one leg is swollen and sore, or you have a fever or bad belly pain.
"""
DRINK = "Have a drink when you are thirsty. Water, tea, milk or juice all count. There is no need to drink a lot."

BOOKED = """
Hi Nora,

Thank you for booking. I will see you on {day} at {time}.

Where: 1 High Street, London N1 2AB.

What comes next: a short health form. It helps me keep you safe.

Open your form: <i>

The link is just for you. You can stop and come back.

Need to change the time? See your booking: <b>
You can also call 020 7946 0000.

Warm wishes, Ama Owusu
"""
EXPECT = """
Hi Nora,

I look forward to seeing you on {day} at {time}. Here is what to expect.

You stay fully dressed. Soft, loose clothes are best.

You lie on a couch, or sit if you like that more.

I rest my hands lightly on one area at a time. I ask first. You can say no, pause or stop at any time, and you do not need a reason.

You may feel warm, still, sleepy or a small twitch. Feelings may come up. You may also feel very little. All of that is fine.

Please eat a light meal first, and drink as you normally do. If you can, keep the hour after free and quiet.

Has your health changed, or might you be ill? Tell me first. See your booking: <b>
You can also call 020 7946 0000.

Ama Owusu
"""  # noqa: E501 - letters are compared as they stand
TOMORROW = """
Hi Nora,

A short note that we meet tomorrow at {time}, at 1 High Street, London N1 2AB.

New injury, illness or bleeding? Please call me before you set out: 020 7946 0000.

Need to move it? See your booking: <b>

Ama Owusu
"""
AFTER = f"""
Hi Nora,

Thank you for coming today. Take the next few hours slowly.

You may feel calm, light, sleepy or a little spaced out. Get up in stages: sit first, then stand.

Please do not drive until you feel fully awake and clear.

{DRINK}

Eat something simple when you are hungry. Leave hard exercise and big choices until tomorrow if you can.

Feelings can shift after a quiet session. Be kind to yourself tonight.
{EMERGENCY}
Ama Owusu
"""
MORNING = f"""
Hi Nora,

How is your body today? Many people feel no different. Some feel at ease. Some feel a mild ache, like the day after exercise. That tends to fade in a day or two.

A gentle walk can feel good. Try 10 minutes at a pace where you can chat with ease. Stop if it hurts.

{DRINK}

Warmth and rest can help an ache. Do what feels kind to you.

If you feel worse, or something worries you, call me on 020 7946 0000.
{EMERGENCY}
Ama Owusu
"""  # noqa: E501
CHECK_IN = """
Hi Nora,

May I ask how you are? It takes one minute.

Open the check-in: <c>

I read these on working days. If something feels wrong, please do not wait for me. Call your doctor, or 999 if it is urgent.

Ama Owusu
"""  # noqa: E501
WEEK = """
Hi Nora,

It is a week since your session. You may like to take a quiet minute and ask:

How do I stand, sit and breathe today? How am I sleeping? Do I feel more at ease, the same, or less?

You can tell me in three quick taps: <c>
Honest answers help most, even if nothing has changed.

If you would like to come back, you can book here: <book>
There is no rush.

If you have seen no change after a few visits, I will say so, and we can think about other help.

Ama Owusu
"""
# Subject and words, in the order of leaving.
LETTERS = [
    ("{day}, {time}: your booking", BOOKED + FOOT),
    ("{day}, {time}: see you then", EXPECT + FOOT),
    ("{day}, {time}: a short reminder", TOMORROW + FOOT),
    ("After today", AFTER + FOOT + STOP),
    ("Good morning", MORNING + FOOT + STOP),
    ("A one-minute check-in", CHECK_IN + FOOT + STOP),
    ("One week on", WEEK + FOOT + STOP),
]


def expected(number: int, when: str) -> tuple[str, str]:
    """The subject and the words of one letter about a session at `when`, such as "Monday 30 November at 9:00"."""
    day, time = when.split(" at ")
    subject, words = LETTERS[number]
    return subject.format(day=day, time=time), words.format(day=day, time=time)


def assert_says(mail: EmailMessage, subject: str, words: str) -> None:
    """The subject, the text and the HTML say exactly this; both parts carry the same addresses in the same order."""
    assert mail["Subject"] == subject
    text, html = text_of(mail), html_of(mail)
    assert text_without_secrets(text).strip() == re.sub(r"\n{3,}", "\n\n", words).strip()
    page = Page(html)
    shown = squeezed(f"{page.main} {page.words('footer')}")
    spoken = re.sub(r": <\w+>", "", re.sub(r"^- ", "", words, flags=re.MULTILINE))
    assert shown == squeezed(f"Stillpoint {subject} {spoken}")
    shown_addresses = [href for _, href in page.links() if not href.startswith("tel:")]
    assert shown_addresses == re.findall(r"https?://\S+", text)


def text_without_secrets(text: str) -> str:
    return SECRET.sub(lambda found: f"<{found[1] or found[2]}>", text)
