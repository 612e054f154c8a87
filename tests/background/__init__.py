"""Tests of reader.background."""
