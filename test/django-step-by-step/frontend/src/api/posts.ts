import { request } from "./http";
import type { LikeState, Page, Post } from "./types";
import { uploadDirectly } from "./uploads";

/** From this size (bytes) on, an image goes to the bucket directly when the API offers it. */
export const DIRECT_UPLOAD_FROM = 4 * 1024 * 1024;

export const fetchPosts = (page: number): Promise<Page<Post>> =>
  request("GET", `/api/posts/?page=${page}`);

export const fetchPost = (id: number): Promise<Post> => request("GET", `/api/posts/${id}/`);

export async function createPost(text: string, image?: File): Promise<Post> {
  const form = new FormData();
  form.append("text", text);
  if (image) {
    const key = image.size >= DIRECT_UPLOAD_FROM ? await uploadDirectly(image) : null;
    if (key) form.append("image_key", key);
    else form.append("image", image);
  }
  return request("POST", "/api/posts/", form);
}

export const deletePost = (id: number): Promise<void> => request("DELETE", `/api/posts/${id}/`);

export const setLike = (id: number, liked: boolean): Promise<LikeState> =>
  request(liked ? "POST" : "DELETE", `/api/posts/${id}/like/`);
