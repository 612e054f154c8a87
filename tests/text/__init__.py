"""Tests of reader.text."""
