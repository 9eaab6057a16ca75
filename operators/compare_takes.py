"""Two takes side by side: switched by one key, shown on a ghost, told apart in words and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.handlers import persistent
from bpy.props import EnumProperty, FloatProperty, StringProperty

from ..inference.errors import SoliloquyError
from . import handlers, take_list
from .choice import chosen_rig, seen
from .preferences import preferences
from .takes import OnTake, meant

if TYPE_CHECKING:
    from ..rigs.rig import Rig
    from ..rigs.takes.differences import Apart
    from ..rigs.takes.take import Take

KEY = "BACK_SLASH"
_KEYMAPS = (
    "Window",
    "Screen",
    "3D View",
    "Sequencer",
    "Object Mode",
    "Pose",
    "Dopesheet",
    "Graph Editor",
    "NLA Editor",
)
"""Where the key must be free."""
_keymap: tuple[Any, Any] | None = None


def ghost_aside() -> Any:
    """Return the property that says where a ghost stands."""
    return FloatProperty(
        name="Aside",
        description="How far to the character's left the ghost stands; 0: over it",
        default=0.8,
        soft_min=-2,
        soft_max=2,
        subtype="DISTANCE",
    )


def ghost_look() -> Any:
    """Return the property that says how a ghost is drawn."""
    items = (
        ("CLEAR", "Clear", "Seen through"),
        ("WIRE", "Wire", "As wires"),
        ("SOLID", "Solid", "As the character itself"),
    )
    return EnumProperty(name="Look", description="How the ghost is drawn", items=items)


class SOLILOQUY_OT_take_ab(OnTake, bpy.types.Operator):
    """Switch between the last two takes that were chosen; playback goes on"""

    bl_idname = "soliloquy.take_ab"
    bl_label = "Switch A/B"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Play the other one, or the take that is named."""
        from ..rigs.takes.take import activate

        try:
            rig = chosen_rig(context)
            other = meant(context, self.take)[1] if self.take else _other(rig)
            if rig is None or other is None:
                raise SoliloquyError("There is only one take.", "Make another one, then switch between the two.")
            activate(rig, other)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        take_list.refresh(context)
        take_list.show(other.id)
        self.report({"INFO"}, f"Playing: {other.name}")
        return {"FINISHED"}


def _other(rig: Rig | None, than: str = "") -> Take | None:
    """Return the take that was chosen last besides one, by its id: the one that plays when empty.

    One of the same stretch of the scene goes before one of another line.
    """
    from ..rigs.takes import played
    from ..rigs.takes.take import takes_of

    if rig is None:
        return None
    known = {take.id: take for take in takes_of(rig)}
    order = [take for _, take in played.by_choice(rig) if take in known]
    now = than or next((take for take in order if known[take].active), "")
    others = [known[take] for take in order if take != now]
    one = known.get(now)
    beside = (
        take for take in others
        if one is not None and min(take.last_frame, one.last_frame) > max(take.first_frame, one.first_frame)
    )  # fmt: skip
    return next(beside, next(iter(others), None))


class _OnTwo(OnTake):
    """An operator on a take and another one."""

    other: StringProperty(
        name="With", description="Id or name of the other take; empty: the one chosen before it", options={"SKIP_SAVE"}
    )

    def pair(self, context: Any) -> tuple[Rig, Take, Take]:
        """Return the character and both takes; raises :class:`SoliloquyError` where there are no two."""
        from ..rigs.takes.take import find_take

        rig, take = meant(context, self.take)
        other = find_take(rig, self.other) if self.other else _other(rig, take.id)
        if other is None or other.id == take.id:
            raise SoliloquyError("That is one take.", "Name another one to compare it with.")
        return rig, take, other


@dataclass(frozen=True)
class Compared:
    """What two takes have otherwise, as it was looked up."""

    takes: tuple[str, str]
    names: tuple[str, str]
    settings: list[tuple[str, str, str]]
    """(what, of the one, of the other), in words."""
    curves: list[Apart]
    states: tuple[Any, Any]
    """The takes' states then: another state is of another take."""


_compared: Compared | None = None


class SOLILOQUY_OT_compare_takes(_OnTwo, bpy.types.Operator):
    """Say what two takes were made with otherwise, and measure how far their curves are apart"""

    bl_idname = "soliloquy.compare_takes"
    bl_label = "Compare Takes"
    bl_options = {"REGISTER"}

    def execute(self, context: Any) -> set[str]:
        """Look at both and remember it for the panel."""
        global _compared
        from ..rigs.takes import differences
        from . import take_rows

        try:
            rig, take, other = self.pair(context)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        take_rows.look(rig)
        _compared = Compared(
            (take.id, other.id),
            (take.name, other.name),
            differences.settings_apart(rig, take, other),
            differences.curves_apart(rig, take, other),
            (take_rows.state_of(take.id), take_rows.state_of(other.id)),
        )
        for what, mine, theirs in _compared.settings:
            self.report({"INFO"}, f"{what}: {mine} | {theirs}")
        for apart in _compared.curves:
            self.report({"INFO"}, apart.words)
        if not _compared.settings and not _compared.curves:
            self.report({"INFO"}, f"'{take.name}' and '{other.name}' are the same.")
        return {"FINISHED"}


