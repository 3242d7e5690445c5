"""Tests a webhook handler with valid, forged and malformed deliveries, and explains failures."""
