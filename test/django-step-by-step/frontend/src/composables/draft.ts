import { ref, watch, type Ref } from "vue";

const KEY = "draft";

/** What is being written in this tab; it outlives a detour to log in and a page load by an update. */
export function useDraft(): Ref<string> {
  const draft = ref(sessionStorage.getItem(KEY) ?? "");
  watch(draft, (text) => sessionStorage.setItem(KEY, text), { flush: "sync" });
  return draft;
}
