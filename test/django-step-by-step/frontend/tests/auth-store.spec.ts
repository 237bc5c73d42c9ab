import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it } from "vitest";

import { useAuthStore } from "@/stores/auth";
import { alice, fakeApi } from "./fake-api";

const credentials = { username: "alice", password: "secret" };

describe("the auth store", () => {
  beforeEach(() => setActivePinia(createPinia()));

  it("learns once from the API who is logged in", async () => {
    const calls = fakeApi({ "GET /api/auth/me/": { json: { user: alice } } });
    const auth = useAuthStore();

    await auth.restore();
    await auth.restore();

    expect(auth.user).toEqual(alice);
    expect(calls).toHaveLength(1);
  });

  it("asks again after the API could not be reached", async () => {
    fakeApi({});
    const auth = useAuthStore();
    await auth.restore();
    expect(auth.isLoggedIn).toBe(false);

    fakeApi({ "GET /api/auth/me/": { json: { user: alice } } });
    await auth.restore();

    expect(auth.isLoggedIn).toBe(true);
  });

  it.each(["log-in", "sign-up"] as const)("knows the user after %s", async (way) => {
    const calls = fakeApi({ [`POST /api/auth/${way}/`]: { json: { user: alice } } });
    const auth = useAuthStore();

    await (way === "log-in" ? auth.logIn(credentials) : auth.signUp(credentials));

    expect(auth.user).toEqual(alice);
    expect(calls.at(-1)?.body).toEqual(credentials);
  });

  it("knows nobody when the log-in is refused", async () => {
    fakeApi({ "POST /api/auth/log-in/": { status: 400, json: { detail: "Wrong." } } });
    const auth = useAuthStore();

    await expect(auth.logIn(credentials)).rejects.toMatchObject({ message: "Wrong." });
    expect(auth.isLoggedIn).toBe(false);
  });

  it("forgets the user on log-out", async () => {
    fakeApi({
      "GET /api/auth/me/": { json: { user: alice } },
      "POST /api/auth/log-out/": { status: 204 },
    });
    const auth = useAuthStore();
    await auth.restore();

    await auth.logOut();

    expect(auth.user).toBeNull();
  });
});
