import { forgetCsrfToken, request } from "./http";
import type { User } from "./types";

export interface Credentials {
  username: string;
  password: string;
}

export async function currentUser(): Promise<User | null> {
  return (await request<{ user: User | null }>("GET", "/api/auth/me/")).user;
}

export const signUp = (credentials: Credentials): Promise<User> =>
  enter("/api/auth/sign-up/", credentials);

export const logIn = (credentials: Credentials): Promise<User> =>
  enter("/api/auth/log-in/", credentials);

export async function logOut(): Promise<void> {
  await request<void>("POST", "/api/auth/log-out/");
  forgetCsrfToken();
}

async function enter(path: string, credentials: Credentials): Promise<User> {
  const { user } = await request<{ user: User }>("POST", path, credentials);
  forgetCsrfToken();
  return user;
}
