// A refusal, as every service words it (RFC 9457), or what stands for one when no answer came.
export interface FieldError {
  pointer: string;
  detail: string;
}

export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly detail: string,
    readonly requestId: string | null,
    readonly service: string | null = null,
    readonly fields: readonly FieldError[] = [],
    readonly retryAfterS: number | null = null,
  ) {
    super(detail || code);
    this.name = "Problem";
  }

  /** The capability is not part of this installation: nothing is broken. */
  get isAbsent(): boolean {
    return this.code === "service_not_installed" || this.code === "unknown_path";
  }

  /** The service is there and does not answer now. */
  get isAway(): boolean {
    return this.status === 0 || this.status >= 502;
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const body: Record<string, unknown> = await response
    .clone()
    .json()
    .catch(() => ({}));
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  const fields = Array.isArray(body.errors) ? (body.errors as FieldError[]) : [];
  const after = Number(response.headers.get("retry-after"));
  return new Problem(
    text(body.code) ?? `http_${response.status}`,
    response.status,
    text(body.detail) ?? response.statusText,
    text(body.request_id) ?? response.headers.get("x-request-id"),
    text(body.service),
    fields,
    after > 0 ? after : null,
  );
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem("no_connection", 0, error instanceof Error ? error.message : "", null);
}
