"""Bones of faces by their names, as makers of whom there is no file write them."""

from __future__ import annotations

import pytest

from soliloquy.rigs.mappings.face_bones import BROW, CORNER, JAW, LOWER_LID, LOWER_LIP, UPPER_LID, UPPER_LIP, role_of

WRITTEN = {
    JAW: "mFaceJaw jaw_jnt b__CAS_Jaw__ lowerjaw C_jaw jaw_joint",
    UPPER_LIP: "mFaceLipUpperLeft lip_up_l b__L_UpLip__ l_lipupperouter",
    LOWER_LIP: "mFaceLipLowerLeft lip_lo_l b__LoLip__ lolip.L L_lip_lower_outer",
    CORNER: "mFaceLipCornerLeft lip_corner_l L_mouth_corner",
    UPPER_LID: "mFaceEyeLidUpperLeft uplid.L R_eye_lid_upper_mid",
    LOWER_LID: "mFaceEyeLidLowerLeft eyelid_lo_l lolid.L left_eyeLowerLid_joint",
    BROW: "mFaceEyebrowInnerLeft b__L_MidBrow__ l_browouter",
    None: "mFaceTeethUpper mFaceTongueTip chin upperJaw mFaceNoseCenter",
}


@pytest.mark.parametrize("role", WRITTEN)
def test_parts_of_a_face_are_known_by_the_names_of_many_makers(role: str | None) -> None:
    assert {name: role_of(name) for name in WRITTEN[role].split()} == dict.fromkeys(WRITTEN[role].split(), role)
