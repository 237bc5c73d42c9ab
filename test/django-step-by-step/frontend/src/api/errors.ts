/** A refusal of the API, in the reader's words. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    /** HTTP status; 0 when no answer came at all. */
    readonly status: number,
    /** What concerns the request as a whole; empty when only fields are at fault. */
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  /** DRF answers 403, not 401, when session authentication finds nobody logged in. */
  get isAboutPermission(): boolean {
    return this.status === 401 || this.status === 403;
  }

  /** Everything that is not shown beside one of the fields named. */
  summary(fieldsShown: readonly string[] = []): string {
    const elsewhere = Object.keys(this.fields).filter((field) => !fieldsShown.includes(field));
    return [this.message, ...elsewhere.map((field) => this.fields[field])].filter(Boolean).join(" ");
  }
}

const MESSAGES: Record<number, string> = {
  0: "The server could not be reached. Check your connection and try again.",
  401: "Please log in first.",
  403: "You are not allowed to do this.",
  404: "This does not exist.",
  413: "The upload is too large.",
  429: "Too many attempts. Wait a moment and try again.",
};

const GENERAL_KEYS = new Set(["detail", "non_field_errors"]);

/** Makes an error of a DRF answer; `body` is undefined when the answer was not JSON. */
export function toApiError(status: number, body?: unknown): ApiError {
  const entries = Object.entries(Array.isArray(body) ? { detail: body } : Object(body));
  const general = entries.filter(([key]) => GENERAL_KEYS.has(key)).map(([, value]) => value);
  const fields = entries.filter(([key]) => !GENERAL_KEYS.has(key));
  return new ApiError(
    status,
    sentences(general) || (fields.length > 0 ? "" : messageFor(status)),
    Object.fromEntries(fields.map(([key, value]) => [key, sentences(value)])),
  );
}

/** What was thrown, as something that can be shown; a fault of this app also goes to the console. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  console.error(error);
  return new ApiError(0, "Something unexpected went wrong.");
}

function messageFor(status: number): string {
  return (
    MESSAGES[status] ?? `The server did not answer as it should (${status}). Try again in a moment.`
  );
}

/** DRF nests messages in lists and objects; a reader wants the sentences. */
function sentences(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value ?? "");
  return Object.values(value).map(sentences).filter(Boolean).join(" ");
}
