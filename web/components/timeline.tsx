"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDownLeft, ArrowLeftRight, ArrowUpRight, type LucideIcon, Mail, MessageSquare, NotebookPen, Phone, RefreshCw, Users } from "lucide-react";
import { useRef } from "react";

import { type Key, useTexts } from "@/client/i18n/text";
import { contactPath } from "@/client/links";
import { contactName, type Interaction, useHistory, useNames } from "@/client/queries";

import { Button } from "./button";
import { Go } from "./go";
import { Panel } from "./panel";
import { Async, Empty, Failed } from "./states";

type Names = ReturnType<typeof useNames>;
const KINDS: Record<string, LucideIcon> = {
  email: Mail, meeting: Users, call: Phone, message: MessageSquare, note: NotebookPen, sync: RefreshCw,
};
const DIRECTIONS: Record<string, LucideIcon> = { in: ArrowDownLeft, out: ArrowUpRight, both: ArrowLeftRight };
const TURNED: Record<string, string> = { in: "out", out: "in", both: "both" };
const ROW = 52;

/** Everything that happened with a contact, newest first. */
export function Timeline({ contactId }: { contactId: string }) {
  const { t } = useTexts();
  const history = useHistory(contactId);
  const { interactions, hasNextPage } = history;
  const count = interactions.length;
  const aside = history.isSuccess && count > 0 && t(hasNextPage ? "contact.timeline_partial" : "contact.timeline_all", { count });
  const empty = (
    <Empty title={t("contact.timeline_empty")} small>
      {t("contact.timeline_empty_text")}
    </Empty>
  );
  return (
    <Panel title={t("contact.timeline")} aside={aside} flush>
      <Async query={history} small>
        {() => (count === 0 ? empty : <Entries interactions={interactions} contactId={contactId} />)}
      </Async>
      {history.isFetchNextPageError && <Failed error={history.error} retry={() => void history.fetchNextPage()} small />}
      {hasNextPage && !history.isFetching && !history.isError && (
        <div className="border-t border-line p-2 text-center">
          <Button kind="quiet" onClick={() => void history.fetchNextPage()}>
            {t("contact.timeline_more")}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function Entries({ interactions, contactId }: { interactions: readonly Interaction[]; contactId: string }) {
  const { t } = useTexts();
  const names = useNames();
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the rows are few and made anew as one scrolls
  const virtual = useVirtualizer({
    count: interactions.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  return (
    <div ref={scroller} tabIndex={0} role="region" aria-label={t("contact.timeline")} className="max-h-[32rem] overflow-auto">
      <ol className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const interaction = interactions[item.index];
          if (!interaction) return null;
          return (
            <li
              key={interaction.id}
              aria-setsize={interactions.length}
              aria-posinset={item.index + 1}
              className="absolute inset-x-0 flex items-center gap-3 border-b border-line px-4"
              style={{ top: item.start, height: ROW }}
            >
              <Entry interaction={interaction} contactId={contactId} names={names} />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

interface EntryProps {
  interaction: Interaction;
  contactId: string;
  names: Names;
}

function Entry({ interaction, contactId, names }: EntryProps) {
  const { t, maybe, moment, ago } = useTexts();
  const isOwn = interaction.contact_id === contactId;
  const direction = isOwn ? interaction.direction : (TURNED[interaction.direction] ?? interaction.direction);
  const Kind = KINDS[interaction.kind] ?? MessageSquare;
  const Direction = DIRECTIONS[direction] ?? ArrowLeftRight;
  const kind = maybe(`kind.${interaction.kind}`) ?? interaction.kind;
  return (
    <>
      <span className="flex shrink-0 items-center gap-1 text-soft">
        <Kind size={16} aria-hidden />
        <Direction size={12} aria-hidden />
        <span className="sr-only">
          {kind}, {t(`direction.${direction}` as Key)}
        </span>
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate">{interaction.summary || kind}</span>
        <span className="block truncate text-xs text-soft">
          <Other id={isOwn ? interaction.counterpart_id : interaction.contact_id} names={names} />
        </span>
      </span>
      <time dateTime={interaction.occurred_at} title={moment(interaction.occurred_at)} className="shrink-0 text-xs text-soft">
        {ago(interaction.occurred_at)}
      </time>
    </>
  );
}

function Other({ id, names }: { id: string | null | undefined; names: Names }) {
  const { t } = useTexts();
  if (!id) return t("contact.with", { name: t("contact.team") });
  const other = names.get(id);
  return (
    <Go href={contactPath(id)} className="hover:text-accent hover:underline">
      {t("contact.with", { name: other ? contactName(other) : t("contact.somebody") })}
    </Go>
  );
}
