"""The sample's pages as a person uses them, by the test ids of the front end's README."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from playwright.sync_api import FilePayload, Locator, Page, expect

PASSWORD = "correct-horse-battery-1"


@dataclass(frozen=True)
class MicroBlog:
    """What can be done in one window."""

    page: Page

    def part(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    def sign_up(self) -> str:
        """A new account, logged in; returns its name."""
        username = f"ann-{uuid4().hex[:12]}"
        self.page.goto("/sign-up")
        self._enter("sign-up", username)
        expect(self.part("current-user")).to_contain_text(username)
        return username

    def log_out(self) -> None:
        self.part("log-out").click()
        expect(self.part("log-in-link")).to_be_visible()

    def log_in(self, username: str) -> None:
        self.page.goto("/log-in")
        self._enter("log-in", username)
        expect(self.part("current-user")).to_contain_text(username)

    def post(self, text: str, image: bytes | None = None) -> Locator:
        """A post of one's own; returns its place in the list."""
        self.page.goto("/")
        self.part("post-text").fill(text)
        if image is not None:
            file = FilePayload(name="holiday.png", mimeType="image/png", buffer=image)
            self.part("post-image-input").set_input_files(file)
            expect(self.part("post-image-preview")).to_be_visible()
        self.part("post-submit").click()
        item = self.part("post-item").filter(has_text=text)
        expect(item).to_be_visible()
        return item

    def _enter(self, form: str, username: str) -> None:
        self.part(f"{form}-username").fill(username)
        self.part(f"{form}-password").fill(PASSWORD)
        self.part(f"{form}-submit").click()


def shown_width(image: Locator) -> int:
    """The width of a picture in its own pixels, once the browser has it; 0 when it is broken."""
    image.scroll_into_view_if_needed()
    width: int = image.evaluate(
        "image => image.decode().catch(() => {}).then(() => image.naturalWidth)"
    )
    return width
