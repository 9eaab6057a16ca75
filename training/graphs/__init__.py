"""The default engines' networks as ONNX graphs, for Pythons that have ONNX Runtime instead of torch."""
