// What the pages ask the API, each question in one place; a change of language asks again for what has texts.
import {
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import type { AccountChoices, Churn, Icp, Page, Sentiment, SentimentOverview, TrendPoint } from "./api/ahead";
import { answer, api, eventId, read } from "./api/client";
import { Problem } from "./api/problem";
import type { components } from "./api/schema";
import { useLanguage } from "./i18n/language";
import { useSession } from "./session";

export type Schemas = components["schemas"];
export type Contact = Schemas["CrmContactOut"];
export type Account = Schemas["AccountOut"];
export type Recommendation = Schemas["RecommendationOut"];
export type Job = Schemas["JobOut"];
export type Interaction = Schemas["InteractionOut"];

const PAGE = 200; // the most that a list gives at once
const LONG = 5 * 60_000;
const JOB_EVERY_MS = 700;

const after = (page: { next_cursor?: string | null }) => page.next_cursor ?? undefined;

export function contactName(contact: { first_name: string; last_name: string }): string {
  return `${contact.first_name} ${contact.last_name}`.trim();
}

/** Which services this installation has and how they are; it needs no token. */
export function useServices() {
  return useQuery({
    queryKey: ["services"],
    queryFn: async ({ signal }) => {
      const response = await fetch("/readyz", { signal, credentials: "omit" });
      const body = (await response.json()) as { services?: Record<string, string> };
      return body.services ?? {};
    },
    refetchInterval: 15_000,
    staleTime: 10_000,
  });
}

/** The caller's own card, if the token's user has one; null if not. */
export function useSelf() {
  const session = useSession();
  const userId = session.state === "open" ? session.claims.userId : null;
  return useQuery({
    queryKey: ["self", userId],
    enabled: session.state === "open",
    staleTime: LONG,
    queryFn: async ({ signal }) => {
      if (!userId) return null;
      try {
        const path = { user_id: userId };
        const user = await answer(api.GET("/api/ml/crm/users/{user_id}", { params: { path }, signal }));
        return user.contact_id ?? null;
      } catch (error) {
        if (error instanceof Problem && (error.status === 404 || error.status === 422)) return null;
        throw error;
      }
    },
  });
}

export function useContact(contactId: string | null | undefined) {
  return useQuery({
    queryKey: ["contact", contactId],
    enabled: Boolean(contactId),
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      answer(api.GET("/api/ml/crm/contacts/{contact_id}", { params: { path: { contact_id: contactId ?? "" } }, signal })),
  });
}

/** Everybody, page after page; `isWhole` once the last one has come. */
export function useContacts(enabled = true) {
  const list = useInfiniteQuery({
    queryKey: ["contacts"],
    enabled,
    staleTime: LONG,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      answer(api.GET("/api/ml/crm/contacts", { params: { query: { limit: PAGE, cursor: pageParam } }, signal })),
    getNextPageParam: after,
  });
  return useWhole(list);
}

interface Pages<T> {
  data: { pages: { items: T[] }[] } | undefined;
  hasNextPage: boolean;
  isFetching: boolean;
  isError: boolean;
  isSuccess: boolean;
  fetchNextPage: () => unknown;
}

/** Read on until the last page has come. */
function useWhole<T, L extends Pages<T>>(list: L & Pages<T>) {
  const { hasNextPage, isFetching, isError, fetchNextPage, data } = list;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const items = useMemo(() => data?.pages.flatMap((page): T[] => page.items), [data]);
  return { ...list, items, isWhole: list.isSuccess && !hasNextPage };
}

/** Names by id, of everybody read so far. */
export function useNames(enabled = true): ReadonlyMap<string, Contact> {
  const { items } = useContacts(enabled);
  return useMemo(() => new Map((items ?? []).map((contact) => [contact.id, contact])), [items]);
}

export function useSearch(query: string) {
  const text = query.trim();
  return useQuery({
    queryKey: ["search", text],
    enabled: text.length > 0,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => answer(api.POST("/api/ml/search", { body: { query: text, limit: 8 }, signal })),
  });
}

export function useRecommendations(contactId: string | null | undefined, minScore: number, limit: number) {
  const language = useLanguage();
  return useQuery<Schemas["RecommendationsOut"]>({
    queryKey: ["recommendations", contactId, minScore, limit, language],
    enabled: Boolean(contactId),
    placeholderData: (before, query) => (query?.queryKey[1] === contactId ? before : undefined),
    queryFn: ({ signal }) => {
      const query = { contact_id: contactId ?? undefined, min_score: minScore, limit };
      return answer(api.GET("/api/ml/recommendations/contacts", { params: { query }, signal }));
    },
  });
}

export function useIntroductions(of: { contact_id?: string; account_id?: string }, enabled = true) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["introductions", of, language],
    enabled,
    queryFn: ({ signal }) =>
      answer(api.GET("/api/ml/recommendations/introductions", { params: { query: { ...of, limit: 5 } }, signal })),
  });
}

