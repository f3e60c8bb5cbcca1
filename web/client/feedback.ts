// Decisions about people, as the pages offer them.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";

import { decide } from "./actions";
import { answer, api, eventId, write } from "./api/client";
import { useTexts } from "./i18n/text";
import { contactName, type Recommendation } from "./queries";

export const recommendationSubject = (whose: string, id: string) => `recommendation:${whose}:${id}`;
export const churnSubject = (id: string) => `churn:${id}`;
export const choiceSubject = (id: string) => `choice:${id}`;

const renew = (client: QueryClient, name: string) => () => client.invalidateQueries({ queryKey: [name] });

export function useFeedback(whose: string) {
  const { t } = useTexts();
  const client = useQueryClient();
  return (recommendation: Recommendation, action: "connect" | "dismiss") => {
    const name = contactName(recommendation.contact);
    const id = eventId();
    const body = {
      kind: "contact" as const,
      target_id: recommendation.id,
      action,
      event_id: id,
      contact_id: whose,
      occurred_at: new Date().toISOString(),
    };
    decide({
      id,
      subject: recommendationSubject(whose, recommendation.id),
      text: t(action === "connect" ? "action.connected" : "action.dismissed", { name }),
      failedText: t("action.failed", { name }),
      send: () =>
        answer(
          api.POST("/api/ml/recommendations/feedback", {
            body,
            params: { header: { "Idempotency-Key": id } },
            keepalive: true,
          }),
        ),
      settled: renew(client, "recommendations"),
    });
  };
}

const SNOOZE_DAYS = 30;
const DAY_MS = 86_400_000;

export function useChurnFeedback() {
  const { t } = useTexts();
  const client = useQueryClient();
  return (contactId: string, name: string, action: "snooze" | "not_at_risk") => {
    const id = eventId();
    const now = Date.now();
    const until = action === "snooze" ? new Date(now + SNOOZE_DAYS * DAY_MS).toISOString() : undefined;
    const body = { action, until, event_id: id, occurred_at: new Date(now).toISOString() };
    decide({
      id,
      subject: churnSubject(contactId),
      text: t(action === "snooze" ? "action.snoozed" : "action.not_at_risk", { name, days: SNOOZE_DAYS }),
      failedText: t("action.failed", { name }),
      send: () => write(`/api/ml/churn/${contactId}/feedback`, body, id),
      settled: renew(client, "churn-list"),
    });
  };
}

export function useChoiceFeedback(decisionId: string | null) {
  const { t } = useTexts();
  const client = useQueryClient();
  return (accountId: string, name: string, action: "save" | "dismiss") => {
    const id = eventId();
    const at = new Date().toISOString();
    const body = { kind: "account", decision_id: decisionId, target_id: accountId, action, event_id: id, occurred_at: at };
    decide({
      id,
      subject: choiceSubject(accountId),
      text: t(action === "save" ? "action.saved" : "action.dismissed", { name }),
      failedText: t("action.failed", { name }),
      send: () => write("/api/ml/recommendations/feedback", body, id),
      settled: renew(client, "account-choices"),
    });
  };
}
