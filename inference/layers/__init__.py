"""Life around the lips: pure functions on arrays, each with a stream of random numbers of its own."""
