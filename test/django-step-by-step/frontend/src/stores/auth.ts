import { defineStore } from "pinia";
import { computed, ref } from "vue";

import * as api from "@/api/auth";
import type { User } from "@/api/types";

/** Who is logged in. The session itself is a cookie that JavaScript cannot read. */
export const useAuthStore = defineStore("auth", () => {
  const user = ref<User | null>(null);
  const isKnown = ref(false);

  /** Asks the API who this browser is, once; an unreachable API counts as nobody until the next try. */
  async function restore(): Promise<void> {
    if (isKnown.value) return;
    await refresh().catch(() => undefined);
  }

  async function refresh(): Promise<void> {
    accept(await api.currentUser());
  }

  async function signUp(credentials: api.Credentials): Promise<void> {
    accept(await api.signUp(credentials));
  }

  async function logIn(credentials: api.Credentials): Promise<void> {
    accept(await api.logIn(credentials));
  }

  async function logOut(): Promise<void> {
    await api.logOut();
    accept(null);
  }

  function accept(next: User | null): void {
    user.value = next;
    isKnown.value = true;
  }

  const isLoggedIn = computed(() => user.value !== null);

  return { user, isLoggedIn, restore, refresh, signUp, logIn, logOut };
});
