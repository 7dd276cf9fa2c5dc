"""What a session record holds: its fields, the words for them, and the way in and out of storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

MOUTH = "jaw_inside"
CORRECTABLE = ("areas", "touch_style", "after", "emotional_release")  # what the letters look at
TOUCH_STYLES = {
    "light_still": "Light and still",
    "gentle_movement": "Gentle movement or unwinding",
    "direct_pressure": "Direct pressure",
}
LOCAL_SENSATIONS = {
    "dull_pressure": "Deep, dull pressure",
    "sharp_pain": "Sharp pain",
    "stretch": "Stretch",
    "pinpoint": "Pinpoint tenderness",
    "spread_thigh": "Spreading to the front of the thigh",
    "spread_belly": "Spreading to the low belly",
    "hip_front": "A feeling at the front of the hip",
    "deep_belly": "A feeling deep in the belly, near the spine",
    "softening": "Sudden softening",
    "inner_sigh": "An inner sigh",
}
WHOLE_SENSATIONS = {
    "heat": "Heat",
    "cold": "Cold",
    "twitch": "Twitch",
    "trembling": "Trembling",
    "deep_sigh": "Deep sigh",
    "breath": "Breath change",
    "stillness": "Stillness",
    "subtle": "Subtle movement",
    "unwinding": "Unwinding",
}
SENSATIONS = LOCAL_SENSATIONS | WHOLE_SENSATIONS
EMOTIONS = {
    "vulnerable": "Vulnerable",
    "anxious": "Anxious",
    "cry": "Wanted to cry",
    "laugh": "Wanted to laugh",
    "calm": "Calm",
    "relief": "Relief",
    "memory": "A memory came up (no detail)",
    "nothing": "Nothing to note",
}
AFTER = {
    "light": "Lightness",
    "openness": "Ease in the hips or low back",
    "posture": "Easier posture",
    "sleepy": "Sleepy",
    "spacey": "Spacey",
    "relaxed": "Very relaxed",
    "nausea": "Felt sick",
    "dizzy": "Dizzy on standing",
    "none": "None of these",
}
LEAVE_CHECK = {
    "sat_up": "Sat up in stages",
    "sat_two": "Sat for 2 minutes",
    "steady": "Steady on their feet",
    "not_dizzy": "Not dizzy",
    "clear": "Clear-headed",
    "drink": "Drink offered",
    "way_home": "The way home is safe",
}
NOT_DRIVING = {"not_driving": "Not driving, or has a lift"}
RELEASES = {"none": "None", "mild": "Mild", "strong": "Strong"}
GLOVES = {"nitrile": "Nitrile", "vinyl": "Vinyl", "latex": "Latex"}
TOLERATED = {"well": "Well", "some": "With some discomfort", "stopped": "We stopped early"}


@dataclass(frozen=True, kw_only=True)
class Record:
    """One session as the practitioner noted it; every field may be empty while it is a draft."""

    areas: tuple[str, ...] = ()
    asked_today: tuple[str, ...] = ()
    unlocked: dict[str, str] = field(default_factory=dict)
    touch_style: str = ""
    sensations: tuple[str, ...] = ()
    emotions: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    comfort: int | None = None
    paused: bool = False
    sharp_pain: bool = False
    sharp_pain_note: str = ""
    leave_check: tuple[str, ...] = ()
    emotional_release: str = ""
    glove: str = ""
    mouth_consent_at: str = ""
    mouth_minutes: int | None = None
    mouth_tolerated: str = ""
    notes: str = ""

    @property
    def inside_mouth(self) -> bool:
        return MOUTH in self.areas

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Record:
        """Read what was stored; a field that an older version did not have keeps its default."""
        known = {item.name for item in fields(cls)}
        values: dict[str, Any] = {name: _frozen(value) for name, value in data.items() if name in known}
        return cls(**values)

    def corrected(self, changes: Mapping[str, Any]) -> Record:
        """The same with the fields that an amendment puts right."""
        known = {name: _frozen(value) for name, value in changes.items() if name in CORRECTABLE}
        return replace(self, **known)

    def signs(self) -> frozenset[str]:
        """What of this record the rules for the letters look at (`blocks.yaml`, `signs`)."""
        found = {f"area_{area}" for area in self.areas} | {f"after_{word}" for word in self.after}
        found |= {"intraoral"} if self.inside_mouth else set()
        found |= {"touch_direct"} if self.touch_style == "direct_pressure" else set()
        found |= {f"release_{self.emotional_release}"} if self.emotional_release else set()
        return frozenset(found)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