class SOLILOQUY_OT_show_ghost(_OnTwo, bpy.types.Operator):
    """Show another take on a ghost of the character, beside it or in its place. It is not rendered nor exported"""

    bl_idname = "soliloquy.show_ghost"
    bl_label = "Show Ghost"
    bl_options = {"REGISTER", "UNDO"}

    aside: ghost_aside()
    look: ghost_look()

    def execute(self, context: Any) -> set[str]:
        """Make the ghost; one that is there goes."""
        from ..rigs.takes import ghost

        try:
            rig, _, other = self.pair(context)
            ghost.show(rig, other, aside=self.aside, look=self.look, scene=context.scene)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class SOLILOQUY_OT_hide_ghost(bpy.types.Operator):
    """Remove the ghost of the other take; nothing of it stays"""

    bl_idname = "soliloquy.hide_ghost"
    bl_label = "Hide Ghost"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Remove its objects."""
        from ..rigs.takes import ghost

        if not ghost.hide(seen(context).rig):
            self.report({"WARNING"}, "There is no ghost.")
            return {"CANCELLED"}
        return {"FINISHED"}


@dataclass(frozen=True)
class Pair:
    """What the panel shows about the chosen take and another one."""

    other: str
    """Id of the other; empty where there is none."""
    other_name: str
    compared: Compared | None
    ghost: str
    """Name of the take that the ghost plays; empty for none."""


def pair(context: Any, take: str, named: str) -> Pair | None:
    """Return what to show about a listed take and the one of a name, else the one chosen before it; for drawing."""
    from ..rigs.takes import ghost
    from ..rigs.takes.take import takes_of
    from . import take_rows

    rig = seen(context).rig
    known = takes_of(rig) if rig is not None else []
    if rig is None or len(known) < 2:
        return None
    other = next((item for item in known if item.name == named and item.id != take), None) or _other(rig, take)
    if other is None:
        return None
    playing = ghost.shown(rig)
    found = _compared if _compared is not None and _compared.takes == (take, other.id) else None
    if found is not None and any(
        take_rows.state_of(each) not in (None, state) for each, state in zip(found.takes, found.states, strict=True)
    ):
        found = None  # something changed since
    return Pair(other.id, other.name, found, next((item.name for item in known if item.id == playing), ""))


def _item(keyconfig: Any) -> Any | None:
    """Return the key's entry in a keymap configuration: the user's has what was changed about it."""
    entries = getattr(keyconfig.keymaps.get("Screen"), "keymap_items", ())
    return next((item for item in entries if item.idname == SOLILOQUY_OT_take_ab.bl_idname), None)


def taken_by(keyconfig: Any) -> str:
    """Return what else the key for A/B does in a keymap configuration, in words; empty where it is free."""
    mine = _item(keyconfig)
    wanted = mine.type if mine is not None else KEY
    for name in _KEYMAPS:
        for other in getattr(keyconfig.keymaps.get(name), "keymap_items", ()):
            same = other.type == wanted and other.value in ("PRESS", "ANY") and other.key_modifier == "NONE"
            bare = not (other.ctrl or other.shift or other.alt or other.oskey)
            if same and bare and other.active and other.idname != SOLILOQUY_OT_take_ab.bl_idname:
                return f"'{other.name}' in {name}"
    return ""


def use_key() -> None:
    """Let the key act, or not, as the preferences say."""
    if _keymap is not None:
        _keymap[1].active = bool(preferences().ab_key)


def draw_key(layout: Any, context: Any) -> None:
    """Draw the key in the preferences: whether it acts, which one it is, and what else is on it."""
    layout.prop(preferences(), "ab_key")
    user = context.window_manager.keyconfigs.user
    item = _item(user) if user is not None else None
    if item is None or not preferences().ab_key:
        return
    layout.prop(item, "type", text="Key", full_event=True)
    taken = taken_by(user)
    if taken:
        layout.label(text=f"This key also does {taken}: choose another one.", icon="ERROR")


CLASSES = (
    SOLILOQUY_OT_take_ab,
    SOLILOQUY_OT_compare_takes,
    SOLILOQUY_OT_show_ghost,
    SOLILOQUY_OT_hide_ghost,
)


@persistent
def _objects_changed(_scene: Any, depsgraph: Any) -> None:
    """Let a ghost go with its character, once Blender allows removing objects."""
    from ..rigs.takes.ghost_data import COLLECTION

    if depsgraph.mode == "RENDER" or bpy.data.collections.get(COLLECTION) is None:
        return
    from ..rigs.takes import ghost

    if ghost.lost():
        handlers.soon(_drop_lost)


def _drop_lost() -> None:
    from ..rigs.takes import ghost

    if ghost.lost():
        ghost.hide(None)


_HANDLERS = (("depsgraph_update_post", _objects_changed),)


def register() -> None:
    """Follow what is deleted, and add the key, in all editors; where it does something else already, ours is off."""
    handlers.add(_HANDLERS)
    _add_key()


def _add_key() -> None:
    """Add the key, in all editors; one that does something else already stays that, and ours is off."""
    global _keymap
    known = bpy.context.window_manager.keyconfigs
    if known.addon is None:
        return  # no windows
    keymap = known.addon.keymaps.new(name="Screen", space_type="EMPTY")
    _keymap = keymap, keymap.keymap_items.new(SOLILOQUY_OT_take_ab.bl_idname, KEY, "PRESS")
    use_key()
    if known.user is not None and taken_by(known.user):
        _keymap[1].active = False


def unregister() -> None:
    """Take the key away, and follow nothing any more."""
    global _keymap, _compared
    _compared = None
    handlers.remove(_HANDLERS)
    handlers.not_any_more(_drop_lost)
    if _keymap is not None:
        keymap, item = _keymap
        keymap.keymap_items.remove(item)
        _keymap = None
