"""Faults that are provoked for real: what they may cost, and the proof that nothing is lost, doubled or disordered."""
