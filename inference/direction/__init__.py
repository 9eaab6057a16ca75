"""Direction over time: what somebody wrote about a performance in words, and how lively it is from moment to moment."""
