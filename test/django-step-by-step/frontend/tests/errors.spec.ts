import { describe, expect, it, vi } from "vitest";

import { asApiError, toApiError } from "@/api/errors";

describe("toApiError", () => {
  it("takes the detail as the message", () => {
    expect(toApiError(400, { detail: "Wrong user name or password." }).message).toBe(
      "Wrong user name or password.",
    );
  });

  it("keeps each field's messages apart", () => {
    const error = toApiError(400, { username: ["Taken."], password: ["Too short.", "Too common."] });

    expect(error.fields).toEqual({ username: "Taken.", password: "Too short. Too common." });
    expect(error.message).toBe("");
  });

  it("takes errors that belong to no field as the message", () => {
    expect(toApiError(400, { non_field_errors: ["No."] }).message).toBe("No.");
    expect(toApiError(400, ["Not", "this."]).message).toBe("Not this.");
  });

  it.each([
    [413, "The upload is too large."],
    [502, "The server did not answer as it should (502). Try again in a moment."],
  ])("says in words what a bare status %i means", (status, message) => {
    expect(toApiError(status).message).toBe(message);
  });
});

describe("summary", () => {
  it("leaves out the fields that are shown elsewhere, and no other", () => {
    const error = toApiError(400, { detail: "No.", text: ["Empty."], image_key: ["Unknown."] });

    expect(error.summary(["text", "image"])).toBe("No. Unknown.");
  });
});

describe("asApiError", () => {
  it("hides the words of a fault of this app and logs it", () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const fault = new TypeError("x is undefined");

    expect(asApiError(fault).message).toBe("Something unexpected went wrong.");
    expect(log).toHaveBeenCalledWith(fault);
  });
});
