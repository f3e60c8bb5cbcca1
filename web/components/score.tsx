// A score is a bar and a number, so that neither colour nor length alone carries it.
"use client";

import { useTexts } from "@/client/i18n/text";

export function Bar({ share, label, tone = "accent" }: { share: number; label?: string; tone?: "accent" | "soft" }) {
  const width = `${Math.round(Math.min(1, Math.max(0, share)) * 100)}%`;
  return (
    <span className="block h-1.5 w-full overflow-hidden rounded-full bg-track" aria-hidden={label ? undefined : true}>
      <span className={`block h-full rounded-full ${tone === "accent" ? "bg-accent" : "bg-line-strong"}`} style={{ width }} />
    </span>
  );
}

/** A value between 0 and 1. */
export function Score({ value, label, digits = 2 }: { value: number; label: string; digits?: number }) {
  const { number } = useTexts();
  return (
    <span
      className="inline-flex w-24 shrink-0 items-center gap-2"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={Number(value.toFixed(4))}
      aria-valuetext={number(value, digits)}
    >
      <Bar share={value} />
      <span className="w-9 shrink-0 text-right font-medium tabular-nums">{number(value, digits)}</span>
    </span>
  );
}

/** A value between −1 and 1, from the middle to either side. */
export function Balance({ value, label }: { value: number; label: string }) {
  const { number } = useTexts();
  const width = `${Math.min(1, Math.abs(value)) * 50}%`;
  const left = value < 0 ? `${50 - Math.min(1, -value) * 50}%` : "50%";
  return (
    <span
      className="inline-flex w-36 items-center gap-2"
      role="meter"
      aria-label={label}
      aria-valuemin={-1}
      aria-valuemax={1}
      aria-valuenow={Number(value.toFixed(4))}
    >
      <span className="relative h-1.5 w-full rounded-full bg-track">
        <span className="absolute inset-y-0 rounded-full bg-accent" style={{ left, width }} />
        <span className="absolute inset-y-[-3px] left-1/2 w-px bg-line-strong" />
      </span>
      <span className="w-11 shrink-0 text-right font-medium tabular-nums">
        {value > 0 ? "+" : ""}
        {number(value, 2)}
      </span>
    </span>
  );
}
