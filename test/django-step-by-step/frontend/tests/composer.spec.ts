import type { VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { alice, fakeApi, lastForm, makePost, pageOf, type Answer, type Call } from "./fake-api";
import { byTestId, mountApp, settled } from "./mount-app";

const image = new File(["pixels"], "cat.png", { type: "image/png" });

let app: VueWrapper;
let revoke: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:preview");
  revoke = vi.spyOn(URL, "revokeObjectURL");
});
afterEach(() => app.unmount());

const find = (name: string) => app.find(byTestId(name));

async function openWith(created: Answer): Promise<Call[]> {
  const calls = fakeApi({
    "GET /api/auth/me/": { json: { user: alice } },
    "GET /api/posts/?page=1": pageOf([]),
    "POST /api/posts/": created,
  });
  ({ app } = await mountApp("/"));
  return calls;
}

async function choose(file: File): Promise<void> {
  const input = find("post-image-input");
  Object.defineProperty(input.element, "files", { value: [file], configurable: true });
  await input.trigger("change");
}

async function publish(text: string): Promise<void> {
  await find("post-text").setValue(text);
  await find("post-form").trigger("submit");
  await settled();
}

describe("the composer", () => {
  it("cannot be sent while the text is blank", async () => {
    await openWith({});
    expect(find("post-submit").attributes()).toHaveProperty("disabled");

    await find("post-text").setValue("hello");

    expect(find("post-submit").attributes()).not.toHaveProperty("disabled");
  });

  it("shows the chosen image before anything is sent", async () => {
    const calls = await openWith({});

    await choose(image);

    expect(find("post-image-preview").attributes("src")).toBe("blob:preview");
    expect(calls.some((call) => call.method === "POST")).toBe(false);
  });

  it("lets go of an image that is removed", async () => {
    const calls = await openWith({ status: 201, json: makePost(1) });
    await choose(image);

    await find("post-image-remove").trigger("click");
    await publish("hello");

    expect(find("post-image-preview").exists()).toBe(false);
    expect(revoke).toHaveBeenCalledWith("blob:preview");
    expect(lastForm(calls).has("image")).toBe(false);
  });

  it("publishes text and image, then is empty again", async () => {
    const calls = await openWith({ status: 201, json: makePost(9) });
    await choose(image);

    await publish("hello");

    const sent = lastForm(calls);
    expect(sent.get("text")).toBe("hello");
    expect((sent.get("image") as File).name).toBe("cat.png");
    expect(find("post-item").text()).toContain("post 9");
    expect((find("post-text").element as HTMLTextAreaElement).value).toBe("");
    expect(find("post-image-preview").exists()).toBe(false);
  });

  it("shows what is wrong with a direct upload's key at the image", async () => {
    await openWith({ status: 400, json: { image_key: ["Nothing was uploaded."] } });

    await publish("hello");

    expect(find("error").attributes("data-field")).toBe("image");
    expect(find("error").text()).toBe("Nothing was uploaded.");
  });

  it("shows the API's errors at their fields and keeps what was written", async () => {
    await openWith({ status: 400, json: { text: ["Too long."], image: ["Not an image."] } });
    await choose(image);

    await publish("hello");

    expect(app.find('[data-testid="error"][data-field="text"]').text()).toBe("Too long.");
    expect(app.find('[data-testid="error"][data-field="image"]').text()).toBe("Not an image.");
    expect(find("post-text").attributes("aria-invalid")).toBe("true");
    expect((find("post-text").element as HTMLTextAreaElement).value).toBe("hello");
    expect(find("post-image-preview").exists()).toBe(true);
  });
});
