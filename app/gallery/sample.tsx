import type { ReactNode } from 'react';

/** A primitive with its name. */
export function Sample({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0 border-border border-b px-4 py-6 sm:px-6">
      <h3 className="mb-4 font-mono text-muted-foreground text-xs">{name}</h3>
      <div className="grid grid-cols-1 gap-4">{children}</div>
    </div>
  );
}

export function Line({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-3">{children}</div>;
}