export function useSimilar(contactId: string) {
  return useQuery({
    queryKey: ["similar", contactId],
    staleTime: 60_000,
    queryFn: ({ signal }) => {
      const params = { path: { contact_id: contactId }, query: { limit: 6 } };
      return answer(api.GET("/api/ml/similar/{contact_id}", { params, signal }));
    },
  });
}

/** What happened with a contact; the API reads in the order of recording, so the newest are known when all are read. */
export function useHistory(contactId: string) {
  const list = useInfiniteQuery({
    queryKey: ["history", contactId],
    initialPageParam: undefined as string | undefined,
    staleTime: 60_000,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, interactions_cursor: pageParam };
      const params = { path: { contact_id: contactId }, query };
      return answer(api.GET("/api/ml/crm/contacts/{contact_id}/export", { params, signal }));
    },
    getNextPageParam: (page) => after(page.interactions),
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = list;
  const count = list.data?.pages.length ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError && count % 25 !== 0) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, count, fetchNextPage]);
  const interactions = useMemo(() => {
    const items = list.data?.pages.flatMap((page) => page.interactions.items) ?? [];
    return items.sort((one, other) => other.occurred_at.localeCompare(one.occurred_at));
  }, [list.data]);
  const links = list.data?.pages[0]?.links;
  return { ...list, interactions, links };
}

export function useClusters() {
  return useQuery({ queryKey: ["clusters"], queryFn: ({ signal }) => answer(api.GET("/api/ml/clusters", { signal })) });
}

export function useCluster(clusterId: number | null) {
  return useInfiniteQuery({
    queryKey: ["cluster", clusterId],
    enabled: clusterId !== null,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const params = { path: { cluster_id: clusterId ?? 0 }, query: { limit: 50, cursor: pageParam } };
      return answer(api.GET("/api/ml/clusters/{cluster_id}", { params, signal }));
    },
    getNextPageParam: after,
  });
}

export function useChurn(contactId: string) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["churn", contactId, language],
    queryFn: ({ signal }) => read<Churn>(`/api/ml/churn/${contactId}`, {}, signal),
  });
}

export function useChurnList(riskLevel: string | undefined) {
  const language = useLanguage();
  return useInfiniteQuery({
    queryKey: ["churn-list", riskLevel, language],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      read<Page<Churn>>("/api/ml/churn", { risk_level: riskLevel, limit: PAGE, cursor: pageParam }, signal),
    getNextPageParam: after,
  });
}

export function useSentiment(contactId: string) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["sentiment", contactId, language],
    queryFn: ({ signal }) => read<Sentiment>(`/api/ml/sentiment/${contactId}`, {}, signal),
  });
}

export function useSentimentList() {
  const language = useLanguage();
  return useInfiniteQuery({
    queryKey: ["sentiment-list", language],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      read<Page<Sentiment>>("/api/ml/sentiment", { limit: PAGE, cursor: pageParam }, signal),
    getNextPageParam: after,
  });
}

export function useSentimentOverview() {
  return useQuery({
    queryKey: ["sentiment-overview"],
    queryFn: ({ signal }) => read<SentimentOverview>("/api/ml/sentiment/overview", {}, signal),
  });
}

export function useSentimentTrend() {
  return useQuery({
    queryKey: ["sentiment-trend"],
    queryFn: ({ signal }) => read<Page<TrendPoint>>("/api/ml/sentiment/trend", {}, signal),
  });
}

