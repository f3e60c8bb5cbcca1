"use client";

import { useSearchParams } from "next/navigation";

import { buttonClass } from "@/components/button";
import { ContactTable } from "@/components/contact-table";
import { ChurnPanel, Introductions, Recommended, SentimentPanel, Similar } from "@/components/contact-parts";
import { Go } from "@/components/go";
import { Chip, PageHead } from "@/components/panel";
import { Initials } from "@/components/person";
import { Async, Failed } from "@/components/states";
import { Timeline } from "@/components/timeline";
import { useTexts } from "@/client/i18n/text";
import { accountPath } from "@/client/links";
import { type Contact, contactName, useContact } from "@/client/queries";

export default function ContactPage() {
  const id = useSearchParams().get("id");
  const { t } = useTexts();
  if (id) return <One key={id} id={id} />;
  return (
    <>
      <PageHead title={t("contacts.title")} lead={t("contacts.lead")} />
      <ContactTable />
    </>
  );
}

function One({ id }: { id: string }) {
  const { t } = useTexts();
  const contact = useContact(id);
  if (contact.error && !contact.data) {
    return (
      <>
        <Failed error={contact.error} retry={() => void contact.refetch()} />
        <p className="text-center">
          <Go href="/dashboard/contact/" className={buttonClass()}>
            {t("contact.all")}
          </Go>
        </p>
      </>
    );
  }
  return (
    <Async query={contact}>
      {(card) => (
        <>
          <Head card={card} />
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1.35fr)_minmax(0,1fr)]">
            <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
              <ChurnPanel contactId={id} />
              <Timeline contactId={id} />
              <SentimentPanel contactId={id} />
            </div>
            <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
              <Introductions contactId={id} />
              <Recommended contactId={id} />
              <Similar contactId={id} />
            </div>
          </div>
        </>
      )}
    </Async>
  );
}

function Head({ card }: { card: Contact }) {
  const { t, percent } = useTexts();
  const name = contactName(card) || card.id;
  return (
    <header className="space-y-3">
      <div className="flex items-center gap-4">
        <Initials name={name} large />
        <div className="min-w-0">
          <h1>{name}</h1>
          <p className="text-soft">{[card.title, card.organization].filter(Boolean).join(" · ")}</p>
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        {typeof card.influence_score === "number" && (
          <Chip>{t("contact.influence", { percent: percent(card.influence_score) })}</Chip>
        )}
        {typeof card.community_id === "number" && <Chip>{t("contact.community", { id: card.community_id })}</Chip>}
        {card.tags.map((tag) => (
          <Chip key={tag}>{tag}</Chip>
        ))}
        <Chip>{t("contact.source", { source: card.source })}</Chip>
        {card.account_id && (
          <Go href={accountPath(card.account_id)} className="text-xs text-accent hover:underline">
            {card.organization ?? t("nav.accounts")}
          </Go>
        )}
      </div>
      {(card.emails.length > 0 || card.phones.length > 0) && (
        <p className="flex flex-wrap gap-x-4 gap-y-1">
          {card.emails.map((email) => (
            <a key={email} href={`mailto:${encodeURIComponent(email).replace("%40", "@")}`} className="text-accent hover:underline">
              {email}
            </a>
          ))}
          {card.phones.map((phone) => (
            <a key={phone} href={`tel:${phone.replace(/[^\d+]/g, "")}`} className="text-accent hover:underline">
              {phone}
            </a>
          ))}
        </p>
      )}
      {card.notes && <p className="max-w-3xl whitespace-pre-line text-soft">{card.notes}</p>}
    </header>
  );
}
