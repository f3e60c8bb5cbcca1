// Who is signed in: a token in memory and in the tab's session storage, and nowhere else.
import { useSyncExternalStore } from "react";

export type Session =
  | { state: "starting" }
  | { state: "none"; reason: "first" | "left" | "malformed" }
  | { state: "open"; token: string; claims: Claims }
  | { state: "refused"; code: string };

export interface Claims {
  userId: string | null;
  workspaceId: string | null;
  expiresAt: Date | null;
}

declare global {
  interface Window {
    __rapportToken?: string;
  }
}

const KEY = "rapport.token";
// What a header can carry and a token is made of; anything else is not worth asking the server about.
const TOKEN = /^[\w.~+/=-]{8,8192}$/;
const STARTING: Session = { state: "starting" };

let session: Session = STARTING;
const listeners = new Set<() => void>();

function change(next: Session): void {
  session = next;
  listeners.forEach((listener) => listener());
}

function stored(action: (storage: Storage) => string | null | void): string | null {
  try {
    return action(window.sessionStorage) ?? null;
  } catch {
    return null; // a frame may be denied storage: then the token lives as long as the page
  }
}

/** Read the token of the link or of this tab; called once, in the browser. */
export function start(): void {
  if (session.state !== "starting") return;
  window.addEventListener("hashchange", takeLinked); // after start.js, which has taken it from the address
  if (takeLinked()) return;
  const kept = stored((storage) => storage.getItem(KEY));
  if (kept) signIn(kept);
  else change({ state: "none", reason: "first" });
}

function takeLinked(): boolean {
  const linked = window.__rapportToken;
  if (linked === undefined) return false;
  delete window.__rapportToken;
  signIn(linked);
  return true;
}

/** Keep a token; returns whether it could be one at all. The server decides whether it is good. */
export function signIn(text: string): boolean {
  const token = text.trim();
  if (!TOKEN.test(token)) {
    if (session.state !== "refused" && session.state !== "open") change({ state: "none", reason: "malformed" });
    return false;
  }
  stored((storage) => storage.setItem(KEY, token));
  change({ state: "open", token, claims: claimsOf(token) });
  return true;
}

export function signOut(): void {
  stored((storage) => storage.removeItem(KEY));
  change({ state: "none", reason: "left" });
}

/** The server did not believe the token: the page stays, and asks for another. */
export function refuse(code: string, token: string | null): void {
  if (session.state !== "open" || session.token !== token) return;
  stored((storage) => storage.removeItem(KEY));
  change({ state: "refused", code });
}

export function currentToken(): string | null {
  return session.state === "open" ? session.token : null;
}

/** What a token says of itself, to show; nobody decides anything by it. An API key says nothing. */
function claimsOf(token: string): Claims {
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  try {
    const part = token.split(".")[1] ?? "";
    const read: Record<string, unknown> = JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/")));
    const expires = typeof read.exp === "number" ? new Date(read.exp * 1000) : null;
    return { userId: text(read.sub), workspaceId: text(read.workspace_id), expiresAt: expires };
  } catch {
    return { userId: null, workspaceId: null, expiresAt: null };
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session {
  return useSyncExternalStore(
    subscribe,
    () => session,
    () => STARTING,
  );
}
