import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createMemoryHistory, type Router } from "vue-router";

import { shellPatterns } from "@/paths";
import { makeRouter, nextPath } from "@/router";
import * as worker from "@/service-worker";
import { alice, fakeApi } from "./fake-api";

let router: Router;

const isShell = (path: string) => shellPatterns.some((pattern) => pattern.test(path));

beforeEach(() => {
  setActivePinia(createPinia());
  router = makeRouter(createMemoryHistory());
});

describe("the router", () => {
  it.each(["/log-in", "/sign-up"])("sends a member from %s to the posts", async (path) => {
    fakeApi({ "GET /api/auth/me/": { json: { user: alice } } });

    await router.push(path);

    expect(router.currentRoute.value.name).toBe("home");
  });

  it("sends a member on to where they wanted to go", async () => {
    fakeApi({ "GET /api/auth/me/": { json: { user: alice } } });

    await router.push("/log-in?next=/posts/7");

    expect(router.currentRoute.value.fullPath).toBe("/posts/7");
  });

  it("shows the log-in page to a visitor", async () => {
    fakeApi({ "GET /api/auth/me/": { json: { user: null } } });

    await router.push("/log-in");

    expect(router.currentRoute.value.name).toBe("log-in");
    expect(document.title).toBe("Log in · MicroBlog");
  });

  it.each(["/nowhere", "/posts/abc", "/posts"])("finds nothing at %s", async (path) => {
    fakeApi({ "GET /api/auth/me/": { json: { user: null } } });

    await router.push(path);

    expect(router.currentRoute.value.name).toBe("not-found");
  });

  it("loads the page anew, instead of navigating, once a new version is there", async () => {
    fakeApi({ "GET /api/auth/me/": { json: { user: null } } });
    const assign = vi.spyOn(window.location, "assign").mockImplementation(() => undefined);
    await router.push("/");
    vi.spyOn(worker, "isUpdateWaiting").mockReturnValue(true);

    await router.push("/about");

    expect(assign).toHaveBeenCalledWith("/about");
    expect(router.currentRoute.value.name).toBe("home");
  });
});

describe("nextPath", () => {
  it.each(["https://evil.example", "//evil.example", "/\\evil.example", "", undefined, ["/a"]])(
    "leads home rather than to %j",
    (next) => expect(nextPath(next)).toBe("/"),
  );
});

describe("shellPatterns", () => {
  it.each(["/", "/?page=1", "/posts/12", "/posts/12/", "/log-in?next=/posts/1", "/sign-up", "/about"])(
    "let the service worker answer %s",
    (path) => expect(isShell(path)).toBe(true),
  );

  it.each([
    "/api/posts/",
    "/admin",
    "/admin/login/?next=/about",
    "/graphql/",
    "/static/a.css",
    "/media/posts/12",
    "/posts/12/more",
    "/healthz",
  ])("leave %s to the network", (path) => expect(isShell(path)).toBe(false));
});
