"""Tests of reader.web."""
