"""One stack through its life: deployed, changed, deleted; and what is there before and after."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aws_cdk as cdk

from tests.emulator.deployer import Deployer, stack_names
from tests.emulator.server import Emulator
from tests.emulator.settings import ACCOUNT, REGION
from tests.stacks import new_app

Build = Callable[[cdk.Stack], object]


@dataclass(frozen=True)
class Outputs:
    """The outputs of a stack, by the name that the construct gave them."""

    whole: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """The output whose construct has this id; its logical id has path and hash beside it."""
        (found,) = [
            value
            for key, value in self.whole.items()
            if re.fullmatch(rf"\w*{name}[0-9A-F]{{8}}", key)
        ]
        return found


@dataclass
class Life:
    """One stack.

    :param emulator: where.
    :param name: the stack's.
    :param region: the one that the stack knows. Default: it is made for any, and deployed to the
        emulator's own.
    """

    emulator: Emulator
    name: str
    region: str | None = None
    outputs: Outputs = field(default_factory=lambda: Outputs({}))

    def deploy(self, build: Build, **context: object) -> Outputs:
        """Deploys a stack with what `build` makes in it, and those it depends on; its outputs.

        :raises DeploymentError: it failed.
        """
        assembly = self._synthesize(build, context)
        for stack in stack_names(assembly):
            region = self.region if stack == self.name else REGION
            made = self.deployer(region).deploy(assembly, stack)
            if stack == self.name:
                self.outputs = Outputs(made)
        return self.outputs

    def destroy(self) -> None:
        """Deletes the stack.

        :raises DeploymentError: something could not be deleted.
        """
        self.deployer(self.region).destroy(self.name)

    def deployer(self, region: str | None = None) -> Deployer:
        return Deployer(self.emulator, region or self.region or REGION)

    def _synthesize(self, build: Build, context: Mapping[str, object]) -> Path:
        app = new_app()
        for key, value in context.items():
            app.node.set_context(key, value)
        env = cdk.Environment(account=ACCOUNT, region=self.region) if self.region else None
        if self.region:
            # What the CDK command line looks up.
            zones = f"availability-zones:account={ACCOUNT}:region={self.region}"
            app.node.set_context(zones, [f"{self.region}{letter}" for letter in "abc"])
        build(cdk.Stack(app, self.name, env=env))
        return Path(app.synth().directory)
