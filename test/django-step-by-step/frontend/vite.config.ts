import { fileURLToPath, URL } from "node:url";

import vue from "@vitejs/plugin-vue";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";

import { shellPatterns } from "./src/paths.ts";

const DJANGO = "http://127.0.0.1:8000";
const DJANGO_PATHS = ["/api", "/admin", "/graphql", "/static", "/media"];

const pwa = VitePWA({
  // Registered by src/service-worker.ts: the plugin's own way is an inline script or a forced reload.
  injectRegister: false,
  // The glob below lists them already.
  includeManifestIcons: false,
  manifest: {
    id: "/",
    name: "MicroBlog",
    short_name: "MicroBlog",
    description: "A small blog on Django and Vue, deployed by django-cdk.",
    start_url: "/",
    scope: "/",
    display: "standalone",
    theme_color: "#0b6b4c",
    background_color: "#f6f5f1",
    icons: [
      { src: "/icons/icon.svg", sizes: "any", type: "image/svg+xml" },
      { src: "/icons/icon-192.png", sizes: "192x192", type: "image/png" },
      { src: "/icons/icon-512.png", sizes: "512x512", type: "image/png" },
      {
        src: "/icons/icon-maskable-512.png",
        sizes: "512x512",
        type: "image/png",
        purpose: "maskable",
      },
    ],
  },
  workbox: {
    globPatterns: ["**/*.{js,css,html,svg,png}"],
    navigateFallback: "/index.html",
    navigateFallbackAllowlist: shellPatterns,
    skipWaiting: true,
    clientsClaim: true,
    cleanupOutdatedCaches: true,
    // One unhashed sw.js instead of a hashed runtime beside it in the root.
    inlineWorkboxRuntime: true,
    sourcemap: false,
  },
});

export default defineConfig({
  plugins: [vue(), pwa],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: Object.fromEntries(DJANGO_PATHS.map((path) => [path, DJANGO])) },
  build: {
    // Data URLs would need `data:` in a content security policy.
    assetsInlineLimit: 0,
  },
  test: { environment: "happy-dom", include: ["tests/**/*.spec.ts"], restoreMocks: true },
});
