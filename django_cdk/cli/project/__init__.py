"""A Django project as its files tell it: read, never imported.

`django-cdk init` and `django-cdk doctor` run on machines where neither the project's requirements
nor its database are at hand, so importing its settings would fail or do something.
"""
