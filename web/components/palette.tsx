// Search from everywhere: people by meaning as one types, and the pages by name. All by keyboard (a combobox).
"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";

import { type Key, useTexts } from "@/client/i18n/text";
import { contactPath, kept } from "@/client/links";
import { contactName, type Schemas, useSearch } from "@/client/queries";

import { PLACES } from "./nav";
import { Initials } from "./person";
import { Banner, ProblemCodes, wording } from "./states";
import { asProblem } from "@/client/api/problem";

type Found = Schemas["FoundContactOut"];
const PAUSE_MS = 120;

export function useLater<T>(value: T, pauseMs: number): T {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setLater(value), pauseMs);
    return () => window.clearTimeout(timer);
  }, [value, pauseMs]);
  return later;
}

/** While a name is being typed, who bears it comes before who is near it in meaning. */
export function byName(found: readonly Found[]): Found[] {
  const named = (one: Found) => one.match.some(({ field }) => field === "name");
  return [...found.filter(named), ...found.filter((one) => !named(one))];
}

/** Call `open` on ⌘K, Ctrl+K, and `/` outside of a field. */
function useShortcut(open: () => void): void {
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      const slash = event.key === "/" && !typing && !event.metaKey && !event.ctrlKey && !event.altKey;
      if (slash || ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k")) {
        event.preventDefault();
        open();
      }
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [open]);
}

export function SearchBox({ open }: { open: () => void }) {
  const { t } = useTexts();
  return (
    <button
      type="button"
      onClick={open}
      className="flex h-8 w-full max-w-md items-center gap-2 rounded-md border border-line bg-panel px-2.5 text-soft hover:border-line-strong"
    >
      <Search size={15} aria-hidden />
      <span className="flex-1 truncate text-left">{t("search.open")}</span>
      <kbd className="hidden rounded border border-line px-1 font-sans text-xs sm:inline">⌘K</kbd>
      <kbd className="hidden rounded border border-line px-1.5 font-sans text-xs sm:inline">/</kbd>
    </button>
  );
}

export function Palette() {
  const [shown, setShown] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const open = useMemo(() => () => setShown(true), []);
  const { t } = useTexts();
  useShortcut(open);
  useEffect(() => {
    if (shown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [shown]);
  return (
    <>
      <SearchBox open={open} />
      <dialog
        ref={dialog}
        aria-label={t("search.label")}
        onClose={() => setShown(false)}
        onClick={(event) => event.target === dialog.current && setShown(false)}
        className="mx-auto mt-[10vh] w-[min(40rem,calc(100vw-2rem))] overflow-hidden rounded-lg border border-line p-0 shadow-float"
      >
        {shown && <Finder close={() => setShown(false)} />}
      </dialog>
    </>
  );
}

interface Option {
  id: string;
  group: Key;
  path: string;
  content: ReactNode;
}

function Finder({ close }: { close: () => void }) {
  const router = useRouter();
  const texts = useTexts();
  const { t } = texts;
  const [typed, setTyped] = useState("");
  const query = useLater(typed, PAUSE_MS).trim();
  const search = useSearch(query);
  const [chosen, setChosen] = useState(0);
  const listId = useId();

  const options = useMemo<Option[]>(() => {
    const people = typed.trim() ? byName(search.data?.items ?? []) : [];
    const places = PLACES.flatMap((group) => group.places).filter((place) =>
      t(place.label).toLowerCase().includes(typed.trim().toLowerCase()),
    );
    return [
      ...people.map((one) => ({ id: one.id, group: "search.people" as const, path: contactPath(one.id), content: <Hit found={one} /> })),
      ...places.map((place) => ({
        id: place.path,
        group: "search.pages" as const,
        path: place.path,
        content: (
          <>
            <span className="inline-flex size-8 shrink-0 items-center justify-center text-soft">
              <place.icon size={16} aria-hidden />
            </span>
            {t(place.label)}
          </>
        ),
      })),
    ];
  }, [search.data, typed, t]);

  const current = Math.min(chosen, options.length - 1);
  const optionId = (index: number) => `${listId}-${index}`;
  useEffect(() => {
    document.getElementById(`${listId}-${current}`)?.scrollIntoView({ block: "nearest" });
  }, [listId, current]);

  const go = (option: Option | undefined) => {
    if (!option) return;
    close();
    router.push(kept(option.path));
  };

  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setChosen((current + step + options.length) % Math.max(1, options.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(options[current]);
    }
  };

  const nobody = query && search.data && search.data.items.length === 0 && !search.isFetching;
  return (
    <>
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Search size={16} aria-hidden className="text-soft" />
        <input
          autoFocus
          role="combobox"
          aria-label={t("search.label")}
          aria-expanded={options.length > 0}
          aria-controls={listId}
          aria-activedescendant={options.length ? optionId(current) : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          maxLength={500}
          placeholder={t("search.placeholder")}
          onChange={(event) => {
            setTyped(event.target.value);
            setChosen(0);
          }}
          onKeyDown={pressed}
          className="h-12 w-full bg-transparent outline-none placeholder:text-soft"
        />
      </div>
      <div className="max-h-[60vh] overflow-y-auto p-2">
        {search.data?.degraded && <Banner>{t("degraded.search")}</Banner>}
        {search.error && (
          <div role="alert" className="px-3 py-2 text-bad">
            {wording(asProblem(search.error), texts)}
            <ProblemCodes problem={asProblem(search.error)} />
          </div>
        )}
        {nobody && <p className="px-3 py-2 text-soft">{t("search.none", { query })}</p>}
        {!typed && <p className="px-3 py-2 text-soft">{t("search.hint")}</p>}
        <ul id={listId} role="listbox" aria-label={t("search.label")}>
          {options.map((option, index) => (
            <li
              key={option.id}
              id={optionId(index)}
              role="option"
              aria-selected={index === current}
              onMouseMove={() => setChosen(index)}
              onClick={() => go(option)}
              className={`flex cursor-pointer items-center gap-3 rounded-md px-2 py-1.5 ${index === current ? "bg-accent-soft" : ""}`}
            >
              {option.content}
            </li>
          ))}
        </ul>
      </div>
      <p className="border-t border-line px-4 py-2 text-xs text-soft">
        <span className="hidden sm:inline">{t("search.keys")}</span>
        <span role="status" className="float-right">
          {typed && search.data ? t("search.results", { count: options.length }) : ""}
        </span>
        &nbsp;
      </p>
    </>
  );
}

function Hit({ found }: { found: Found }) {
  const { t, number, maybe } = useTexts();
  const name = contactName(found);
  const match = found.match.find(({ field }) => field !== "name");
  const what = [found.title, found.organization].filter(Boolean).join(" · ");
  return (
    <>
      <Initials name={name} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{name}</span>
        <span className="block truncate text-xs text-soft">
          {what || (match && t("search.matched", { field: maybe(`field.${match.field}`) ?? match.field, value: match.value }))}
        </span>
      </span>
      {typeof found.similarity === "number" && (
        <span className="text-xs text-soft tabular-nums">{number(found.similarity, 2)}</span>
      )}
    </>
  );
}
