/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Origin of the API when it has a domain of its own; same origin by default. */
  readonly VITE_API_URL?: string;
}
