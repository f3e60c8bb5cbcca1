// A line of weekly values between −1 and 1, with the same as a table for who cannot see it.
"use client";

import { scaleLinear } from "d3-scale";

import type { TrendPoint } from "@/client/api/ahead";
import { useTexts } from "@/client/i18n/text";

const WIDTH = 480;
const HEIGHT = 140;

export function Trend({ points, label }: { points: readonly TrendPoint[]; label: string }) {
  const { t, date, number } = useTexts();
  const known = points.map(({ week, average_sentiment }) => ({ at: week, value: average_sentiment }));
  if (known.length < 2) return <p className="text-soft">{t("sentiment.empty")}</p>;
  const across = scaleLinear([0, known.length - 1], [4, WIDTH - 4]);
  const down = scaleLinear([-1, 1], [HEIGHT - 8, 8]);
  const path = known.map(({ value }, index) => `${index ? "L" : "M"}${across(index)},${down(value)}`).join("");
  return (
    <figure>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="w-full" aria-hidden>
        <line x1={0} x2={WIDTH} y1={down(0)} y2={down(0)} className="stroke-line" />
        <path d={path} fill="none" strokeWidth={2} className="stroke-accent" />
      </svg>
      <figcaption className="flex justify-between text-xs text-soft">
        <span>{date(known[0]?.at ?? "")}</span>
        <span>{date(known.at(-1)?.at ?? "")}</span>
      </figcaption>
      <table className="sr-only">
        <caption>{label}</caption>
        <tbody>
          {known.map(({ at, value }) => (
            <tr key={at}>
              <th scope="row">{date(at)}</th>
              <td>{number(value, 2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
