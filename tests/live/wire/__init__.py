"""Tests of reader.live.wire."""
