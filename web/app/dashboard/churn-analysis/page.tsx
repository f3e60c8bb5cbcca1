"use client";

import { AlarmClock, Check } from "lucide-react";
import { useSearchParams } from "next/navigation";

import { IconButton } from "@/components/button";
import { Needs, NEEDS } from "@/components/needs";
import { PageHead, Panel } from "@/components/panel";
import { Person } from "@/components/person";
import { Interventions, Probability, Risk } from "@/components/risk";
import { Select } from "@/components/select";
import { Async, Empty } from "@/components/states";
import { type Column, Table } from "@/components/table";
import { useActions } from "@/client/actions";
import type { Churn } from "@/client/api/ahead";
import { churnSubject, useChurnFeedback } from "@/client/feedback";
import { useTexts } from "@/client/i18n/text";
import { rewriteQuery } from "@/client/links";
import { contactName, useChurnList, useNames } from "@/client/queries";

const LEVELS = ["HIGH", "MEDIUM", "LOW"] as const;

export default function ChurnPage() {
  const { t } = useTexts();
  return (
    <>
      <PageHead title={t("churn.title")} lead={t("churn.lead")} />
      <Panel flush>
        <Needs {...NEEDS.churnList}>
          <List />
        </Needs>
      </Panel>
    </>
  );
}

function List() {
  const { t } = useTexts();
  const asked = useSearchParams().get("risk_level");
  const level = LEVELS.find((one) => one === asked);
  const query = useChurnList(level);
  const names = useNames(query.isSuccess);
  const { hidden } = useActions();
  const items = query.data?.pages.flatMap((page) => page.items).filter(({ contact_id }) => !hidden.has(churnSubject(contact_id)));
  const name = (row: Churn) => {
    const contact = names.get(row.contact_id);
    return contact ? contactName(contact) : t("contact.somebody");
  };
  const columns = useColumns(name, names);
  const filter = (
    <Select
      label={t("churn.filter")}
      value={level ?? ""}
      change={(value) => rewriteQuery({ risk_level: value || null })}
      options={[{ value: "", label: t("churn.all") }, ...LEVELS.map((value) => ({ value, label: t(`risk.${value}`) }))]}
    />
  );
  return (
    <Async query={{ ...query, data: items }}>
      {(rows) =>
        rows.length === 0 && !level ? (
          <Empty title={t("churn.empty")}>{t("churn.empty_text")}</Empty>
        ) : (
          <Table
            label={t("churn.title")}
            rows={rows}
            columns={columns}
            id={(row) => row.contact_id}
            file="ties-at-risk.csv"
            filterLabel={t("contacts.filter")}
            words={(row) => `${name(row)} ${names.get(row.contact_id)?.organization ?? ""}`}
            filters={filter}
            rowHeight={64}
            more={query.hasNextPage ? { load: () => void query.fetchNextPage(), loading: query.isFetching } : undefined}
          />
        )
      }
    </Async>
  );
}

type Names = ReturnType<typeof useNames>;

function useColumns(name: (row: Churn) => string, names: Names): Column<Churn>[] {
  const { t } = useTexts();
  const act = useChurnFeedback();
  return [
    {
      key: "name",
      head: t("col.name"),
      value: name,
      width: "w-[34%] md:w-[22%]",
      cell: (row) => <Person contact={names.get(row.contact_id) ?? { id: row.contact_id, first_name: name(row), last_name: "" }} />,
    },
    { key: "risk", head: t("col.risk"), width: "w-28", value: (row) => row.risk_level, cell: (row) => <Risk level={row.risk_level} />, wide: true },
    {
      key: "probability",
      head: t("col.probability"),
      width: "w-36",
      value: (row) => row.churn_probability,
      cell: (row) => (
        <>
          <span className="md:hidden">
            <Risk level={row.risk_level} />
          </span>
          <Probability churn={row} />
        </>
      ),
    },
    {
      key: "why",
      head: t("col.why"),
      wide: true,
      value: why,
      cell: (row) => {
        const text = why(row);
        return (
          <span className="line-clamp-2 text-soft" title={text}>
            {text}
          </span>
        );
      },
    },
    {
      key: "next",
      head: t("col.next"),
      wide: true,
      value: (row) => row.interventions.map(({ text }) => text).join("; "),
      cell: (row) => <Interventions churn={row} limit={2} />,
    },
    {
      key: "actions",
      head: t("col.actions"),
      width: "w-24",
      cell: (row) => (
        <span className="flex">
          <IconButton label={`${t("churn.snooze")}: ${name(row)}`} onClick={() => act(row.contact_id, name(row), "snooze")}>
            <AlarmClock size={16} aria-hidden />
          </IconButton>
          <IconButton label={`${t("churn.safe")}: ${name(row)}`} onClick={() => act(row.contact_id, name(row), "not_at_risk")}>
            <Check size={16} aria-hidden />
          </IconButton>
        </span>
      ),
    },
  ];
}

/** What speaks for the risk; where nothing does, what speaks against it. */
function why({ reasons = [] }: Churn) {
  const risky = reasons.filter(({ direction }) => direction === "up");
  return (risky.length > 0 ? risky : reasons).map(({ text }) => text).join("; ");
}
