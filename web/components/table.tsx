// A table of any length: only the rows in sight are in the page. Sorting by the heads, filtering by words, a file.
"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Download, Search } from "lucide-react";
import { type ReactNode, useDeferredValue, useMemo, useRef, useState } from "react";

import { csv, download } from "@/client/csv";
import { useTexts } from "@/client/i18n/text";

import { Button } from "./button";

type Value = string | number | null | undefined;

export interface Column<T> {
  key: string;
  head: string;
  cell: (row: T) => ReactNode;
  /** What it is sorted by and what the file says. */
  value?: (row: T) => Value;
  width?: string;
  /** Left out where there is little room. */
  wide?: boolean;
  right?: boolean;
}

interface TableProps<T> {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  id: (row: T) => string;
  file: string;
  filterLabel?: string;
  /** The words a row is found by. */
  words?: (row: T) => string;
  filters?: ReactNode;
  note?: ReactNode;
  rowHeight?: number;
  more?: { load: () => void; loading: boolean };
}

interface Order {
  key: string;
  down: boolean;
}

function compare(one: Value, other: Value, collator: Intl.Collator): number {
  if (one === null || one === undefined) return other === null || other === undefined ? 0 : 1;
  if (other === null || other === undefined) return -1;
  if (typeof one === "number" && typeof other === "number") return one - other;
  return collator.compare(String(one), String(other));
}

function useRows<T>({ rows, columns, words }: TableProps<T>, filter: string, order: Order | null): readonly T[] {
  const { language } = useTexts();
  const texts = useMemo(() => (words ? rows.map((row) => words(row).toLowerCase()) : []), [rows, words]);
  const found = useMemo(() => {
    const asked = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return asked.length ? rows.filter((_, index) => asked.every((word) => texts[index]?.includes(word))) : rows;
  }, [rows, texts, filter]);
  return useMemo(() => {
    const value = columns.find(({ key }) => key === order?.key)?.value;
    if (!order || !value) return found;
    const collator = new Intl.Collator(language);
    const keyed = found.map((row) => [value(row), row] as const);
    keyed.sort(([one], [other]) => {
      const missing = (one ?? null) === null || (other ?? null) === null;
      return compare(one, other, collator) * (order.down && !missing ? -1 : 1);
    });
    return keyed.map(([, row]) => row);
  }, [found, columns, order, language]);
}

export function Table<T>(props: TableProps<T>) {
  const { label, rows, columns, file, words, filterLabel, filters, note, more } = props;
  const { t } = useTexts();
  const [typed, setTyped] = useState("");
  const filter = useDeferredValue(typed);
  const [order, setOrder] = useState<Order | null>(null);
  const shown = useRows(props, filter, order);

  const save = () => {
    const saved = columns.filter(({ value }) => value);
    download(file, csv(saved.map(({ head }) => head), shown.map((row) => saved.map(({ value }) => value?.(row)))));
  };

  return (
    <div>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        {words && (
          <span className="relative min-w-0 flex-1 basis-48">
            <Search size={14} aria-hidden className="absolute top-2.5 left-2.5 text-soft" />
            <input
              type="search"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              aria-label={filterLabel}
              placeholder={filterLabel}
              className="h-8 w-full max-w-sm rounded-md border border-line-strong bg-panel pr-2 pl-8 placeholder:text-soft"
            />
          </span>
        )}
        {filters}
        <span role="status" className="ml-auto text-xs text-soft tabular-nums">
          {shown.length === rows.length
            ? t("table.rows", { count: rows.length })
            : t("table.of", { shown: shown.length, total: rows.length })}
          {note && <> · {note}</>}
        </span>
        <Button kind="quiet" onClick={save} disabled={shown.length === 0}>
          <Download size={14} aria-hidden />
          {t("table.csv")}
        </Button>
      </div>
      {shown.length === 0 && rows.length > 0 ? (
        <p className="flex flex-col items-center gap-3 p-10 text-soft">
          {t("table.none")}
          <Button onClick={() => setTyped("")}>{t("table.clear")}</Button>
        </p>
      ) : (
        <Rows {...props} label={label} rows={shown} order={order} setOrder={setOrder} />
      )}
      {more && (
        <div className="border-t border-line p-2 text-center">
          <Button kind="quiet" onClick={more.load} disabled={more.loading}>
            {t(more.loading ? "app.loading" : "table.more")}
          </Button>
        </div>
      )}
    </div>
  );
}

interface RowsProps<T> extends TableProps<T> {
  order: Order | null;
  setOrder: (order: Order | null) => void;
}

function Rows<T>({ label, rows, columns, id, order, setOrder, rowHeight = 48 }: RowsProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the rows are few and made anew as one scrolls
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const inSight = virtual.getVirtualItems();
  const above = inSight[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (inSight.at(-1)?.end ?? 0);
  const hide = (column: Column<T>) => (column.wide ? "hidden md:table-cell" : "");
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={label}
      className="max-h-[max(24rem,calc(100dvh-18rem))] overflow-auto focus-visible:outline-offset-[-2px]"
    >
      <table className="w-full table-fixed border-collapse" aria-rowcount={rows.length + 1} aria-label={label}>
        <thead className="sticky top-0 z-10 bg-panel shadow-[inset_0_-1px_var(--line)]">
          <tr>
            {columns.map((column) => (
              <Head key={column.key} column={column} hide={hide(column)} order={order} setOrder={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Space height={above} />
          {inSight.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <tr key={id(row)} aria-rowindex={item.index + 2} className="border-b border-line last:border-0 hover:bg-ground" style={{ height: rowHeight }}>
                {columns.map((column) => (
                  <td key={column.key} className={`overflow-hidden px-4 py-1 ${hide(column)} ${column.right ? "text-right tabular-nums" : ""}`}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          <Space height={below} />
        </tbody>
      </table>
    </div>
  );
}

// One cell only: a span over columns that are left out would make room for them.
function Space({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden style={{ height }}>
      <td className="p-0" />
    </tr>
  );
}

interface HeadProps<T> {
  column: Column<T>;
  hide: string;
  order: Order | null;
  setOrder: (order: Order | null) => void;
}

function Head<T>({ column, hide, order, setOrder }: HeadProps<T>) {
  const { t } = useTexts();
  const active = order?.key === column.key ? order : null;
  const turn = () => {
    if (!active) setOrder({ key: column.key, down: false });
    else setOrder(active.down ? null : { key: column.key, down: true });
  };
  const look = `px-4 py-2 text-xs font-medium text-soft ${column.width ?? ""} ${hide} ${column.right ? "text-right" : "text-left"}`;
  if (!column.value) {
    return (
      <th scope="col" className={look}>
        {column.head}
      </th>
    );
  }
  return (
    <th scope="col" className={look} aria-sort={active ? (active.down ? "descending" : "ascending") : "none"}>
      <button
        type="button"
        onClick={turn}
        title={t("table.sort", { column: column.head })}
        className="inline-flex items-center gap-1 hover:text-ink"
      >
        {column.head}
        {active && (active.down ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
      </button>
    </th>
  );
}
