// The language in use: chosen here, else the browser's; kept on this machine.
import { useSyncExternalStore } from "react";

export const LANGUAGES = ["en", "ru"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = "rapport.language";
const listeners = new Set<() => void>();

export function currentLanguage(): Language {
  if (typeof document === "undefined") return "en";
  return document.documentElement.lang === "ru" ? "ru" : "en";
}

export function chooseLanguage(language: Language): void {
  document.documentElement.lang = language;
  try {
    window.localStorage.setItem(KEY, language);
  } catch {
    // a frame may be denied storage: the choice then lasts as long as the page
  }
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage, () => "en" as const);
}
