// A part that needs a service: it is shown where the service runs, and says so where it does not.
"use client";

import type { ReactNode } from "react";

import described from "@/client/api/described.json";
import { useServices } from "@/client/queries";

import { Absent, Skeleton } from "./states";

export interface Need {
  /** The process that answers, as the gateway names it. */
  service: string;
  /** The operation that is asked, as the document writes it. */
  operation: string;
  /** What a person calls it, where that is not the service. */
  called?: string;
}

const DESCRIBED: ReadonlySet<string> = new Set(described);

/** true or false once it is known. */
export function useHas({ service, operation }: Need): boolean | undefined {
  const { data, error } = useServices();
  if (!DESCRIBED.has(operation)) return false;
  if (error) return true; // nobody can say: the part itself finds out
  return data && service in data;
}

export function Needs({ children, small, ...need }: Need & { children: ReactNode; small?: boolean }) {
  const has = useHas(need);
  if (has === undefined) return <Skeleton rows={small ? 3 : 6} />;
  return has ? children : <Absent service={need.called ?? need.service} small={small} />;
}

export const NEEDS = {
  churn: { service: "churn", operation: "/api/ml/churn/{contact_id}" },
  churnList: { service: "churn", operation: "/api/ml/churn" },
  sentiment: { service: "sentiment", operation: "/api/ml/sentiment/{contact_id}" },
  sentimentList: { service: "sentiment", operation: "/api/ml/sentiment" },
  icp: { service: "icp", operation: "/api/ml/icp-score/{account_id}" },
  icpList: { service: "icp", operation: "/api/ml/icp-score" },
  choices: { service: "recommend", operation: "/api/ml/recommendations", called: "choices" },
} as const satisfies Record<string, Need>;
