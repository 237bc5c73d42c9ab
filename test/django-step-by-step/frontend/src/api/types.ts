export interface User {
  id: number;
  username: string;
}

export interface Post {
  id: number;
  author: User;
  text: string;
  image: string | null;
  thumbnail?: string | null;
  created_at: string;
  like_count: number;
  liked_by_me: boolean;
}

export type LikeState = Pick<Post, "like_count" | "liked_by_me">;

export interface Page<T> {
  count: number;
  next: string | null;
  previous: string | null;
  results: T[];
}
