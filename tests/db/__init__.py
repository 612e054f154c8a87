"""Tests of reader.db."""
