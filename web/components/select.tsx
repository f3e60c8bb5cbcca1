import { type ReactNode, useId } from "react";

interface SelectProps {
  label: string;
  value: string;
  change: (value: string) => void;
  options: readonly { value: string; label: string }[];
  hideLabel?: boolean;
  icon?: ReactNode;
}

export function Select({ label, value, change, options, hideLabel }: SelectProps) {
  const id = useId();
  return (
    <span className="inline-flex items-center gap-2">
      <label htmlFor={id} className={hideLabel ? "sr-only" : "text-xs text-soft"}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => change(event.target.value)}
        className="h-8 rounded-md border border-line-strong bg-panel px-2 tabular-nums"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </span>
  );
}
