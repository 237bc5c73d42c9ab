import { beforeEach, describe, expect, it, vi } from "vitest";

/** The part of the browser's container that registration uses. */
class FakeContainer extends EventTarget {
  readonly register = vi.fn<ServiceWorkerContainer["register"]>(async () => ({ update: async () => undefined }) as never);

  constructor(public controller: object | null) {
    super();
  }
}

async function registered(container: FakeContainer) {
  const worker = await import("@/service-worker");
  await worker.registerServiceWorker(container as unknown as ServiceWorkerContainer);
  return worker;
}

describe("registerServiceWorker", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetModules();
  });

  it("never lets the browser's cache answer for the worker", async () => {
    const container = new FakeContainer(null);
    await registered(container);

    expect(container.register).toHaveBeenCalledWith("/sw.js", { updateViaCache: "none" });
  });

  it("takes the first worker of a first visit for no update, and the second for one", async () => {
    const container = new FakeContainer(null);
    const worker = await registered(container);

    container.dispatchEvent(new Event("controllerchange"));
    expect(worker.isUpdateWaiting()).toBe(false);
    container.dispatchEvent(new Event("controllerchange"));
    expect(worker.isUpdateWaiting()).toBe(true);
  });

  it("takes a worker that replaces another for an update", async () => {
    const container = new FakeContainer({});
    const worker = await registered(container);

    container.dispatchEvent(new Event("controllerchange"));

    expect(worker.isUpdateWaiting()).toBe(true);
  });
});
