// The one way to the API: the token and the language go along, and a refusal becomes a Problem.
import createClient from "openapi-fetch";

import { currentLanguage } from "@/client/i18n/language";
import { currentToken, refuse } from "@/client/session";

import { asProblem, Problem, problemOf } from "./problem";
import type { paths } from "./schema";

async function guarded(input: Request): Promise<Response> {
  const token = currentToken();
  const headers = new Headers(input.headers);
  if (token) headers.set("authorization", `Bearer ${token}`);
  headers.set("accept-language", currentLanguage());
  let response: Response;
  try {
    response = await fetch(new Request(input, { headers, credentials: "omit" }));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw asProblem(error);
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (response.status === 401) refuse(problem.code, token);
  throw problem;
}

export const api = createClient<paths>({ baseUrl: "", fetch: guarded });

/** Return the answer of a call; a refusal has been thrown already. */
export async function answer<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data, response } = await call;
  if (data === undefined) throw new Problem("empty_answer", response.status, "", response.headers.get("x-request-id"));
  return data;
}

type Query = Record<string, string | number | undefined>;

/** Read an operation that the document of this release does not describe yet; its shape is in `ahead.ts`. */
export async function read<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const url = new URL(path, window.location.origin);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  const response = await guarded(new Request(url, { signal }));
  return (await response.json()) as T;
}

/** Send to an operation that the document of this release does not describe yet. */
export async function write<T>(path: string, body: unknown, key = eventId()): Promise<T> {
  const headers = { "content-type": "application/json", "idempotency-key": key };
  const url = new URL(path, window.location.origin);
  const request = new Request(url, { method: "POST", headers, body: JSON.stringify(body), keepalive: true });
  return (await (await guarded(request)).json()) as T;
}

/** Take something back that the document of this release does not describe one by one, as a capability's job. */
export async function remove(path: string): Promise<void> {
  await guarded(new Request(new URL(path, window.location.origin), { method: "DELETE" }));
}

/** A random UUID; `crypto.randomUUID` is missing where a page comes over plain HTTP from another machine. */
export function eventId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
