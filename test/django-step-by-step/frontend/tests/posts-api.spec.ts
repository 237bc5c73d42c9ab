import { describe, expect, it } from "vitest";

import { createPost, DIRECT_UPLOAD_FROM } from "@/api/posts";
import { fakeApi, lastForm, makePost, type Answer } from "./fake-api";

const UPLOADS = "POST /api/posts/uploads/";
const CREATE = "POST /api/posts/";
const BUCKET = "https://bucket.example.com/";
const PRESIGNED: Answer = { json: { url: BUCKET, fields: { policy: "p" }, key: "media/a.png" } };
const CREATED: Answer = { status: 201, json: makePost(1) };

const small = new File(["x"], "small.png", { type: "image/png" });
const large = new File([new Uint8Array(DIRECT_UPLOAD_FROM)], "large.png", { type: "image/png" });

const fields = (form: FormData) => Object.fromEntries(form.entries());

describe("createPost", () => {
  it("sends a small image along with the text", async () => {
    const calls = fakeApi({ [CREATE]: CREATED });

    await createPost("hello", small);

    expect(fields(lastForm(calls))).toMatchObject({ text: "hello", image: { name: "small.png" } });
  });

  it("sends a large image to the bucket first and then its key", async () => {
    const calls = fakeApi({
      [UPLOADS]: PRESIGNED,
      [`POST ${BUCKET}`]: { status: 204 },
      [CREATE]: CREATED,
    });

    await createPost("hello", large);

    const toBucket = calls.filter((call) => call.url === BUCKET);
    expect(toBucket[0]?.credentials).toBe("omit");
    expect([...lastForm(toBucket).keys()]).toEqual(["policy", "file"]);
    expect(fields(lastForm(calls))).toEqual({ text: "hello", image_key: "media/a.png" });
  });

  it.each([404, 405, 501, 503])(
    "sends a large image the normal way when direct upload answers %i",
    async (status) => {
      const calls = fakeApi({ [UPLOADS]: { status, json: { detail: "-" } }, [CREATE]: CREATED });

      await createPost("hello", large);

      expect(fields(lastForm(calls))).toMatchObject({ image: { name: "large.png" } });
    },
  );

  it("reports at the image when the bucket refuses it, and makes no post", async () => {
    const calls = fakeApi({ [UPLOADS]: PRESIGNED, [`POST ${BUCKET}`]: { status: 403, html: "" } });

    await expect(createPost("hello", large)).rejects.toMatchObject({
      fields: { image: "The storage did not accept this image." },
    });
    expect(calls.at(-1)?.url).toBe(BUCKET);
  });
});
