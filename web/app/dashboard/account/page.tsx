"use client";

import { useSearchParams } from "next/navigation";
import type { ReactNode } from "react";

import { Fit } from "@/components/account-table";
import { buttonClass } from "@/components/button";
import { Go } from "@/components/go";
import { ModelNote } from "@/components/model-note";
import { Needs, NEEDS, useHas } from "@/components/needs";
import { Chip, Panel } from "@/components/panel";
import { Reasons } from "@/components/reasons";
import { Bar, Score } from "@/components/score";
import { Async, Empty, Failed } from "@/components/states";
import { asProblem } from "@/client/api/problem";
import { useTexts } from "@/client/i18n/text";
import { contactPath } from "@/client/links";
import { type Account, useAccount, useIcp, useIntroductions } from "@/client/queries";

export default function AccountPage() {
  const { t } = useTexts();
  const id = useSearchParams().get("id");
  const account = useAccount(id);
  const hasIcp = useHas(NEEDS.icp);
  const all = (
    <Go href="/dashboard/accounts/" className={buttonClass()}>
      {t("accounts.all")}
    </Go>
  );
  if (!id) return <Empty title={t("account.missing")} actions={all} />;
  if (account.error && !account.data) return <Failed error={account.error} retry={() => void account.refetch()} />;
  return (
    <Async query={account}>
      {(card) => (
        <>
          <header className="space-y-2">
            <h1>{card.name}</h1>
            {card.description && <p className="text-soft">{card.description}</p>}
            <div className="flex flex-wrap gap-1.5">
              {card.tags.map((tag) => (
                <Chip key={tag}>{tag}</Chip>
              ))}
              <Chip>{t("contact.source", { source: card.source })}</Chip>
            </div>
          </header>
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
            <Panel title={t("account.icp")} flush={hasIcp === false}>
              <Needs {...NEEDS.icp} small>
                <IcpOf accountId={card.id} />
              </Needs>
            </Panel>
            <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
              <Facts card={card} />
              <Door accountId={card.id} />
            </div>
          </div>
        </>
      )}
    </Async>
  );
}

function Facts({ card }: { card: Account }) {
  const { t, number, date } = useTexts();
  const rows: [string, ReactNode][] = [
    [t("account.domain"), card.domain],
    [t("col.industry"), card.industry],
    [t("col.country"), card.country],
    [t("col.employees"), typeof card.employee_count === "number" ? number(card.employee_count) : null],
    [t("col.stage"), card.funding_stage],
    [t("account.funding"), card.last_funding_at && date(card.last_funding_at)],
    [t("account.stack"), card.tech_stack.join(", ")],
  ];
  return (
    <Panel title={t("account.facts")}>
      <dl className="grid grid-cols-[minmax(0,10rem)_minmax(0,1fr)] gap-x-4 gap-y-2">
        {rows.filter(([, value]) => value).map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Door({ accountId }: { accountId: string }) {
  const { t } = useTexts();
  const introductions = useIntroductions({ account_id: accountId });
  const nobody = asProblem(introductions.error).code === "no_self_contact";
  return (
    <Panel title={t("account.introductions")}>
      {nobody ? (
        <p className="text-soft">{t("contact.introductions_self")}</p>
      ) : (
        <Async query={introductions} small>
          {(data) => (
            <ul className="space-y-3">
              {data.items.length === 0 && <li className="text-soft">{t("account.introductions_empty")}</li>}
              {data.items.map((one) => (
                <li key={one.introducer.id + one.target.id}>
                  <span className="flex items-center justify-between gap-3">
                    <Go href={contactPath(one.introducer.id)} className="truncate font-medium hover:text-accent hover:underline">
                      {one.introducer.name} → {one.target.name}
                    </Go>
                    <Score value={one.score} label={t("col.score")} />
                  </span>
                  <span className="text-xs text-soft">{one.reason}</span>
                </li>
              ))}
            </ul>
          )}
        </Async>
      )}
    </Panel>
  );
}

function IcpOf({ accountId }: { accountId: string }) {
  const { t, number } = useTexts();
  const icp = useIcp(accountId);
  return (
    <Async query={icp} small>
      {(data) => (
        <div className="space-y-4">
          <Fit icp={data} />
          <dl className="grid grid-cols-[6rem_minmax(0,1fr)_3rem] items-center gap-x-3 gap-y-1">
            {(["fit", "intent"] as const).map((side) => {
              const value = data[side];
              if (typeof value !== "number") return null;
              return (
                <div key={side} className="contents">
                  <dt className="text-soft">{t(`account.${side}`)}</dt>
                  <dd className="contents">
                    <Bar share={value} tone="soft" />
                    <span className="text-right tabular-nums">{number(value, 2)}</span>
                  </dd>
                </div>
              );
            })}
          </dl>
          {data.reasons && data.reasons.length > 0 && <Reasons reasons={data.reasons} />}
          {data.what_if && data.what_if.length > 0 && (
            <div>
              <h3 className="mb-1 text-xs font-medium text-soft">{t("account.what_if")}</h3>
              <ul className="space-y-1">
                {data.what_if.map(({ text }) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            </div>
          )}
          <p className="text-xs text-soft">
            <ModelNote of={data} />
          </p>
        </div>
      )}
    </Async>
  );
}
