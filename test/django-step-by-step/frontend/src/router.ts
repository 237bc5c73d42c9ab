import { createRouter, START_LOCATION, type Router, type RouterHistory } from "vue-router";

import { paths } from "./paths";
import { isUpdateWaiting } from "./service-worker";
import { useAuthStore } from "./stores/auth";
import PostsView from "./views/PostsView.vue";

declare module "vue-router" {
  interface RouteMeta {
    title: string;
    /** Only for visitors who are not logged in; others are sent on. */
    guestsOnly?: boolean;
  }
}

const routes = [
  { path: paths.home, name: "home", component: PostsView, meta: { title: "Posts" } },
  {
    path: paths.post,
    name: "post",
    component: () => import("./views/PostView.vue"),
    meta: { title: "Post" },
  },
  {
    path: paths.logIn,
    name: "log-in",
    component: () => import("./views/LogInView.vue"),
    meta: { title: "Log in", guestsOnly: true },
  },
  {
    path: paths.signUp,
    name: "sign-up",
    component: () => import("./views/SignUpView.vue"),
    meta: { title: "Sign up", guestsOnly: true },
  },
  {
    path: paths.about,
    name: "about",
    component: () => import("./views/AboutView.vue"),
    meta: { title: "About" },
  },
  {
    path: "/:unknown(.*)*",
    name: "not-found",
    component: () => import("./views/NotFoundView.vue"),
    meta: { title: "Not found" },
  },
];

export function makeRouter(history: RouterHistory): Router {
  const router = createRouter({
    history,
    routes,
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  });

  router.beforeEach(async (to, from) => {
    if (from !== START_LOCATION && isUpdateWaiting()) return loadPage(to.fullPath);
    const auth = useAuthStore();
    await auth.restore();
    if (to.meta.guestsOnly && auth.isLoggedIn) return nextPath(to.query.next);
    return true;
  });

  router.afterEach((to) => {
    document.title = `${to.meta.title} · MicroBlog`;
  });

  // A view's code that cannot be fetched: the page itself, loaded anew, knows the current files.
  router.onError((_error, to, from) => {
    if (from !== START_LOCATION) loadPage(to.fullPath);
  });

  return router;
}

/** Where to go after logging in: a path of this app and never another site's address. */
export function nextPath(next: unknown): string {
  const isOwnPath = typeof next === "string" && /^\/(?![/\\])/.test(next);
  return isOwnPath ? next : paths.home;
}

function loadPage(fullPath: string): false {
  window.location.assign(fullPath);
  return false;
}
