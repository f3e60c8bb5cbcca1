"use client";

import { Minus, Plus } from "lucide-react";

import type { Reason } from "@/lib/api/ahead";
import { useTexts } from "@/lib/i18n/text";

import { Bar } from "./score";

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
            <span className="flex w-24 shrink-0 items-center gap-2 text-xs text-soft" title={t("reason.strength")}>
              <Bar share={weight / most} tone="soft" />
              <span className="w-9 text-right tabular-nums">{number(reason.contribution ?? 0, 2)}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
