"""Tests of reader.instance."""
