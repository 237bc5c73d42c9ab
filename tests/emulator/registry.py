"""Images that were never pushed.

AWS answers ImageNotFoundException when an image that is asked for by its tag is not there.
ministack 1.5.33 answers an empty list, which the CDK's command line takes for an image that was
published.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import ecr

from tests.emulator.ministack_parts import wrap


def install() -> None:
    """Puts the refusal in place."""
    wrap(ecr, "_describe_images", _refusing)


def _refusing(original: Any) -> Any:
    def describe(request: dict[str, Any]) -> Any:
        name = request.get("repositoryName", "")
        for one in request.get("imageIds") or []:
            if name in ecr._repositories and not ecr._find_image(name, one):
                message = (
                    f"The image with imageId {one} does not exist within the repository {name}"
                )
                return error_response_json("ImageNotFoundException", message, 400)
        return original(request)

    return describe
