// What a person decided, shown at once and sent a few seconds later, so that it can be undone: the API takes a
// decision for good. A page that closes before sends it on its way out.
import { useSyncExternalStore } from "react";

import { asProblem, type Problem } from "./api/problem";

export const UNDO_MS = 6_000;
const STAYS_MS = 8_000;

export interface Action {
  id: string;
  /** Of what is taken away until it is sent, as `recommendation:<whose>:<id>`. */
  subject: string;
  text: string;
  failedText: string;
  send: () => Promise<unknown>;
  /** Done once it was taken, before the subject is let go. */
  settled?: () => Promise<unknown> | void;
}

export interface Notice {
  id: string;
  text: string;
  undo: boolean;
  problem: Problem | null;
}

interface State {
  notices: readonly Notice[];
  hidden: ReadonlySet<string>;
}

const EMPTY: State = { notices: [], hidden: new Set() };
let state: State = EMPTY;
const waiting = new Map<string, { action: Action; timer: number }>();
const listeners = new Set<() => void>();

function change(next: Partial<State>): void {
  state = { ...state, ...next };
  listeners.forEach((listener) => listener());
}

const without = <T>(values: ReadonlySet<T>, value: T) => new Set([...values].filter((one) => one !== value));
const dropNotice = (id: string) => change({ notices: state.notices.filter((notice) => notice.id !== id) });

export function decide(action: Action): void {
  const timer = window.setTimeout(() => void commit(action.id), UNDO_MS);
  waiting.set(action.id, { action, timer });
  const notice = { id: action.id, text: action.text, undo: true, problem: null };
  change({ notices: [...state.notices, notice].slice(-3), hidden: new Set([...state.hidden, action.subject]) });
}

export function undo(id: string): void {
  const found = waiting.get(id);
  if (!found) return;
  window.clearTimeout(found.timer);
  waiting.delete(id);
  change({ hidden: without(state.hidden, found.action.subject) });
  dropNotice(id);
}

export const dismissNotice = (id: string) => {
  if (waiting.has(id)) void commit(id);
  else dropNotice(id);
};

async function commit(id: string): Promise<void> {
  const found = waiting.get(id);
  if (!found) return;
  window.clearTimeout(found.timer);
  waiting.delete(id);
  dropNotice(id);
  const { action } = found;
  try {
    await action.send();
    await action.settled?.();
  } catch (error) {
    tell(action.failedText, asProblem(error));
  }
  change({ hidden: without(state.hidden, action.subject) });
}

/** Say something that needs no answer. */
export function tell(text: string, problem: Problem | null = null): void {
  const id = `${Date.now()}-${Math.random()}`;
  change({ notices: [...state.notices, { id, text, undo: false, problem }].slice(-3) });
  window.setTimeout(() => dropNotice(id), STAYS_MS);
}

if (typeof window !== "undefined") {
  window.addEventListener("pagehide", () => [...waiting.keys()].forEach((id) => void commit(id)));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useActions(): State {
  return useSyncExternalStore(
    subscribe,
    () => state,
    () => EMPTY,
  );
}
