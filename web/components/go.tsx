import Link from "next/link";
import type { ComponentProps } from "react";

import { kept } from "@/client/links";

/** A link to another page of the dashboard; it stays in its frame where it is in one. */
export function Go({ href, ...rest }: Omit<ComponentProps<typeof Link>, "href"> & { href: string }) {
  return <Link href={kept(href)} prefetch={false} {...rest} />;
}
