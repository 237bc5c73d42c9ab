import { flushPromises, mount, type VueWrapper } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { vi } from "vitest";
import { createMemoryHistory, type Router } from "vue-router";

import App from "@/App.vue";
import { makeRouter } from "@/router";

/** The whole app at an address, in the document so that focus works. */
export async function mountApp(path: string): Promise<{ app: VueWrapper; router: Router }> {
  sessionStorage.clear();
  const pinia = createPinia();
  setActivePinia(pinia);
  const router = makeRouter(createMemoryHistory());
  await router.push(path);
  const app = mount(App, { global: { plugins: [pinia, router] }, attachTo: document.body });
  await settled();
  return { app, router };
}

/** Answers may lead to a lazily loaded view, and that to further answers. */
export async function settled(): Promise<void> {
  await flushPromises();
  await vi.dynamicImportSettled();
  await flushPromises();
}

export const byTestId = (name: string): string => `[data-testid="${name}"]`;
