"""Runs one release command (``migrate``, ``collectstatic``) as a one-off Fargate task.

CloudFormation waits for it through the CDK provider framework. This directory's parent is the
Lambda asset's root, so modules import one another relatively.
"""
