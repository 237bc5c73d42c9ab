"""A deployment without an AWS account: `make deploy-local`, `make destroy-local`.

The CDK's own command line bootstraps the emulator and deploys an app of integ/ to it. The emulator
and, where the application can answer, a door to it stay in the background until the app is
destroyed. All state is in one folder, `build/local`.
"""
