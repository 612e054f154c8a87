"""Tests of reader.serving."""
