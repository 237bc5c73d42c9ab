import { describe, expect, it } from "vitest";

import { logIn } from "@/api/auth";
import { backendUrl, request } from "@/api/http";
import { alice, fakeApi } from "./fake-api";

const LIKE = "/api/posts/1/like/";

describe("request", () => {
  it("sends cookies and no CSRF token when reading", async () => {
    const calls = fakeApi({ "GET /api/posts/": { json: [] } });

    await request("GET", "/api/posts/");

    expect(calls).toHaveLength(1);
    expect(calls[0]?.credentials).toBe("include");
    expect(calls[0]?.headers.has("X-CSRFToken")).toBe(false);
  });

  it("fetches the CSRF token once and sends it with every change", async () => {
    const calls = fakeApi({ [`POST ${LIKE}`]: { json: {} }, [`DELETE ${LIKE}`]: { json: {} } });

    await request("POST", LIKE);
    await request("DELETE", LIKE);

    expect(calls.map((call) => call.method + call.url)).toEqual([
      "GET/api/csrf/",
      `POST${LIKE}`,
      `DELETE${LIKE}`,
    ]);
    expect(calls[2]?.headers.get("X-CSRFToken")).toBe("token");
  });

  it("fetches a new CSRF token after logging in, because Django rotates it", async () => {
    let token = 0;
    const calls = fakeApi({
      "GET /api/csrf/": () => ({ json: { csrfToken: `token-${++token}` } }),
      "POST /api/auth/log-in/": { json: { user: alice } },
      [`POST ${LIKE}`]: { json: {} },
    });

    await logIn({ username: "alice", password: "secret" });
    await request("POST", LIKE);

    expect(calls.at(-1)?.headers.get("X-CSRFToken")).toBe("token-2");
  });

  it("tries a change once more when another tab has rotated the token", async () => {
    let valid = "first";
    const calls = fakeApi({
      "GET /api/csrf/": () => ({ json: { csrfToken: valid } }),
      [`POST ${LIKE}`]: ({ headers }) =>
        headers.get("X-CSRFToken") === valid
          ? { json: { like_count: 1 } }
          : { status: 403, json: { detail: "CSRF check failed" } },
    });
    await request("POST", LIKE);
    valid = "second";

    expect(await request("POST", LIKE)).toEqual({ like_count: 1 });
    expect(calls).toHaveLength(5);
  });

  it("does not repeat a change that is refused with a fresh token", async () => {
    const calls = fakeApi({ [`POST ${LIKE}`]: { status: 403, json: { detail: "No." } } });

    await expect(request("POST", LIKE)).rejects.toMatchObject({ status: 403, message: "No." });
    expect(calls.filter((call) => call.method === "POST")).toHaveLength(1);
  });

  it("sends an object as JSON and leaves a form's content type to the browser", async () => {
    const calls = fakeApi({ "POST /api/posts/": { json: {} } });
    const form = new FormData();

    await request("POST", "/api/posts/", { text: "hello" });
    await request("POST", "/api/posts/", form);

    const [, asJson, asForm] = calls;
    expect(asJson?.headers.get("Content-Type")).toBe("application/json");
    expect(asJson?.body).toEqual({ text: "hello" });
    expect(asForm?.headers.has("Content-Type")).toBe(false);
    expect(asForm?.body).toBe(form);
  });

  it("gives nothing for an answer without content", async () => {
    fakeApi({ "DELETE /api/posts/1/": { status: 204 } });

    expect(await request("DELETE", "/api/posts/1/")).toBeUndefined();
  });

  it("refuses a page that stands in for JSON, as an SPA fallback gives it", async () => {
    fakeApi({ "GET /api/posts/": { html: "<!doctype html>" } });

    await expect(request("GET", "/api/posts/")).rejects.toMatchObject({ name: "ApiError" });
  });

  it("says that the server could not be reached when there is no answer", async () => {
    fakeApi({});

    await expect(request("GET", "/api/posts/")).rejects.toMatchObject({
      status: 0,
      message: expect.stringContaining("could not be reached"),
    });
  });
});

describe("backendUrl", () => {
  it("completes a path and keeps a whole address", () => {
    expect(backendUrl("/media/a.png")).toBe(`${window.location.origin}/media/a.png`);
    expect(backendUrl("https://cdn.example.com/a.png")).toBe("https://cdn.example.com/a.png");
  });
});
