import { ApiError, toApiError } from "./errors";

const API_URL = (import.meta.env.VITE_API_URL ?? "").replace(/\/$/, "");

type Method = "GET" | "POST" | "DELETE";

let csrfToken: string | undefined;

/** Django rotates the token whenever somebody logs in: the next unsafe request fetches a new one. */
export function forgetCsrfToken(): void {
  csrfToken = undefined;
}

/**
 * Asks the API and gives its JSON (undefined for an answer without content).
 *
 * `path` starts with "/api/". A FormData body is sent as multipart, anything else as JSON.
 * Throws `ApiError` for a refusal and for no answer.
 */
export async function request<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const tokenIsOld = csrfToken !== undefined;
  try {
    return await send<T>(method, path, body);
  } catch (error) {
    const mayBeRotated = method !== "GET" && tokenIsOld && isForbidden(error);
    if (!mayBeRotated) throw error;
    // Another tab may have logged in and so rotated the token that this one holds.
    forgetCsrfToken();
    return send<T>(method, path, body);
  }
}

/** The whole address of something the backend serves: a path, or an address that is whole already. */
export function backendUrl(address: string): string {
  return new URL(address, API_URL || window.location.origin).href;
}

async function send<T>(method: Method, path: string, body: unknown): Promise<T> {
  const headers = new Headers({ Accept: "application/json" });
  if (method !== "GET") headers.set("X-CSRFToken", await ensureCsrfToken());
  if (body !== undefined && !(body instanceof FormData)) {
    headers.set("Content-Type", "application/json");
    body = JSON.stringify(body);
  }
  const response = await reach(API_URL + path, {
    method,
    headers,
    body: body as BodyInit | undefined,
    credentials: "include",
  });
  return read<T>(response);
}

/** `fetch`, with "no answer" as an `ApiError` of status 0. */
export async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    throw toApiError(0);
  }
}

async function read<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  const isJson = response.headers.get("Content-Type")?.includes("json") ?? false;
  const body: unknown = isJson ? await response.json() : undefined;
  // A page in place of JSON means that a proxy or the SPA's own shell answered for the API.
  if (!response.ok || !isJson) throw toApiError(response.status, body);
  return body as T;
}

async function ensureCsrfToken(): Promise<string> {
  csrfToken ??= (await send<{ csrfToken: string }>("GET", "/api/csrf/", undefined)).csrfToken;
  return csrfToken;
}

function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}
