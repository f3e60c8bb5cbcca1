import type { ReactNode } from "react";

import { contactPath } from "@/client/links";
import { contactName } from "@/client/queries";

import { Go } from "./go";

interface Card {
  id: string;
  first_name: string;
  last_name: string;
  organization?: string | null;
  title?: string | null;
}

export function Initials({ name, large }: { name: string; large?: boolean }) {
  const letters = name
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word))
    .map((word) => word[0] ?? "")
    .filter((_, index, all) => index === 0 || index === all.length - 1)
    .join("")
    .toUpperCase();
  const size = large ? "size-12 text-base" : "size-8 text-xs";
  return (
    <span aria-hidden className={`${size} inline-flex shrink-0 items-center justify-center rounded-full bg-raised font-semibold text-soft`}>
      {letters || "·"}
    </span>
  );
}

/** A person in one line: who, what, where; the name leads to the page. */
export function Person({ contact, children }: { contact: Card; children?: ReactNode }) {
  const name = contactName(contact) || contact.id;
  const what = [contact.title, contact.organization].filter(Boolean).join(" · ");
  return (
    <div className="flex min-w-0 items-center gap-3">
      <Initials name={name} />
      <div className="min-w-0 flex-1">
        <Go href={contactPath(contact.id)} className="block truncate font-medium hover:text-accent hover:underline">
          {name}
        </Go>
        {what && <p className="truncate text-xs text-soft">{what}</p>}
      </div>
      {children}
    </div>
  );
}
