"use client";

import { Upload } from "lucide-react";
import { useMemo } from "react";

import type { Icp } from "@/client/api/ahead";
import { useTexts } from "@/client/i18n/text";
import { accountPath } from "@/client/links";
import { type Account, useAccounts, useIcpList } from "@/client/queries";

import { buttonClass } from "./button";
import { Go } from "./go";
import { NEEDS, useHas } from "./needs";
import { Panel } from "./panel";
import { Bar } from "./score";
import { Async, Empty } from "./states";
import { type Column, Table } from "./table";

const words = (account: Account) =>
  [account.name, account.industry, account.country, ...account.tags].filter(Boolean).join(" ");

/** A fit from 1 to 10, with its priority in words. */
export function Fit({ icp }: { icp: Icp }) {
  const { t, number } = useTexts();
  if (icp.icp_score === null) return <span className="text-soft">–</span>;
  return (
    <span className="flex items-center gap-2">
      <span className="w-16">
        <Bar share={(icp.icp_score - 1) / 9} />
      </span>
      <span className="font-medium tabular-nums">{number(icp.icp_score, 1)}</span>
      {icp.priority && <span className="text-xs text-soft">{t(`priority.${icp.priority}`)}</span>}
    </span>
  );
}

function useColumns(scores: ReadonlyMap<string, Icp> | null): Column<Account>[] {
  const { t, number } = useTexts();
  const columns: Column<Account>[] = [
    {
      key: "name",
      head: t("col.name"),
      value: (row) => row.name,
      cell: (row) => (
        <>
          <Go href={accountPath(row.id)} className="block truncate font-medium hover:text-accent hover:underline">
            {row.name}
          </Go>
          <span className="block truncate text-xs text-soft" title={row.description ?? undefined}>
            {row.description ?? row.domain}
          </span>
        </>
      ),
    },
    { key: "industry", head: t("col.industry"), value: (row) => row.industry, cell: (row) => row.industry, width: "w-40", wide: true },
    { key: "country", head: t("col.country"), value: (row) => row.country, cell: (row) => row.country, width: "w-40", wide: true },
    {
      key: "employees",
      head: t("col.employees"),
      value: (row) => row.employee_count,
      cell: (row) => (typeof row.employee_count === "number" ? number(row.employee_count) : "–"),
      width: "w-24",
      right: true,
    },
    { key: "stage", head: t("col.stage"), value: (row) => row.funding_stage, cell: (row) => row.funding_stage, width: "w-28", wide: true },
  ];
  if (!scores) return columns;
  const fit: Column<Account> = {
    key: "fit",
    head: t("account.icp"),
    value: (row) => scores.get(row.id)?.icp_score,
    cell: (row) => {
      const icp = scores.get(row.id);
      return icp ? <Fit icp={icp} /> : <span className="text-soft">–</span>;
    },
    width: "w-44",
  };
  return [...columns.slice(0, 1), fit, ...columns.slice(1)];
}

function useScores(): ReadonlyMap<string, Icp> | null {
  const has = useHas(NEEDS.icpList) === true;
  const { items } = useIcpList(has);
  return useMemo(() => (has ? new Map((items ?? []).map((icp) => [icp.account_id, icp])) : null), [has, items]);
}

/** Every account, with how well it fits where that is known. */
export function AccountTable() {
  const { t } = useTexts();
  const accounts = useAccounts();
  const columns = useColumns(useScores());
  const way = (
    <Go href="/dashboard/import/" className={buttonClass("main")}>
      <Upload size={14} aria-hidden />
      {t("nav.import")}
    </Go>
  );
  return (
    <Panel title={t("accounts.all")} flush>
      <Async query={{ ...accounts, data: accounts.items }}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t("accounts.empty")} actions={way}>
              {t("accounts.empty_text")}
            </Empty>
          ) : (
            <Table
              label={t("accounts.all")}
              rows={items}
              columns={columns}
              id={(row) => row.id}
              file="accounts.csv"
              filterLabel={t("accounts.filter")}
              words={words}
              note={accounts.isWhole ? undefined : t("app.loading")}
            />
          )
        }
      </Async>
    </Panel>
  );
}
