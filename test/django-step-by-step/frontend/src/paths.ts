/** The addresses of the app, apart from the router so that the build can read them without Vue. */
export const paths = {
  home: "/",
  post: "/posts/:id(\\d+)",
  logIn: "/log-in",
  signUp: "/sign-up",
  about: "/about",
} as const;

/**
 * What the service worker answers with the app's shell. Everything else, the backend's pages above
 * all, goes to the network, so that a path added to the CDN later is never swallowed by an old worker.
 */
export const shellPatterns: RegExp[] = Object.values(paths).map(
  (path) => new RegExp(`^${path.replace(/:\w+(\([^)]*\))/, "$1").replace(/\/$/, "")}/?(?:\\?.*)?$`),
);
