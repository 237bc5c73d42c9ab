import { useRoute, useRouter } from "vue-router";

import { ApiError } from "@/api/errors";
import { useAuthStore } from "@/stores/auth";

type Work<Args extends unknown[]> = (...args: Args) => Promise<void>;

/** Makes work members-only: visitors, and members whose session has ended, log in first. */
export function useMembersOnly() {
  const auth = useAuthStore();
  const router = useRouter();
  const route = useRoute();

  const askToLogIn = () => router.push({ name: "log-in", query: { next: route.fullPath } });

  async function sessionHasEnded(error: unknown): Promise<boolean> {
    if (!(error instanceof ApiError) || !error.isAboutPermission) return false;
    await auth.refresh();
    return !auth.isLoggedIn;
  }

  return function membersOnly<Args extends unknown[]>(work: Work<Args>): Work<Args> {
    return async (...args) => {
      if (!auth.isLoggedIn) return void (await askToLogIn());
      try {
        await work(...args);
      } catch (error) {
        if (!(await sessionHasEnded(error))) throw error;
        await askToLogIn();
      }
    };
  };
}
