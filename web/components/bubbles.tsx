// Interest groups as circles: near in place is near in subject, the area is how many there are. A picture for the eye
// and the mouse: the list beside it says and does the same for the keyboard and for who cannot see it.
"use client";

import { scaleLinear, scaleSqrt } from "d3-scale";

import { useTexts } from "@/client/i18n/text";
import type { Schemas } from "@/client/queries";

type Cluster = Schemas["ClusterOut"];
interface Placed {
  cluster: Cluster;
  x: number;
  y: number;
  r: number;
}

const WIDTH = 640;
const HEIGHT = 420;
const EDGE = 12;
const GAP = 6;
const STEPS = 400;

/** Put circles where the model says, then push apart what overlaps, keeping all inside. */
export function placed(clusters: readonly Cluster[]): Placed[] {
  const most = Math.max(...clusters.map(({ size }) => size), 1);
  const largest = clusters.length < 8 ? 96 : Math.max(34, 96 * Math.sqrt(8 / clusters.length));
  const radius = scaleSqrt([0, most], [0, largest]);
  const range = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  const across = scaleLinear(range(clusters.map(({ x }) => x)), [EDGE + largest, WIDTH - EDGE - largest]);
  const down = scaleLinear(range(clusters.map(({ y }) => y)), [HEIGHT - EDGE - largest, EDGE + largest]);
  const all = clusters.map((cluster) => ({ cluster, x: across(cluster.x), y: down(cluster.y), r: Math.max(26, radius(cluster.size)) }));
  for (let step = 0; step < STEPS && spread(all); step += 1) all.forEach(keepInside);
  return all;
}

function spread(all: Placed[]): boolean {
  let moved = false;
  all.forEach((one, index) => {
    for (const other of all.slice(index + 1)) {
      const [dx, dy] = [other.x - one.x || 0.1, other.y - one.y || 0.1];
      const distance = Math.hypot(dx, dy);
      const overlap = one.r + other.r + GAP - distance;
      if (overlap <= 0.5) continue;
      moved = true;
      const [px, py] = [(dx / distance) * overlap * 0.3, (dy / distance) * overlap * 0.3];
      one.x -= px;
      one.y -= py;
      other.x += px;
      other.y += py;
    }
  });
  return moved;
}

function keepInside(one: Placed): void {
  one.x = Math.min(WIDTH - EDGE - one.r, Math.max(EDGE + one.r, one.x));
  one.y = Math.min(HEIGHT - EDGE - one.r, Math.max(EDGE + one.r, one.y));
}

/** As many characters as go into a circle of this radius. */
const fitted = (text: string, r: number) => {
  const room = Math.floor((r * 1.7) / 7);
  return text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
};

interface BubblesProps {
  clusters: readonly Cluster[];
  chosen: number | null;
  choose: (id: number) => void;
}

/** The part of the plane that the circles take. */
function frame(all: readonly Placed[]): string {
  const left = Math.min(...all.map(({ x, r }) => x - r)) - EDGE;
  const top = Math.min(...all.map(({ y, r }) => y - r)) - EDGE;
  const right = Math.max(...all.map(({ x, r }) => x + r)) + EDGE;
  const bottom = Math.max(...all.map(({ y, r }) => y + r)) + EDGE;
  return `${left} ${top} ${right - left} ${bottom - top}`;
}

export default function Bubbles({ clusters, chosen, choose }: BubblesProps) {
  const { t } = useTexts();
  const circles = placed(clusters);
  return (
    <svg viewBox={frame(circles)} className="max-h-[70vh] w-full" aria-hidden>
      {circles.map(({ cluster, x, y, r }) => {
        const current = cluster.id === chosen;
        return (
          <g
            key={cluster.id}
            data-cluster={cluster.id}
            onClick={() => choose(cluster.id)}
            className="group cursor-pointer"
          >
            <title>{t("clusters.bubble", { topics: cluster.top_topics.join(", "), count: cluster.size })}</title>
            <circle
              cx={x}
              cy={y}
              r={r}
              strokeWidth={current ? 2.5 : 1}
              className={`${current ? "fill-accent-soft stroke-accent" : "fill-raised stroke-line-strong group-hover:fill-accent-soft"}`}
            />
            <text x={x} y={y - (r > 40 ? 18 : 4)} textAnchor="middle" className="fill-ink text-xl font-semibold tabular-nums">
              {cluster.size}
            </text>
            {cluster.top_topics.slice(0, r > 60 ? 3 : r > 40 ? 2 : 1).map((topic, line) => (
              <text key={topic} x={x} y={y + (r > 40 ? 4 : 14) + line * 16} textAnchor="middle" className="fill-soft text-xs">
                {fitted(topic, r)}
              </text>
            ))}
          </g>
        );
      })}
    </svg>
  );
}
