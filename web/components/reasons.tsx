"use client";

import { Minus, Plus } from "lucide-react";

import type { Reason } from "@/client/api/ahead";
import { useTexts } from "@/client/i18n/text";

import { Bar } from "./score";

// Adding zero makes of −0 what it is.
const rounded = (value: number | undefined) => Math.round((value ?? 0) * 100) / 100 + 0;

/** Every reason with its direction in words and a sign, and its weight among the others; `bad`: what is scored is. */
export function Reasons({ reasons, bad = false }: { reasons: readonly Reason[]; bad?: boolean }) {
  const { t, number } = useTexts();
  const most = Math.max(...reasons.map(({ contribution }) => Math.abs(contribution ?? 0)), 1e-9);
  return (
    <ul className="space-y-1.5">
      {reasons.map((reason) => {
        const up = reason.direction === "up";
        const weight = Math.abs(reason.contribution ?? 0);
        return (
          <li key={reason.code + reason.text} className="flex items-center gap-2">
            <span className={up === bad ? "text-bad" : "text-good"} title={t(up ? "reason.up" : "reason.down")}>
              {up ? <Plus size={14} aria-hidden /> : <Minus size={14} aria-hidden />}
              <span className="sr-only">{t(up ? "reason.up" : "reason.down")}:</span>
            </span>
            <span className="min-w-0 flex-1">{reason.text}</span>
            <span className="flex w-28 shrink-0 items-center gap-2 text-xs text-soft" title={t("reason.strength")}>
              <Bar share={weight / most} tone="soft" />
              <span className="w-10 shrink-0 text-right whitespace-nowrap tabular-nums">{number(rounded(reason.contribution), 2)}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
