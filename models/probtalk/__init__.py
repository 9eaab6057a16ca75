"""ProbTalk (Liu et al., CVPR 2024, "Towards Variable and Coordinated Holistic Co-Speech Motion Generation")."""
