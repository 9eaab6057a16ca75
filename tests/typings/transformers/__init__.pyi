from typing import Any

from torch import Tensor, nn

class Wav2Vec2Config:
    def __init__(self, **options: Any) -> None: ...

class Wav2Vec2Model(nn.Module):
    config: Wav2Vec2Config
    feature_extractor: nn.Module
    feature_projection: nn.Module
    encoder: nn.Module
    def __init__(self, config: Wav2Vec2Config) -> None: ...
    def __call__(self, input_values: Tensor, **options: Any) -> Any: ...

def __getattr__(name: str) -> Any: ...
