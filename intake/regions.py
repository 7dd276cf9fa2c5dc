"""The regions of the body map, in words, in sets, and as the areas that a session may touch."""

from __future__ import annotations

_HEAD = {
    "forehead": "Forehead",
    "temple_l": "Left temple",
    "temple_r": "Right temple",
    "jaw_joint_l": "Left jaw joint",
    "jaw_joint_r": "Right jaw joint",
    "cheek_l": "Left cheek",
    "cheek_r": "Right cheek",
    "mouth_teeth": "Mouth or teeth",
    "ear_l": "Left ear",
    "ear_r": "Right ear",
    "under_jaw": "Under the jaw",
    "throat": "Throat",
    "head_back": "Back of the head",
    "neck_l": "Left side of the neck",
    "neck_r": "Right side of the neck",
    "shoulder_l": "Left shoulder",
    "shoulder_r": "Right shoulder",
}
_TRUNK = {
    "chest": "Chest",
    "upper_back": "Upper back",
    "ribs_l": "Left ribs",
    "ribs_r": "Right ribs",
    "diaphragm": "Under the ribs (diaphragm)",
    "belly_upper": "Upper belly",
}
_HIPS = {
    "belly_low_l": "Lower belly, left",
    "belly_low_r": "Lower belly, right",
    "pubic_bone": "Pubic bone",
    "groin_l": "Left groin",
    "groin_r": "Right groin",
    "hip_front_l": "Front of the left hip",
    "hip_front_r": "Front of the right hip",
    "hip_side_l": "Side of the left hip",
    "hip_side_r": "Side of the right hip",
    "low_back_l": "Low back, left",
    "low_back_r": "Low back, right",
    "si_joint_l": "Left side of the sacrum",
    "si_joint_r": "Right side of the sacrum",
    "sacrum": "Sacrum (base of the spine)",
    "tailbone": "Tailbone",
    "buttock_l": "Left buttock",
    "buttock_r": "Right buttock",
    "pelvic_floor": "Pelvic floor",
    "thigh_front_l": "Front of the left thigh",
    "thigh_front_r": "Front of the right thigh",
    "thigh_inner_l": "Inside of the left thigh",
    "thigh_inner_r": "Inside of the right thigh",
}
_LIMBS = {
    "arm_l": "Left arm",
    "arm_r": "Right arm",
    "hand_l": "Left hand",
    "hand_r": "Right hand",
    "lower_leg_l": "Left lower leg",
    "lower_leg_r": "Right lower leg",
    "foot_l": "Left foot",
    "foot_r": "Right foot",
}

# Left and right are the client's own.
REGIONS: dict[str, str] = {**_HEAD, **_TRUNK, **_HIPS, **_LIMBS}

SETS: dict[str, tuple[str, ...]] = {
    "ALL": tuple(REGIONS),
    "PELVIC": (*_TRUNK, *_HIPS),
    "JAW": tuple(_HEAD),
}

# The twelve areas of a session record, each with its own consent.
AREAS: dict[str, str] = {
    "pelvis": "Pelvis",
    "sacrum": "Sacrum and tailbone",
    "low_back": "Low back",
    "hips": "Hips and thighs",
    "belly": "Belly",
    "diaphragm": "Diaphragm and lower ribs",
    "jaw_outside": "Jaw, from outside",
    "jaw_inside": "Jaw, inside the mouth",
    "head": "Head",
    "neck": "Neck, throat and shoulders",
    "whole_body": "Whole body, arms and feet",
    "other": "Somewhere else",
}

_REGIONS_OF_AREA: dict[str, str] = {
    "pelvis": "pubic_bone pelvic_floor",
    "sacrum": "si_joint sacrum tailbone",
    "low_back": "low_back",
    "hips": "groin hip_front hip_side buttock thigh_front thigh_inner",
    "belly": "belly_upper belly_low",
    "diaphragm": "ribs diaphragm",
    "jaw_outside": "jaw_joint cheek under_jaw",
    "jaw_inside": "mouth_teeth",
    "head": "forehead temple ear head_back",
    "neck": "throat neck shoulder",
    "whole_body": "chest upper_back arm hand lower_leg foot",
}


def _both_sides(name: str) -> list[str]:
    return [region for region in REGIONS if region in (name, f"{name}_l", f"{name}_r")]


# Which area of a session a region of the body map belongs to.
AREA_OF: dict[str, str] = {
    region: area for area, names in _REGIONS_OF_AREA.items() for name in names.split() for region in _both_sides(name)
}
