"""One file per thing a user can do."""

from __future__ import annotations

import bpy

from . import (
    add_body_model,
    add_character,
    animate,
    animate_all,
    cancel,
    compare_takes,
    control_layer,
    craft,
    direct,
    edit_take,
    emotion_hearing,
    emotion_properties,
    export,
    face_engine,
    face_shapes,
    following,
    gestures,
    gestures_in_sequencer,
    help,
    idle,
    jobs,
    mapping,
    mapping_fields,
    mouth,
    own_direction,
    performance_uses,
    performances,
    preferences_page,
    properties,
    regenerate,
    report,
    reshape,
    runtime,
    runtime_work,
    seed_reroll,
    session,
    set_stage,
    speakers,
    stool,
    take_list,
    takes,
    tidy_up,
    waiting,
    words,
)
from .setting_properties import register_class

MODULES = (
    preferences_page,
    emotion_properties,
    properties,
    add_character,
    add_body_model,
    face_shapes,
    mouth,
    animate,
    animate_all,
    idle,
    cancel,
    emotion_hearing,
    direct,
    own_direction,
    words,
    face_engine,
    mapping_fields,
    mapping,
    takes,
    edit_take,
    compare_takes,
    following,
    speakers,
    performances,
    tidy_up,
    waiting,
    craft,
    reshape,
    regenerate,
    gestures,
    gestures_in_sequencer,
    export,
    seed_reroll,
    set_stage,
    control_layer,
    stool,
    report,
    help,
    runtime,
)
CLASSES = tuple(item for module in MODULES for item in module.CLASSES)


def register() -> None:
    """Register preferences, settings and operators."""
    from ..rigs.character import shape

    for item in CLASSES:
        register_class(item)
    shape.register()
    add_character.register()
    properties.register()
    mouth.register()
    emotion_properties.register()
    craft.register()
    reshape.register()
    take_list.register()
    compare_takes.register()
    following.register()
    gestures_in_sequencer.register()
    speakers.register()
    performance_uses.register()
    waiting.register()
    mapping_fields.register()
    session.register()


def unregister() -> None:
    """Stop what runs and take everything back."""
    from ..rigs.character import shape
    from . import cast_choice

    runtime_work.stop()
    cast_choice.forget()
    session.unregister()
    jobs.unregister()
    animate_all.unregister()
    mapping_fields.unregister()
    waiting.unregister()
    performance_uses.unregister()
    speakers.unregister()
    following.unregister()
    compare_takes.unregister()
    gestures.unregister()
    gestures_in_sequencer.unregister()
    take_list.unregister()
    reshape.unregister()
    craft.unregister()
    emotion_properties.unregister()
    mouth.unregister()
    direct.forget()
    properties.unregister()
    add_character.unregister()
    shape.unregister()
    for item in reversed(CLASSES):
        bpy.utils.unregister_class(item)
