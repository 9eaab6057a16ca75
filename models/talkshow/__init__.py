"""TalkSHOW (Yi et al., CVPR 2023, "Generating Holistic 3D Human Motion from Speech")."""
