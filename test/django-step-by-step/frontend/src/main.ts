import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";

import { createPinia } from "pinia";
import { createApp } from "vue";
import { createWebHistory } from "vue-router";

import App from "./App.vue";
import { makeRouter } from "./router";
import { registerServiceWorker } from "./service-worker";

createApp(App).use(createPinia()).use(makeRouter(createWebHistory())).mount("#app");

if (import.meta.env.PROD && "serviceWorker" in navigator) {
  registerServiceWorker(navigator.serviceWorker).catch((error: unknown) => {
    console.warn("The app works, but not without a network:", error);
  });
}
