"use client";

import { Upload } from "lucide-react";

import { useTexts } from "@/client/i18n/text";
import { type Contact, contactName, useContacts } from "@/client/queries";

import { buttonClass } from "./button";
import { Go } from "./go";
import { Chip, Panel } from "./panel";
import { Person } from "./person";
import { Score } from "./score";
import { Async, Empty } from "./states";
import { type Column, Table } from "./table";

const words = (contact: Contact) =>
  [contactName(contact), contact.title, contact.organization, ...contact.tags].filter(Boolean).join(" ");

/** Where there are no columns for title and organization, they are under the name. */
function Name({ contact }: { contact: Contact }) {
  return (
    <>
      <div className="md:hidden">
        <Person contact={contact} />
      </div>
      <div className="hidden md:block">
        <Person contact={{ ...contact, title: null, organization: null }} />
      </div>
    </>
  );
}

function useColumns(): Column<Contact>[] {
  const { t } = useTexts();
  return [
    { key: "name", head: t("col.name"), cell: (row) => <Name contact={row} />, value: contactName },
    {
      key: "title",
      head: t("col.title"),
      cell: (row) => <span className="block truncate text-soft">{row.title}</span>,
      value: (row) => row.title,
      wide: true,
    },
    {
      key: "organization",
      head: t("col.organization"),
      cell: (row) => <span className="block truncate text-soft">{row.organization}</span>,
      value: (row) => row.organization,
      wide: true,
    },
    {
      key: "tags",
      head: t("col.tags"),
      cell: (row) => (
        <span className="flex gap-1 overflow-hidden">
          {row.tags.slice(0, 3).map((tag) => (
            <Chip key={tag}>{tag}</Chip>
          ))}
        </span>
      ),
      value: (row) => row.tags.join(", "),
      wide: true,
    },
    {
      key: "influence",
      head: t("col.influence"),
      cell: (row) =>
        typeof row.influence_score === "number" && <Score value={row.influence_score} label={t("col.influence")} />,
      value: (row) => row.influence_score,
      width: "w-36",
    },
  ];
}

/** Everybody, filtered and sorted at once however many there are. */
export function ContactTable() {
  const { t } = useTexts();
  const contacts = useContacts();
  const columns = useColumns();
  const way = (
    <Go href="/dashboard/import/" className={buttonClass("main")}>
      <Upload size={14} aria-hidden />
      {t("nav.import")}
    </Go>
  );
  return (
    <Panel flush>
      <Async query={{ ...contacts, data: contacts.items }}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t("contacts.empty")} actions={way}>
              {t("contacts.empty_text")}
            </Empty>
          ) : (
            <Table
              label={t("contacts.title")}
              rows={items}
              columns={columns}
              id={(row) => row.id}
              file="contacts.csv"
              filterLabel={t("contacts.filter")}
              words={words}
              note={contacts.isWhole ? undefined : t("app.loading")}
            />
          )
        }
      </Async>
    </Panel>
  );
}
