"""No form of the house speaks as Django does: what is wrong is said in our words, which name the field."""

from collections.abc import Iterator
from importlib import import_module

from django import forms

from clinic.people.refusing import ALWAYS, InOurWords
from tests.test_house import FOLDERS, dotted, modules

for path in modules():
    if path.stem.endswith("forms") or path.stem.startswith("desk"):
        import_module(dotted(path))


class Everything(InOurWords, forms.Form):
    """One field of most kinds."""

    name = forms.CharField(label="What is your name?", min_length=3, max_length=5)
    count = forms.IntegerField(label="Minutes (50% more)", min_value=1, max_value=60)
    at = forms.TimeField(label="At")
    on = forms.DateField(label="On")
    email = forms.EmailField(label="Email address")
    one = forms.ChoiceField(label="Kind", choices=[("a", "A")])
    several = forms.MultipleChoiceField(label="Places", choices=[("a", "A")])
    sure = forms.BooleanField(label="I am sure")
    own = forms.CharField(label="Own", error_messages={"required": "Write a word."})


def families(kind: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for each in kind.__subclasses__():
        yield each
        yield from families(each)


def test_every_form_of_the_house_speaks_in_our_words() -> None:
    house = [each for each in families(forms.BaseForm) if each.__module__.split(".")[0] in FOLDERS]

    assert len(house) > 40
    assert [each for each in house if not issubclass(each, InOurWords)] == []


def test_what_is_missing_is_named() -> None:
    assert [words for field in Everything({}).errors.values() for words in field] == [
        "What is your name: fill this in.",
        "Minutes (50 per cent more): fill this in.",
        "At: fill this in.",
        "On: fill this in.",
        "Email address: fill this in.",
        "Kind: choose one.",
        "Places: choose at least one.",
        "I am sure: tick this to go on.",
        "Write a word.",
    ]


def test_what_cannot_be_read_is_named() -> None:
    typed = {"name": "x", "count": "x", "at": "x", "on": "x", "email": "x", "one": "x", "several": ["x"]}
    errors = Everything({**typed, "sure": "on", "own": "x"}).errors

    assert [words for field in errors.values() for words in field] == [
        "What is your name: use 3 characters or more.",
        "Minutes (50 per cent more): enter a whole number.",
        "At: enter a time, such as 10:05.",
        "On: enter a date, such as 27/3/2027.",
        "Email address: enter an address like name@example.org.",
        "Kind: choose from the list.",
        "Places: choose from the list.",
    ]


def test_what_is_too_much_or_too_little_is_named() -> None:
    for count, words in (("0", "1 or more"), ("61", "60 or less")):
        assert Everything({"count": count}).errors["count"] == [f"Minutes (50 per cent more): {words}."]
    assert Everything({"name": "x" * 6}).errors["name"] == ["What is your name: use 5 characters or fewer."]
    assert Everything({"name": "x\x00yz"}).errors["name"] == ["What is your name: leave out control characters."]


def test_there_is_a_sentence_for_each_that_django_has() -> None:
    """What an upload, a URL or an IP address is told is left out: no form of ours asks for one."""
    kinds = [forms.CharField, forms.IntegerField, forms.TimeField, forms.DateField, forms.MultipleChoiceField]
    theirs = {code for kind in kinds for code in kind().error_messages}

    assert theirs - ALWAYS.keys() == set()
