import type { ComponentProps } from "react";

const BASE =
  "inline-flex h-8 items-center justify-center gap-1.5 rounded-md px-3 text-sm font-medium whitespace-nowrap transition-colors disabled:opacity-50";
const KINDS = {
  main: "bg-accent text-on-accent hover:opacity-90",
  plain: "border border-line bg-panel text-ink hover:bg-raised",
  quiet: "text-soft hover:bg-raised hover:text-ink",
} as const;

export type ButtonKind = keyof typeof KINDS;
export const buttonClass = (kind: ButtonKind = "plain") => `${BASE} ${KINDS[kind]}`;

export function Button({ kind = "plain", className = "", ...rest }: ComponentProps<"button"> & { kind?: ButtonKind }) {
  return <button type="button" className={`${buttonClass(kind)} ${className}`} {...rest} />;
}

/** A button that is a picture; its label is its name and its tip. */
export function IconButton({ label, className = "", ...rest }: ComponentProps<"button"> & { label: string }) {
  const look = "inline-flex size-8 items-center justify-center rounded-md text-soft hover:bg-raised hover:text-ink";
  return <button type="button" aria-label={label} title={label} className={`${look} ${className}`} {...rest} />;
}
