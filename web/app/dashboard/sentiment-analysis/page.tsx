"use client";

import { Needs, NEEDS } from "@/components/needs";
import { PageHead, Panel } from "@/components/panel";
import { Person } from "@/components/person";
import { Balance, Bar } from "@/components/score";
import { Async, Empty } from "@/components/states";
import { type Column, Table } from "@/components/table";
import { Trend } from "@/components/trend";
import type { Sentiment } from "@/client/api/ahead";
import { type Key, useTexts } from "@/client/i18n/text";
import { contactName, useNames, useSentimentList, useSentimentOverview, useSentimentTrend } from "@/client/queries";

export default function SentimentPage() {
  const { t } = useTexts();
  return (
    <>
      <PageHead title={t("sentiment.title")} lead={t("sentiment.lead")} />
      <Needs {...NEEDS.sentimentList}>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-2">
          <Distribution />
          <ByWeek />
        </div>
        <List />
      </Needs>
    </>
  );
}

const SIDES = ["positive", "neutral", "negative"] as const;

function Distribution() {
  const { t, number } = useTexts();
  const overview = useSentimentOverview();
  return (
    <Panel title={t("sentiment.distribution")}>
      <Async query={overview} small>
        {(data) => {
          const counts = { positive: data.positive_count, neutral: data.neutral_count, negative: data.negative_count };
          const total = Math.max(1, counts.positive + counts.neutral + counts.negative);
          return (
            <dl className="space-y-3">
              {data.average_sentiment !== null && (
                <div className="flex items-center justify-between">
                  <dt className="font-medium">{t("sentiment.average")}</dt>
                  <dd>
                    <Balance value={data.average_sentiment} label={t("sentiment.average")} />
                  </dd>
                </div>
              )}
              {SIDES.map((side) => (
                <div key={side} className="grid grid-cols-[8rem_minmax(0,1fr)_3rem] items-center gap-3">
                  <dt className="text-soft">{t(`sentiment.${side}` satisfies Key)}</dt>
                  <dd className="contents">
                    <Bar share={counts[side] / total} />
                    <span className="text-right tabular-nums">{number(counts[side])}</span>
                  </dd>
                </div>
              ))}
            </dl>
          );
        }}
      </Async>
    </Panel>
  );
}

function ByWeek() {
  const { t } = useTexts();
  const trend = useSentimentTrend();
  return (
    <Panel title={t("sentiment.trend")}>
      <Async query={trend} small>
        {(data) => <Trend points={data.items} label={t("sentiment.trend")} />}
      </Async>
    </Panel>
  );
}

function List() {
  const { t, maybe } = useTexts();
  const query = useSentimentList();
  const names = useNames(query.isSuccess);
  const items = query.data?.pages.flatMap((page) => page.items);
  const name = (row: Sentiment) => {
    const contact = names.get(row.contact_id);
    return contact ? contactName(contact) : t("contact.somebody");
  };
  const tone = (row: Sentiment) => (row.sentiment_label ? (maybe(`tone.${row.sentiment_label}`) ?? row.sentiment_label) : "–");
  const columns: Column<Sentiment>[] = [
    {
      key: "name",
      head: t("col.name"),
      value: name,
      cell: (row) => <Person contact={names.get(row.contact_id) ?? { id: row.contact_id, first_name: name(row), last_name: "" }} />,
    },
    { key: "tone", head: t("col.tone"), value: tone, cell: tone, width: "w-40", wide: true },
    {
      key: "score",
      head: t("col.score"),
      width: "w-44",
      value: (row) => row.overall_sentiment,
      cell: (row) => row.overall_sentiment !== null && <Balance value={row.overall_sentiment} label={tone(row)} />,
    },
  ];
  return (
    <Panel title={t("sentiment.people")} flush>
      <Async query={{ ...query, data: items }}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t("sentiment.empty")}>{t("sentiment.empty_text")}</Empty>
          ) : (
            <Table
              label={t("sentiment.people")}
              rows={rows}
              columns={columns}
              id={(row) => row.contact_id}
              file="tone.csv"
              filterLabel={t("contacts.filter")}
              words={(row) => `${name(row)} ${tone(row)}`}
              more={query.hasNextPage ? { load: () => void query.fetchNextPage(), loading: query.isFetching } : undefined}
            />
          )
        }
      </Async>
    </Panel>
  );
}
