"""A take on its way: a performance that the worker makes and that is baked when it arrives."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import bpy

from ..inference.errors import InternalFault, SoliloquyError
from ..rigs.takes.bake_options import BakeOptions
from . import jobs, session, take_list, waiting
from .choice import anchor, rig_of_session_uid
from .jobs import Job
from .preferences import preferences
from .speakers import remember

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..inference.performance import Performance
    from ..rigs.rig import Rig
    from ..rigs.takes.bake import BakeReport
    from ..rigs.takes.take import Take
    from .spoken_strip import Spoken


@dataclass
class TakeJob(Job):
    """One order for a performance, from the press of the button to the take."""

    undo_text: ClassVar[str] = "Animate Speech"

    object_uid: int
    object_name: str
    first_frame: float
    take_name: str = ""
    interpolation: str = "BEZIER"
    extend_scene: bool = True
    sound_path: str = ""
    """Sound file to put into the Sequencer with the take; empty for none."""
    sound_frame: float = 0.0
    """Scene frame where the sound begins."""
    spoken: Spoken | None = None
    """The strip whose sound it is, None for a file."""
    remarks: tuple[str, ...] = ()
    """Sentences the artist should read with the result."""
    speech: str = ""
    """Name of the speech as the take remembers it; the title when empty."""
    fixes_of: str = ""
    """Id of the take whose fix goes along; empty for none."""
    free_name: bool = False
    """Whether the take gets a number after its name where another take has the name already."""
    file: str = field(default_factory=waiting.this_file)
    """The .blend file that the order was given in, as ``waiting.this_file`` tells it from others."""
    report: BakeReport | None = field(default=None, init=False)

    def deliver(self) -> str:
        """Bake the performance as a new take; where the character is gone it waits."""
        place = self.place()
        if place is None:
            raise waiting.keep(self)
        return self.put_onto(*place)

    @property
    def awaited(self) -> str:
        """What :meth:`place` looks for, in words."""
        return f"character '{self.object_name}'"

    def place(self) -> tuple[Rig, Any] | None:
        """Return the character and its scene, None when it is gone.

        In the file that the take was ordered in, a character of the same name is the one: after Revert and Undo it is
        other data.
        """
        from ..rigs.rig import find_rig

        rig = rig_of_session_uid(self.object_uid)
        if rig is None and self.file == waiting.this_file():
            rig = find_rig(bpy.data.objects.get(self.object_name))
        if rig is None:
            return None
        scenes = [self.scene, bpy.context.scene, *bpy.data.scenes]
        scene = next((item for item in scenes if item is not None and anchor(rig).name in item.objects), None)
        return (rig, scene) if scene is not None else None

    def follow(self, path: str) -> None:
        """Take the file that the character is in to be ``path``, under which it was saved just now."""
        if rig_of_session_uid(self.object_uid) is not None:
            self.file = path

    def put_onto(self, rig: Rig, scene: Any, *, whole: bool = False) -> str:
        """Bake the performance onto a character and return a line about it.

        Parameters
        ----------
        whole : bool
            As a take of its own, though the order was for a part of another take.
        """
        from ..inference.performance import Performance

        performance = Performance.load(self.order.output)
        self.report = TakeJob.bake(self, performance, rig, scene) if whole else self.bake(performance, rig, scene)
        made = f"{anchor(rig).name}, {self.report.take.name}: {self.report.keys:,} keys in {self.report.seconds:.1f} s."
        return " ".join((made, *self.remarks, *self.report.warnings))

    @property
    def sha256(self) -> str:
        """Hash of the file that the worker wrote, empty where it told none."""
        return str(self.handle.result.get("sha256", "")) if self.handle is not None else ""

    def _carry_fixes(self, rig: Rig, made: Take) -> None:
        from ..rigs.takes import fix_layer
        from ..rigs.takes.take import takes_of

        source = next((take for take in takes_of(rig) if self.fixes_of and take.id == self.fixes_of), None)
        if source is not None:
            fix_layer.carry_over(rig, source, made)

    def bake(self, performance: Performance, rig: Rig, scene: Any) -> BakeReport:
        """Put the performance onto the character."""
        from ..rigs.takes import kept
        from ..rigs.takes.bake import bake
        from ..rigs.takes.packed import pack
        from ..rigs.takes.take import free_variant
        from .sound import add_sound_strip
        from .spoken_strip import catch_up, tie, tie_to_added

        options = BakeOptions(
            first_frame=self.first_frame,
            regions=self.order.settings.regions,
            interpolation=self.interpolation,
            name=free_variant(rig, self.take_name) if self.free_name else self.take_name,
            extend_scene=self.extend_scene,
            meta={"speech": self.speech or self.title, **kept.remember(self.order.output, self.sha256)},
        )
        if self.spoken is not None:
            catch_up()
        report = bake(performance, rig, options, scene=scene)
        self._carry_fixes(rig, report.take)
        if preferences().pack_performances:
            pack(rig, report.take, Path(self.order.output))
        if self.sound_path:
            said = list(self.remarks)
            place, follow = round(self.sound_frame), preferences().follow_sound
            strip = add_sound_strip(scene, Path(self.sound_path), place, follow=follow, remark=said.append)
            self.remarks = tuple(said)
            if strip is not None and not getattr(self.order.audio, "start", 0.0):
                tie_to_added(rig, report.take, strip, scene)
                self._remember(scene, strip, rig)
        elif self.spoken is not None:
            strip = tie(rig, report.take, self.spoken, scene)
            if strip is not None:
                self._remember(scene, strip, rig)
        return report

    def _remember(self, scene: Any, strip: Any, rig: Rig) -> None:
        heard = self.order.audio
        remember(scene, strip, anchor(rig), track=heard.track, channel=heard.channel)

    def undelivered(self, error: Exception) -> SoliloquyError:
        """Return where the performance is that could not be baked."""
        return InternalFault(
            f"The performance could not be put onto '{self.object_name}': {error}.",
            f"The performance itself is kept at {self.order.output}.",
        )


class OrdersTakes:
    """An operator whose takes come later. Goes before ``bpy.types.Operator`` among a class's bases.

    The jobs push the undo step themselves, so its ``bl_options`` are ``{"REGISTER"}`` alone.
    """

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Start and return at once; the takes appear when they are ready, or when the artist keeps them."""
        outcome, made = self._submit(context)
        for job in made:
            job.hold = preferences().preview_first and job.order.kind == "animate"
        return outcome

    def execute(self, context: Any) -> set[str]:
        """Start and wait for the takes."""
        outcome, made = self._submit(context)
        if not jobs.waited(self, made):
            return {"CANCELLED"}
        take_list.refresh(context)
        return outcome

    def _submit(self, context: Any) -> tuple[set[str], list[TakeJob]]:
        try:
            made = [jobs.submit(job) for job in self.orders(context)]
        except SoliloquyError as error:
            session.set_error(error)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}, []
        for job in made:
            for remark in job.remarks:
                self.report({"WARNING"}, remark)
        return {"FINISHED"}, made

    if TYPE_CHECKING:

        def orders(self, context: Any) -> Iterable[TakeJob]:
            """Return what the operator asks for; raises :class:`SoliloquyError` where it cannot be asked."""
            ...

        def report(self, type: set[str], message: str) -> None:
            """Say something; Blender's."""
