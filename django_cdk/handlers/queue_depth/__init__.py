"""Counts the messages of celery queues in Redis or Valkey, once a minute, as CloudWatch metrics.

This directory's parent is the Lambda asset's root, so modules import one another relatively.
"""
