// Choosing a person: the most connected ones to begin with, anybody by typing.
"use client";

import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";

import { answer, api } from "@/client/api/client";
import { useTexts } from "@/client/i18n/text";
import { contactName, useSearch } from "@/client/queries";

import { byName, useLater } from "./palette";
import { Initials } from "./person";
import { Async } from "./states";

interface Card {
  id: string;
  first_name: string;
  last_name: string;
  organization?: string | null;
  title?: string | null;
}

const PAUSE_MS = 120;

function useInfluential() {
  return useQuery({
    queryKey: ["influential"],
    queryFn: ({ signal }) => answer(api.GET("/api/ml/crm/influence", { params: { query: { limit: 6 } }, signal })),
  });
}

export function PersonPicker({ choose, label }: { choose: (id: string) => void; label: string }) {
  const { t } = useTexts();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const query = useLater(typed, PAUSE_MS).trim();
  const search = useSearch(query);
  const influential = useInfluential();
  const listId = useId();
  const searching = query.length > 0;
  const found: readonly Card[] = (searching ? byName(search.data?.items ?? []) : influential.data?.items) ?? [];
  const current = Math.min(chosen, found.length - 1);

  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const picked = found[current];
    if (step) {
      event.preventDefault();
      setChosen((current + step + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter" && picked) {
      event.preventDefault();
      choose(picked.id);
    }
  };

  return (
    <div className="w-full max-w-md">
      <input
        role="combobox"
        aria-label={label}
        aria-expanded={found.length > 0}
        aria-controls={listId}
        aria-activedescendant={found.length ? `${listId}-${current}` : undefined}
        autoComplete="off"
        value={typed}
        maxLength={500}
        placeholder={t("search.placeholder")}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={pressed}
        className="h-9 w-full rounded-md border border-line-strong bg-panel px-3 placeholder:text-soft"
      />
      <Async<unknown> query={searching ? search : influential} small>
        {() => (
          <ul id={listId} role="listbox" aria-label={label} className="mt-2">
            {found.map((card, index) => (
              <li
                key={card.id}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === current}
                onMouseMove={() => setChosen(index)}
                onClick={() => choose(card.id)}
                className={`flex cursor-pointer items-center gap-3 rounded-md px-2 py-1.5 text-left ${index === current ? "bg-accent-soft" : ""}`}
              >
                <Initials name={contactName(card)} />
                <span className="min-w-0">
                  <span className="block truncate font-medium">{contactName(card)}</span>
                  <span className="block truncate text-xs text-soft">
                    {[card.title, card.organization].filter(Boolean).join(" · ")}
                  </span>
                </span>
              </li>
            ))}
            {searching && search.data?.items.length === 0 && (
              <li className="px-2 py-1.5 text-soft">{t("search.none", { query })}</li>
            )}
          </ul>
        )}
      </Async>
    </div>
  );
}
