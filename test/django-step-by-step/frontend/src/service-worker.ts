const UPDATE_CHECK_MS = 30 * 60 * 1000;

let updated = false;

/** True when a newer version has taken over below the page that is open. */
export const isUpdateWaiting = (): boolean => updated;

/**
 * Registers the worker that makes the app installable and start without a network.
 *
 * A new worker takes over by itself. The open page keeps running, with whatever is being written,
 * and becomes the new version at its next navigation (see the router).
 */
export async function registerServiceWorker(container: ServiceWorkerContainer): Promise<void> {
  let isControlled = container.controller !== null;
  container.addEventListener("controllerchange", () => {
    // The first worker of a first visit takes over too, and is no update.
    updated = updated || isControlled;
    isControlled = true;
  });
  const registration = await container.register("/sw.js", { updateViaCache: "none" });
  // An installed app may stay open for days without the page load that makes browsers look.
  setInterval(() => void registration.update().catch(() => undefined), UPDATE_CHECK_MS);
}
