"use client";

import { Bookmark, X } from "lucide-react";

import { AccountTable } from "@/components/account-table";
import { Button } from "@/components/button";
import { Go } from "@/components/go";
import { ModelNote } from "@/components/model-note";
import { Needs, NEEDS } from "@/components/needs";
import { Chip, PageHead, Panel } from "@/components/panel";
import { Score } from "@/components/score";
import { Async, Empty } from "@/components/states";
import { useActions } from "@/client/actions";
import type { AccountChoice } from "@/client/api/ahead";
import { choiceSubject, useChoiceFeedback } from "@/client/feedback";
import { useTexts } from "@/client/i18n/text";
import { accountPath } from "@/client/links";
import { useAccountChoices } from "@/client/queries";

export default function AccountsPage() {
  const { t } = useTexts();
  return (
    <>
      <PageHead title={t("accounts.title")} lead={t("accounts.lead")} />
      <Panel title={t("accounts.next")} flush>
        <Needs {...NEEDS.choices} small>
          <Choices />
        </Needs>
      </Panel>
      <AccountTable />
    </>
  );
}

function Choices() {
  const { t } = useTexts();
  const choices = useAccountChoices();
  const { hidden } = useActions();
  const act = useChoiceFeedback(choices.data?.decision_id ?? null);
  return (
    <Async query={choices} small>
      {(data) => {
        const items = data.items.filter(({ account_id }) => !hidden.has(choiceSubject(account_id)));
        if (items.length === 0) return <Empty title={t("accounts.empty")} small />;
        return (
          <>
            <ol className="divide-y divide-line">
              {items.map((choice) => (
                <Choice key={choice.account_id} choice={choice} act={act} />
              ))}
            </ol>
            <p className="border-t border-line px-4 py-2 text-xs text-soft">
              <ModelNote of={data} />
            </p>
          </>
        );
      }}
    </Async>
  );
}

interface ChoiceProps {
  choice: AccountChoice;
  act: (accountId: string, name: string, action: "save" | "dismiss") => void;
}

function Choice({ choice, act }: ChoiceProps) {
  const { t } = useTexts();
  const name = choice.account?.name ?? choice.account_id;
  return (
    <li className="grid items-center gap-x-6 gap-y-2 px-4 py-3 md:grid-cols-[minmax(0,1fr)_7rem_minmax(0,1.25fr)_auto]">
      <div className="min-w-0">
        <Go href={accountPath(choice.account_id)} className="block truncate font-medium hover:text-accent hover:underline">
          {name}
        </Go>
        <p className="truncate text-xs text-soft">{choice.account?.industry ?? choice.account?.domain}</p>
      </div>
      <Score value={choice.score} label={t("col.score")} />
      <p className="min-w-0">
        {choice.reason} {choice.explore && <Chip>{t("accounts.explore")}</Chip>}
      </p>
      <div className="flex gap-2">
        <Button onClick={() => act(choice.account_id, name, "save")} aria-label={`${t("accounts.save")}: ${name}`}>
          <Bookmark size={14} aria-hidden />
          {t("accounts.save")}
        </Button>
        <Button kind="quiet" onClick={() => act(choice.account_id, name, "dismiss")} aria-label={`${t("action.dismiss")}: ${name}`}>
          <X size={14} aria-hidden />
          {t("action.dismiss")}
        </Button>
      </div>
    </li>
  );
}
