"""A policy as an Excel workbook and back: everything it holds stands visibly in cells, nothing in hidden notes.

A sheet holds one part of a document: a *block* of rows ``path | value``, and at most one *grid* below it. A value ``→ sheet`` in a block stands for all
that another sheet holds, ``↓ kind`` for the grid below. What has no grid of its own is a row of a block, so nothing is left out.
"""
