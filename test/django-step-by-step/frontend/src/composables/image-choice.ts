import { onScopeDispose, readonly, ref, shallowRef } from "vue";

/** A chosen image and the address under which the browser can show it before it is sent. */
export function useImageChoice() {
  const file = shallowRef<File>();
  const preview = ref("");

  function choose(chosen: File | undefined): void {
    if (preview.value) URL.revokeObjectURL(preview.value);
    file.value = chosen;
    preview.value = chosen ? URL.createObjectURL(chosen) : "";
  }

  onScopeDispose(() => choose(undefined));

  return { file, preview: readonly(preview), choose };
}
