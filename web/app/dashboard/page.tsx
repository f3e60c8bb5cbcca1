"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

import { Skeleton } from "@/components/states";
import { kept, recommendationsPath } from "@/client/links";

export default function Start() {
  const router = useRouter();
  useEffect(() => router.replace(kept(recommendationsPath())), [router]);
  return <Skeleton />;
}
