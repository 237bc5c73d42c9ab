"""Marks the files of a site that no page of the current build names any more, so that they expire.

This directory's parent is the Lambda asset's root, so modules import one another relatively.
"""
