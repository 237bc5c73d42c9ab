import type { VueWrapper } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";

import { alice, bob, fakeApi, makePost, pageOf } from "./fake-api";
import { byTestId, mountApp, settled } from "./mount-app";

const visitor = { "GET /api/auth/me/": { json: { user: null } } };
const member = { "GET /api/auth/me/": { json: { user: alice } } };
const onePost = { "GET /api/posts/?page=1": pageOf([makePost(1, { like_count: 2 })]) };

let app: VueWrapper;

async function open(path: string) {
  const opened = await mountApp(path);
  app = opened.app;
  return opened;
}

const find = (name: string) => app.find(byTestId(name));

async function click(name: string): Promise<void> {
  await find(name).trigger("click");
  await settled();
}

async function enter(kind: "log-in" | "sign-up"): Promise<void> {
  await find(`${kind}-username`).setValue("alice");
  await find(`${kind}-password`).setValue("secret");
  await find(`${kind}-form`).trigger("submit");
  await settled();
}

afterEach(() => app.unmount());

describe("logging in and out", () => {
  it("goes back to where the visitor came from", async () => {
    fakeApi({
      ...visitor,
      "POST /api/auth/log-in/": { json: { user: alice } },
      "GET /api/posts/1/": { json: makePost(1) },
    });
    const { router } = await open("/log-in?next=/posts/1");

    await enter("log-in");

    expect(router.currentRoute.value.fullPath).toBe("/posts/1");
    expect(find("current-user").text()).toBe("alice");
  });

  it("shows a refusal as an alert and puts the focus back into the form", async () => {
    fakeApi({ ...visitor, "POST /api/auth/log-in/": { status: 400, json: { detail: "Wrong." } } });
    await open("/log-in");

    await enter("log-in");

    expect(find("error").attributes("role")).toBe("alert");
    expect(find("error").text()).toBe("Wrong.");
    expect(document.activeElement).toBe(find("log-in-username").element);
  });

  it("shows a field's error at the field and focuses it", async () => {
    const refusal = { status: 400, json: { password: ["Too short."] } };
    fakeApi({ ...visitor, "POST /api/auth/sign-up/": refusal });
    await open("/sign-up");

    await enter("sign-up");

    const input = find("sign-up-password");
    const error = app.find('[data-testid="error"][data-field="password"]');
    expect(error.text()).toBe("Too short.");
    expect(app.findAll(byTestId("error"))).toHaveLength(1);
    expect(input.attributes("aria-describedby")).toContain(error.attributes("id"));
    expect(document.activeElement).toBe(input.element);
  });

  it("takes the composer away on log-out and loads the posts anew", async () => {
    const calls = fakeApi({ ...member, ...onePost, "POST /api/auth/log-out/": { status: 204 } });
    await open("/");
    expect(find("post-form").exists()).toBe(true);

    await click("log-out");

    expect(find("post-form").exists()).toBe(false);
    expect(find("log-in-link").exists()).toBe(true);
    expect(calls.filter((call) => call.url === "/api/posts/?page=1")).toHaveLength(2);
  });
});

describe("the list of posts", () => {
  it("shows text, image and likes", async () => {
    const post = makePost(1, { image: "/media/a.png", thumbnail: "/media/t.webp", like_count: 2 });
    fakeApi({ ...visitor, "GET /api/posts/?page=1": pageOf([post]) });
    await open("/");

    expect(find("post-body").text()).toBe("post 1");
    expect(find("like-count").text()).toBe("2");
    expect(find("post-image").attributes("src")).toMatch(/\/media\/t\.webp$/);
  });

  it("says so in place of an image that does not load", async () => {
    const post = makePost(1, { image: "/media/a.png" });
    fakeApi({ ...visitor, "GET /api/posts/?page=1": pageOf([post]) });
    await open("/");

    await find("post-image").trigger("error");

    expect(find("post-image-broken").exists()).toBe(true);
  });

  it("loads more on demand", async () => {
    fakeApi({
      ...visitor,
      "GET /api/posts/?page=1": pageOf([makePost(2)], "/api/posts/?page=2"),
      "GET /api/posts/?page=2": pageOf([makePost(1)]),
    });
    await open("/");

    await click("load-more");

    expect(app.findAll(byTestId("post-item"))).toHaveLength(2);
    expect(find("load-more").exists()).toBe(false);
  });

  it("offers another try when the API cannot be reached", async () => {
    fakeApi(visitor);
    await open("/");
    expect(find("error").text()).toContain("could not be reached");
    expect(find("no-posts").exists()).toBe(false);

    fakeApi(onePost);
    await click("retry");

    expect(find("post-item").exists()).toBe(true);
    expect(find("error").exists()).toBe(false);
  });

  it("likes for a member", async () => {
    const liked = { json: { like_count: 3, liked_by_me: true } };
    fakeApi({ ...member, ...onePost, "POST /api/posts/1/like/": liked });
    await open("/");

    await click("like-button");

    expect(find("like-count").text()).toBe("3");
    expect(find("like-button").attributes("aria-pressed")).toBe("true");
  });

  it("sends a visitor who likes to the log-in page, and back afterwards", async () => {
    fakeApi({ ...visitor, ...onePost });
    const { router } = await open("/");

    await click("like-button");

    expect(router.currentRoute.value.fullPath).toBe("/log-in?next=/");
  });

  it("sends a member whose session has ended to the log-in page", async () => {
    let user: typeof alice | null = alice;
    fakeApi({
      ...onePost,
      "GET /api/auth/me/": () => ({ json: { user } }),
      "POST /api/posts/1/like/": { status: 403, json: { detail: "No credentials." } },
    });
    const { router } = await open("/");
    user = null;

    await click("like-button");

    expect(router.currentRoute.value.name).toBe("log-in");
  });

  it("deletes an own post only after a second click", async () => {
    const calls = fakeApi({ ...member, ...onePost, "DELETE /api/posts/1/": { status: 204 } });
    await open("/");

    await click("post-delete");
    expect(document.activeElement).toBe(find("post-delete-cancel").element);
    expect(calls.some((call) => call.method === "DELETE")).toBe(false);
    await click("post-delete-confirm");

    expect(find("post-item").exists()).toBe(false);
    expect(document.activeElement?.textContent).toBe("Posts");
  });

  it("offers no deletion of somebody else's post", async () => {
    fakeApi({ ...member, "GET /api/posts/?page=1": pageOf([makePost(1, { author: bob })]) });
    await open("/");

    expect(find("post-delete").exists()).toBe(false);
  });
});

describe("a post's own page", () => {
  it("shows the whole image", async () => {
    const post = makePost(7, { image: "/media/a.png", thumbnail: "/media/t.webp" });
    fakeApi({ ...visitor, "GET /api/posts/7/": { json: post } });
    await open("/posts/7");

    expect(find("post-image").attributes("src")).toMatch(/\/media\/a\.png$/);
  });

  it("leads to the list when the post is deleted", async () => {
    fakeApi({
      ...member,
      "GET /api/posts/7/": { json: makePost(7) },
      "GET /api/posts/?page=1": pageOf([]),
      "DELETE /api/posts/7/": { status: 204 },
    });
    const { router } = await open("/posts/7");

    await click("post-delete");
    await click("post-delete-confirm");

    expect(router.currentRoute.value.name).toBe("home");
  });

  it("says that a post does not exist", async () => {
    fakeApi({ ...visitor, "GET /api/posts/7/": { status: 404, json: { detail: "Not found." } } });
    await open("/posts/7");

    expect(find("error").text()).toContain("does not exist");
  });
});
