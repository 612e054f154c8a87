"""Tests of reader.operating."""
