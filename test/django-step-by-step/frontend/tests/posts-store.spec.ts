import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it } from "vitest";

import { useAuthStore } from "@/stores/auth";
import { usePostsStore } from "@/stores/posts";
import { bob, fakeApi, makePost, pageOf } from "./fake-api";

const NEXT = "http://api/api/posts/?page=2";
const firstPage = { "GET /api/posts/?page=1": pageOf([makePost(4), makePost(3)], NEXT) };

const shown = () => usePostsStore().timeline.map((post) => post.id);

describe("the posts store", () => {
  beforeEach(() => {
    sessionStorage.clear();
    setActivePinia(createPinia());
  });

  it("appends the next page until there is none", async () => {
    fakeApi({ ...firstPage, "GET /api/posts/?page=2": pageOf([makePost(2), makePost(1)]) });
    const posts = usePostsStore();

    await posts.reload();
    expect(posts.hasMore).toBe(true);
    await posts.loadMore();

    expect(shown()).toEqual([4, 3, 2, 1]);
    expect(posts.hasMore).toBe(false);
  });

  it("shows a post once when a newer one has moved it to the next page", async () => {
    fakeApi({ ...firstPage, "GET /api/posts/?page=2": pageOf([makePost(3), makePost(2)]) });
    const posts = usePostsStore();

    await posts.reload();
    await posts.loadMore();

    expect(shown()).toEqual([4, 3, 2]);
  });

  it("skips no post when a deletion has moved it to the page before", async () => {
    const calls = fakeApi({ ...firstPage, "DELETE /api/posts/4/": { status: 204 } });
    const posts = usePostsStore();
    await posts.reload();

    await posts.remove(4);
    fakeApi({ "GET /api/posts/?page=1": pageOf([makePost(3), makePost(2)], NEXT) });
    await posts.loadMore();

    expect(calls.at(-1)?.method).toBe("DELETE");
    expect(shown()).toEqual([3, 2]);
  });

  it("puts a new post first", async () => {
    fakeApi({ ...firstPage, "POST /api/posts/": { status: 201, json: makePost(5) } });
    const posts = usePostsStore();
    await posts.reload();

    await posts.publish("post 5");

    expect(shown()).toEqual([5, 4, 3]);
  });

  it("likes and takes the like back, with the API's count", async () => {
    fakeApi({
      ...firstPage,
      "POST /api/posts/4/like/": { json: { like_count: 7, liked_by_me: true } },
      "DELETE /api/posts/4/like/": { json: { like_count: 6, liked_by_me: false } },
    });
    const posts = usePostsStore();
    await posts.reload();

    await posts.toggleLike(4);
    expect(posts.find(4)).toMatchObject({ like_count: 7, liked_by_me: true });
    await posts.toggleLike(4);
    expect(posts.find(4)).toMatchObject({ like_count: 6, liked_by_me: false });
  });

  it("shows a like at once and takes it back when the API refuses", async () => {
    fakeApi({ ...firstPage, "POST /api/posts/4/like/": { status: 500, html: "" } });
    const posts = usePostsStore();
    await posts.reload();

    const attempt = posts.toggleLike(4);
    expect(posts.find(4)).toMatchObject({ like_count: 1, liked_by_me: true });
    await expect(attempt).rejects.toMatchObject({ status: 500 });

    expect(posts.find(4)).toMatchObject({ like_count: 0, liked_by_me: false });
  });

  it("keeps the draft when the page is loaded anew", () => {
    usePostsStore().draft = "half a thought";

    setActivePinia(createPinia());

    expect(usePostsStore().draft).toBe("half a thought");
  });

  it("leaves no draft to the next person after a log-out", async () => {
    fakeApi({ "POST /api/auth/log-out/": { status: 204 } });
    const posts = usePostsStore();
    posts.draft = "half a thought";

    await useAuthStore().logOut();

    expect(posts.draft).toBe("");
    expect(sessionStorage.getItem("draft")).toBe("");
  });

  it("forgets what it fetched for somebody else", async () => {
    fakeApi({ ...firstPage, "POST /api/auth/log-in/": { json: { user: bob } } });
    const posts = usePostsStore();
    await posts.reload();

    await useAuthStore().logIn({ username: "bob", password: "secret" });
    await Promise.resolve();

    expect(shown()).toEqual([]);
  });
});
