"""Benchmarks: a table per question, each as a ratio against a baseline in the same run."""
