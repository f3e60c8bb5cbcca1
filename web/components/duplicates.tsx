"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Merge, Undo2 } from "lucide-react";
import { useState } from "react";

import { answer, api, eventId } from "@/client/api/client";
import { useTexts } from "@/client/i18n/text";
import { contactName, forgetFacts, type Schemas, useContact, useDuplicates } from "@/client/queries";

import { Button } from "./button";
import { Panel } from "./panel";
import { Person } from "./person";
import { Async, Failed, Skeleton } from "./states";

type Group = Schemas["DuplicatesOut"];

/** Cards that may be of one person, to merge with a way back. */
export function Duplicates() {
  const { t } = useTexts();
  const duplicates = useDuplicates();
  return (
    <Panel title={t("duplicates.title")} aside={t("duplicates.lead")} flush>
      <div id="duplicates" className="scroll-mt-20">
        <Async query={duplicates} small>
          {(data) =>
            data.items.length === 0 ? (
              <p className="p-4 text-soft">{t("duplicates.empty")}</p>
            ) : (
              <ul className="divide-y divide-line">
                {data.items.map((group) => (
                  <Proposal key={group.ids.join()} group={group} />
                ))}
              </ul>
            )
          }
        </Async>
      </div>
    </Panel>
  );
}

function Proposal({ group }: { group: Group }) {
  const { t } = useTexts();
  const client = useQueryClient();
  const [keep, setKeep] = useState(group.ids[0] ?? "");
  const kept = useContact(keep);
  const name = kept.data ? contactName(kept.data) : "…";
  const headers = () => ({ "Idempotency-Key": eventId() });
  const merge = useMutation({
    mutationFn: () => {
      const body = { keep, merge: group.ids.filter((id) => id !== keep) };
      return answer(api.POST("/api/ml/crm/contacts/merge", { body, params: { header: headers() } }));
    },
  });
  const undo = useMutation({
    mutationFn: (mergeId: string) => {
      const params = { path: { merge_id: mergeId }, header: headers() };
      return answer(api.POST("/api/ml/crm/merges/{merge_id}/undo", { params }));
    },
    onSuccess: async () => {
      merge.reset();
      await forgetFacts(client);
    },
  });
  return (
    <li className="space-y-3 px-4 py-3">
      <p className="text-xs text-soft">{t("duplicates.because", { reasons: group.reasons.map(String).join(", ") })}</p>
      {merge.data ? (
        <p className="flex flex-wrap items-center gap-3" role="status">
          {t("duplicates.merged", { name })}
          <Button disabled={undo.isPending} onClick={() => undo.mutate(merge.data.id)}>
            <Undo2 size={14} aria-hidden />
            {t("action.undo")}
          </Button>
        </p>
      ) : (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <fieldset className="grid min-w-0 gap-2">
            <legend className="sr-only">{t("duplicates.title")}</legend>
            {group.ids.map((id) => (
              <Candidate key={id} id={id} chosen={id === keep} choose={() => setKeep(id)} />
            ))}
          </fieldset>
          <Button disabled={merge.isPending} onClick={() => merge.mutate()}>
            <Merge size={14} aria-hidden />
            {t("duplicates.merge", { name })}
          </Button>
        </div>
      )}
      {(merge.error ?? undo.error) && <Failed error={merge.error ?? undo.error} small />}
    </li>
  );
}

function Candidate({ id, chosen, choose }: { id: string; chosen: boolean; choose: () => void }) {
  const contact = useContact(id);
  if (!contact.data) return <Skeleton rows={1} height="h-8" />;
  return (
    <div className="flex items-center gap-3">
      <input type="radio" checked={chosen} onChange={choose} aria-label={contactName(contact.data)} className="accent-accent" />
      <Person contact={contact.data} />
    </div>
  );
}
