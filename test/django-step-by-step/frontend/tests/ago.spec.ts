import { expect, it } from "vitest";

import { ago } from "@/ago";

const now = new Date("2026-03-10T12:00:00Z");

it.each([
  ["2026-03-10T12:00:05Z", "just now"],
  ["2026-03-10T11:59:30Z", "just now"],
  ["2026-03-10T11:58:30Z", "1 minute ago"],
  ["2026-03-10T07:00:00Z", "5 hours ago"],
  ["2026-03-09T11:00:00Z", "yesterday"],
  ["2026-01-02T12:00:00Z", "Jan 2, 2026"],
])("says of %s: %s", (then, words) => {
  expect(ago(new Date(then), now)).toBe(words);
});
