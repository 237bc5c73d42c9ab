import { ApiError } from "./errors";
import { reach, request } from "./http";

/** A presigned POST: the bucket takes the file when it comes with exactly these fields. */
interface PresignedUpload {
  url: string;
  fields: Record<string, string>;
  key: string;
}

/** Answers that say "no bucket here" rather than "not this file". */
const UNAVAILABLE = new Set([404, 405, 501, 503]);

/**
 * Sends the file from the browser to the bucket, past the web servers, and gives the key under which
 * a post names it; null when the API offers no direct upload.
 */
export async function uploadDirectly(file: File): Promise<string | null> {
  const upload = await askForUpload(file);
  if (!upload) return null;

  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  // S3 ignores every field that comes after the file.
  form.append("file", file);

  const response = await reach(upload.url, { method: "POST", body: form, credentials: "omit" });
  if (!response.ok) {
    throw new ApiError(response.status, "", { image: "The storage did not accept this image." });
  }
  return upload.key;
}

async function askForUpload(file: File): Promise<PresignedUpload | null> {
  try {
    return await request<PresignedUpload>("POST", "/api/posts/uploads/", {
      filename: file.name,
      content_type: file.type,
    });
  } catch (error) {
    if (error instanceof ApiError && UNAVAILABLE.has(error.status)) return null;
    throw error;
  }
}
