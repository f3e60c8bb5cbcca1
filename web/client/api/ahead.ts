// What the services of scores answer; of those that this release's document does not describe yet (icp, accounts to
// pursue) the contract's shapes.
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Reason = Schemas["RecommendReasonOut"] | Schemas["ChurnReasonOut"] | Schemas["SentimentReasonOut"];
export type Model = { name: string; version: string; kind: string };
export type Status = "scored" | "baseline" | "insufficient_data" | "stale";

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Scored {
  status: Status;
  missing?: unknown[];
  reasons?: Reason[];
  model?: Model | null;
  computed_at?: string | null;
  facts_as_of?: string | null;
}

export type Churn = Schemas["ChurnOut"];
export type Sentiment = Schemas["SentimentOut"];
export type SentimentOverview = Schemas["OverviewOut"];
export type TrendPoint = Schemas["WeekOut"];

export interface Icp extends Scored {
  account_id: string;
  icp_score: number | null;
  priority: "high" | "medium" | "low" | null;
  probability?: number | null;
  fit?: number | null;
  intent?: number | null;
  what_if?: { text: string }[] | null;
}

export interface AccountChoice {
  account_id: string;
  score: number;
  propensity: number;
  explore: boolean;
  reason: string;
  reasons: Reason[];
  account: { id: string; name: string; domain?: string | null; industry?: string | null } | null;
}

export interface AccountChoices extends Scored, Page<AccountChoice> {
  decision_id: string | null;
  policy: unknown;
}
