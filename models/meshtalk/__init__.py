"""MeshTalk: a categorical latent face sampled from speech (Richard, Zollhoefer, Wen, de la Torre and Sheikh 2021,
"MeshTalk: 3D Face Animation from Speech using Cross-Modality Disentanglement", ICCV)."""
