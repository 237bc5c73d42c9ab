import { defineStore } from "pinia";
import { computed, ref, watch } from "vue";

import * as api from "@/api/posts";
import type { Post } from "@/api/types";
import { useDraft } from "@/composables/draft";
import { useAuthStore } from "./auth";

/** Every post seen so far, and the order in which the timeline shows those it has loaded. */
export const usePostsStore = defineStore("posts", () => {
  const known = ref(new Map<number, Post>());
  const order = ref<number[]>([]);
  const pageSize = ref(0);
  const hasMore = ref(false);
  const draft = useDraft();

  const timeline = computed(() => order.value.flatMap((id) => known.value.get(id) ?? []));
  const find = (id: number): Post | undefined => known.value.get(id);

  const auth = useAuthStore();
  watch(() => auth.user?.id, forget);
  // A session that merely ends keeps the draft for its writer, who logs in again.
  auth.$onAction(({ name, after }) => {
    if (name === "logOut") after(() => (draft.value = ""));
  });

  /** `liked_by_me` is only true for whom it was fetched. */
  function forget(): void {
    known.value.clear();
    order.value = [];
    hasMore.value = false;
  }

  async function reload(): Promise<void> {
    const page = await api.fetchPosts(1);
    order.value = [];
    pageSize.value = page.results.length;
    append(page.results, page.next);
  }

  /** Pages shift when posts come and go: the next one is counted from what is shown, twins dropped. */
  async function loadMore(): Promise<void> {
    const page = await api.fetchPosts(Math.floor(order.value.length / pageSize.value) + 1);
    append(page.results, page.next);
  }

  function append(posts: Post[], next: string | null): void {
    posts.forEach(remember);
    order.value = [...new Set([...order.value, ...posts.map((post) => post.id)])];
    hasMore.value = next !== null;
  }

  async function load(id: number): Promise<void> {
    remember(await api.fetchPost(id));
  }

  async function publish(text: string, image?: File): Promise<Post> {
    const post = await api.createPost(text, image);
    remember(post);
    order.value.unshift(post.id);
    return post;
  }

  async function remove(id: number): Promise<void> {
    await api.deletePost(id);
    known.value.delete(id);
    order.value = order.value.filter((shown) => shown !== id);
  }

  /** Shows the like at once and takes it back when the API refuses. */
  async function toggleLike(id: number): Promise<void> {
    const post = known.value.get(id);
    if (!post) return;
    const { like_count, liked_by_me } = post;
    const liked = !liked_by_me;
    Object.assign(post, { liked_by_me: liked, like_count: like_count + (liked ? 1 : -1) });
    try {
      Object.assign(post, await api.setLike(id, liked));
    } catch (error) {
      Object.assign(post, { like_count, liked_by_me });
      throw error;
    }
  }

  function remember(post: Post): void {
    known.value.set(post.id, post);
  }

  return { timeline, hasMore, draft, find, reload, loadMore, load, publish, remove, toggleLike };
});
