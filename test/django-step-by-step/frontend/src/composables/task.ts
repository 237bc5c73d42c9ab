import { ref, shallowRef, type Ref, type ShallowRef } from "vue";

import { asApiError, type ApiError } from "@/api/errors";

interface Task<Args extends unknown[]> {
  isBusy: Ref<boolean>;
  error: ShallowRef<ApiError | null>;
  /** Runs the work unless it is running already; true when it succeeded. */
  run: (...args: Args) => Promise<boolean>;
}

/** Work that a component waits for: whether it runs, and the error of its last run. */
export function useTask<Args extends unknown[]>(
  work: (...args: Args) => Promise<unknown>,
): Task<Args> {
  const isBusy = ref(false);
  const error = shallowRef<ApiError | null>(null);

  async function run(...args: Args): Promise<boolean> {
    if (isBusy.value) return false;
    isBusy.value = true;
    error.value = null;
    try {
      await work(...args);
      return true;
    } catch (thrown) {
      error.value = asApiError(thrown);
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  return { isBusy, error, run };
}