export function useIcpList(enabled: boolean) {
  const language = useLanguage();
  const list = useInfiniteQuery({
    queryKey: ["icp-list", language],
    enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => read<Page<Icp>>("/api/ml/icp-score", { limit: PAGE, cursor: pageParam }, signal),
    getNextPageParam: after,
  });
  return useWhole(list);
}

export function useIcp(accountId: string) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["icp", accountId, language],
    queryFn: ({ signal }) => read<Icp>(`/api/ml/icp-score/${accountId}`, {}, signal),
  });
}

export function useAccountChoices() {
  const language = useLanguage();
  return useQuery({
    queryKey: ["account-choices", language],
    staleTime: LONG, // each answer is a decision that is logged: looking again is not a new one
    refetchOnWindowFocus: false,
    queryFn: ({ signal }) => read<AccountChoices>("/api/ml/recommendations", { limit: 10 }, signal),
  });
}

export function useAccounts() {
  const list = useInfiniteQuery({
    queryKey: ["accounts"],
    staleTime: LONG,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      answer(api.GET("/api/ml/crm/accounts", { params: { query: { limit: PAGE, cursor: pageParam } }, signal })),
    getNextPageParam: after,
  });
  return useWhole(list);
}

export function useAccount(accountId: string | null) {
  return useQuery({
    queryKey: ["account", accountId],
    enabled: Boolean(accountId),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/ml/crm/accounts/{account_id}", { params: { path: { account_id: accountId ?? "" } }, signal })),
  });
}

/** What a capability's registry holds; the embeddings' have no metrics. */
export function useModels(capability: string) {
  return useQuery({
    queryKey: ["models", capability],
    queryFn: ({ signal }) => read<Page<RegisteredModel>>(`/api/ml/${capability}/models`, {}, signal),
  });
}

export function useJobs(capability: string) {
  return useQuery({
    queryKey: ["jobs", capability],
    queryFn: ({ signal }) => read<Page<Job>>(`/api/ml/${capability}/jobs`, { limit: 5 }, signal),
    refetchInterval: ({ state }) => (state.data?.items.every(isOver) ? 15_000 : JOB_EVERY_MS * 2),
  });
}

export function useImports() {
  return useQuery({
    queryKey: ["imports"],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/ml/crm/jobs", { params: { query: { kind: "import", limit: 8 } }, signal })),
  });
}

export const isOver = (job: Job) => job.state !== "queued" && job.state !== "running";

export function useImportJob(jobId: string | null) {
  return useQuery<Job>({
    queryKey: ["import", jobId],
    enabled: jobId !== null,
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : JOB_EVERY_MS),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/ml/crm/jobs/{job_id}", { params: { path: { job_id: jobId ?? "" } }, signal })),
  });
}

export interface RegisteredModel {
  name: string;
  version: string;
  kind: string;
  state: string;
  trained_at?: string;
  added_at?: string;
  metrics?: Record<string, Schemas["MetricOut"]>;
  gate?: Schemas["GateOut"];
}

type ImportKind = Schemas["Body_import_file"]["kind"];

export function useImport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ file, kind, strict }: { file: File; kind: ImportKind; strict: boolean }) =>
      answer(
        api.POST("/api/ml/crm/imports", {
          body: { file: "", kind, strict, format: "auto" },
          bodySerializer: () => formOf(file, kind, strict),
          params: { header: { "Idempotency-Key": eventId() } },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["imports"] }),
  });
}

function formOf(file: File, kind: string, strict: boolean): FormData {
  const form = new FormData();
  form.set("kind", kind);
  form.set("strict", String(strict));
  form.set("file", file);
  return form;
}

export function useDuplicates() {
  return useQuery({
    queryKey: ["duplicates"],
    queryFn: ({ signal }) => answer(api.GET("/api/ml/crm/duplicates", { params: { query: { limit: 20 } }, signal })),
  });
}

/** What is shown of facts is asked for anew after they have changed. */
export function forgetFacts(client: QueryClient): Promise<void> {
  const kept = new Set(["services", "imports", "import", "self"]);
  return client.invalidateQueries({ predicate: ({ queryKey }) => !kept.has(String(queryKey[0])) });
}
