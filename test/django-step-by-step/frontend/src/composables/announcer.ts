import { readonly, ref } from "vue";

const message = ref("");

/** What a screen reader is told about changes that a sighted reader simply sees. */
export const announcement = readonly(message);

export function announce(text: string): void {
  message.value = text;
}
