"""Bones whose names say that they are no part of a body: what is worn, held or grown."""

from __future__ import annotations

import re

from .bone_graph import BoneGraph

_SAID = re.compile(
    r"(?i)(?<![a-z])(?:weapon|prop|sword|shield|gun|rifle|knife|blade|holster|socket|attach(?:ment)?|back ?pack|"
    r"wing|feather|tail|pony ?tail|skirt|cape|cloak|hair|braid|bangs|ribbon|scarf|horn|antenna|breast|ear)s?(?![a-z])|"
    r"髪|尻尾|翼|羽|武器|剣|スカート|マント|リボン"
)
_MARKS = re.compile(
    r"(?i)(?:[_. ](?:end|leaf|nub|tip|site)|(?<=[a-z])(?-i:End|Nub|Tip|Site))(?:[_. ](?:l|r|left|right))?(?:\.\d{3})?$"
)
"""What names of bones end with that only mark where the bone before them ends."""
_JOINED = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_")
"""Where words of a name meet without a space."""
_MOST = 0.5
"""Share of all bones that may hang on one such bone: more is a body on something."""


def without_accessories(graph: BoneGraph) -> BoneGraph:
    """Return the graph without what names call hair, wings, weapons and the like, and without bones that mark ends."""
    dropped: set[int] = set()
    for bone, name in enumerate(graph.names):
        if not graph.children[bone] and _MARKS.search(name):
            dropped.add(bone)
        elif bone not in dropped and _SAID.search(_JOINED.sub(" ", name)):
            below = graph.below(bone)
            if len(below) < _MOST * len(graph.names):
                dropped.update(below)
    return graph.kept(set(range(len(graph.names))) - dropped) if dropped else graph
