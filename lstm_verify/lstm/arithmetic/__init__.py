"""The four arithmetics: hand (ideal and radius), floats, balls and the envelope; `base` says what one is."""
