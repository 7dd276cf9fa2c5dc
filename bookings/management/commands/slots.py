"""`manage.py slots`: free starts, or why a start is not free."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookings import calendar
from bookings.calendar import Diary
from bookings.models import Service
from bookings.zones import minute
from clinic.people import clock
from clinic.people.models import Practice, Practitioner


class Command(BaseCommand):
    help = "List the free starts of a service. Dates are inclusive and local to the practitioner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--service", required=True, help="its slug")
        parser.add_argument("--practitioner", help="a slug; anyone who offers the service where absent")
        parser.add_argument("--from", dest="first", type=_date, help="2027-02-01")
        parser.add_argument("--to", dest="last", type=_date, help="2027-02-28")
        parser.add_argument("--now", type=_moment, help="as if it were this moment, ISO 8601 with offset")
        parser.add_argument("--json", action="store_true", help="what the API prints")
        parser.add_argument("--explain", type=_moment, help="which rules forbid this start, whatever the dates")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["explain"] and not (options["first"] and options["last"]):
            raise CommandError("Say from which day to which, --from DATE --to DATE; or one start, --explain ISO.")
        diary = _diary(options)
        if options["explain"]:
            self._explain(diary, options["explain"], as_json=options["json"])
        elif options["json"]:
            self.stdout.write(json.dumps({"slots": _as_api(diary)}))
        else:
            self._list(diary)

    def _list(self, diary: Diary) -> None:
        for start, names in calendar.as_moments(diary.free_starts()):
            local = start.astimezone(diary.practitioners[names[0]].zone)
            self.stdout.write(f"{local.isoformat(timespec='minutes')} {','.join(names)}")

    def _explain(self, diary: Diary, start: datetime, *, as_json: bool) -> None:
        reasons = diary.explain(minute(start))
        if as_json:
            rows = [{"practitioner": each.practitioner, "rule": each.rule, "words": each.words} for each in reasons]
            self.stdout.write(json.dumps({"starts_at": _iso(start), "free": _free(diary, start), "reasons": rows}))
            return
        for name in _free(diary, start):
            self.stdout.write(f"{name}: free")
        for each in reasons:
            self.stdout.write(f"{each.practitioner}: {each.rule}: {each.words}")


def _diary(options: dict[str, Any]) -> Diary:
    service = Service.objects.active().filter(slug=options["service"]).first()
    if service is None:
        raise CommandError(f"There is no service {options['service']}.")
    practitioner = None
    if options["practitioner"]:
        practitioner = Practitioner.objects.filter(slug=options["practitioner"], is_active=True).first()
        if practitioner is None:
            raise CommandError(f"There is no practitioner {options['practitioner']}.")
    facts: dict[str, Any] = {
        "service": service,
        "practitioner": practitioner,
        "now": options["now"] or clock.now(),
        "practice": Practice.objects.the(),
    }
    if options["explain"]:
        return calendar.load_round(start=options["explain"], **facts)
    return calendar.load(first=options["first"], last=options["last"], **facts)


def _as_api(diary: Diary) -> list[dict[str, Any]]:
    return [
        {"starts_at": _iso(start), "practitioners": names} for start, names in calendar.as_moments(diary.free_starts())
    ]


def _free(diary: Diary, start: datetime) -> list[str]:
    return sorted(each.slug for each in diary.free_at(minute(start)))


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("The time needs an offset, such as 2027-02-01T09:00Z.")
    return moment
