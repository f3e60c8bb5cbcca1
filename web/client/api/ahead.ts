// Shapes of the contract whose services this release's document does not describe yet.
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Reason = Schemas["ReasonOut"];
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

export type RiskLevel = "HIGH" | "MEDIUM" | "LOW";

export interface Intervention {
  code: string;
  text: string;
  contact_id: string | null;
}

export interface Churn extends Scored {
  contact_id: string;
  churn_probability: number | null;
  risk_level: RiskLevel | null;
  state: string;
  horizon_days: number | null;
  interventions: Intervention[];
}

export type SentimentLabel = "Very Positive" | "Positive" | "Neutral" | "Negative" | "Very Negative";

export interface Sentiment extends Scored {
  contact_id: string;
  overall_sentiment: number | null;
  sentiment_label: SentimentLabel | null;
  components: { tags: number | null; notes: number | null; interactions: number | null };
  evidence?: { text?: string; value?: string; polarity?: number }[];
}

export interface SentimentOverview {
  average_sentiment: number | null;
  positive_count: number;
  neutral_count: number;
  negative_count: number;
}

export interface TrendPoint {
  week?: string;
  date?: string;
  average_sentiment: number | null;
}

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
