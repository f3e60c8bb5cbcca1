// Addresses of the pages. What a page shows is in its query, so that a reload and a sent link show the same.
import { useSyncExternalStore } from "react";

export const contactPath = (id: string) => `/dashboard/contact/?id=${encodeURIComponent(id)}`;
export const accountPath = (id: string) => `/dashboard/account/?id=${encodeURIComponent(id)}`;
export const recommendationsPath = (id?: string) =>
  `/dashboard/recommendations/${id ? `?contact_id=${encodeURIComponent(id)}` : ""}`;

// A CRM may show this page in a frame of its own; addresses inside keep saying so, for when one is loaded again.
const embedded = typeof window !== "undefined" && new URLSearchParams(window.location.search).get("embed") === "1";

export function useEmbedded(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => embedded,
    () => false,
  );
}

export function kept(path: string): string {
  if (!embedded) return path;
  return path + (path.includes("?") ? "&" : "?") + "embed=1";
}

/** Put values into the query of this page, without a step in the history; null takes one out. */
export function rewriteQuery(values: Record<string, string | null>): void {
  const url = new URL(window.location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  window.history.replaceState(null, "", url);
}
