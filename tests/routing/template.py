"""A stack's template together with what its resources are called once they are deployed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Body = Mapping[str, Any]
# Logical id, resource and attribute ("" for Ref) -> the value it has after deployment.
Naming = Callable[[str, Body, str], str]


@dataclass(frozen=True)
class Deployed:
    """Resolves the template's functions, as CloudFormation does at deployment.

    :param body: the template.
    :param naming: what `Ref` and `Fn::GetAtt` of a resource give: names of local stand-ins, or
        those that a real deployment answered.
    """

    body: Body
    naming: Naming
    account: str
    region: str

    @property
    def resources(self) -> Mapping[str, Body]:
        found: Mapping[str, Body] = self.body["Resources"]
        return found

    def of_type(self, type_name: str) -> dict[str, Body]:
        """Logical id -> resource, of this type."""
        return {name: one for name, one in self.resources.items() if one["Type"] == type_name}

    def one(self, type_name: str) -> tuple[str, Body]:
        """Logical id and body of the only resource of a type."""
        ((name, resource),) = self.of_type(type_name).items()
        return name, resource

    def ref(self, logical_id: str) -> str:
        """What `Ref` gives for a resource."""
        return self.naming(logical_id, self.resources[logical_id], "")

    def referred(self, reference: Any) -> Body:
        """The resource that `Ref` or `Fn::GetAtt` points at."""
        logical_id = reference.get("Ref") or reference["Fn::GetAtt"][0]
        return self.resources[logical_id]

    def text(self, value: Any) -> str:
        """A value of the template as text."""
        return str(self.value(value))

    def value(self, value: Any) -> Any:
        """A value of the template with every function in it resolved.

        Raises:
            LookupError: a function, or a reference, that is unknown here.
        """
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._call(name, argument)
        return {name: self.value(one) for name, one in value.items()}

    def _call(self, name: str, argument: Any) -> Any:
        match name:
            case "Ref":
                return self._pseudo(argument) or self.ref(argument)
            case "Fn::GetAtt":
                return self.naming(argument[0], self.resources[argument[0]], argument[1])
            case "Fn::Join":
                return argument[0].join(self.text(one) for one in argument[1])
            case "Fn::Sub":
                text, given = (argument, {}) if isinstance(argument, str) else argument
                return re.sub(r"\$\{([^}!]+)\}", lambda one: self._named(one[1], given), text)
            case "Fn::Select":
                return self.value(argument[1])[int(argument[0])]
            case "Fn::Split":
                return self.text(argument[1]).split(argument[0])
        message = f"{name} of {argument} can't be resolved here"
        raise LookupError(message)

    def _named(self, name: str, given: Mapping[str, Any]) -> str:
        if name in given:
            return self.text(given[name])
        resource, _, attribute = name.partition(".")
        return self.text({"Fn::GetAtt": [resource, attribute]} if attribute else {"Ref": name})

    def _pseudo(self, name: str) -> str | None:
        return {
            "AWS::AccountId": self.account,
            "AWS::Region": self.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": "Blog",
        }.get(name)
