"""Explanations as sentences in English and Chinese, and the words of pages; the phrases are data."""
