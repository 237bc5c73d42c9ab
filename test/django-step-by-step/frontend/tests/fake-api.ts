import { vi } from "vitest";

import { forgetCsrfToken } from "@/api/http";
import type { Post, User } from "@/api/types";

export interface Call {
  method: string;
  url: string;
  headers: Headers;
  body: unknown;
  credentials: RequestCredentials | undefined;
}

export interface Answer {
  status?: number;
  json?: unknown;
  /** An answer that is not JSON, as a proxy gives it. */
  html?: string;
}

type Answers = Record<string, Answer | ((call: Call) => Answer)>;

/** Replaces the network: answers "METHOD /path" as told and records what was asked. */
export function fakeApi(answers: Answers): Call[] {
  forgetCsrfToken();
  const calls: Call[] = [];
  const all: Answers = { "GET /api/csrf/": { json: { csrfToken: "token" } }, ...answers };
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    const call: Call = {
      method: init.method ?? "GET",
      url,
      headers: new Headers(init.headers),
      body: typeof init.body === "string" ? JSON.parse(init.body) : init.body,
      credentials: init.credentials,
    };
    calls.push(call);
    const answer = all[`${call.method} ${url}`];
    if (!answer) throw new TypeError(`nobody answers ${call.method} ${url}`);
    return toResponse(typeof answer === "function" ? answer(call) : answer);
  });
  return calls;
}

function toResponse({ status = 200, json, html }: Answer): Response {
  if (status === 204) return new Response(null, { status });
  const [body, type] = html === undefined ? [JSON.stringify(json), "application/json"] : [html, "text/html"];
  return new Response(body, { status, headers: { "Content-Type": type } });
}

/** The form that the last request carried. */
export function lastForm(calls: Call[]): FormData {
  const body = calls.at(-1)?.body;
  if (!(body instanceof FormData)) throw new TypeError("the last request carried no form");
  return body;
}

export const alice: User = { id: 1, username: "alice" };
export const bob: User = { id: 2, username: "bob" };

export function makePost(id: number, changes: Partial<Post> = {}): Post {
  return {
    id,
    author: alice,
    text: `post ${id}`,
    image: null,
    created_at: "2026-01-02T03:04:05Z",
    like_count: 0,
    liked_by_me: false,
    ...changes,
  };
}

export function pageOf(posts: Post[], next: string | null = null): Answer {
  return { json: { count: posts.length, next, previous: null, results: posts } };
}
