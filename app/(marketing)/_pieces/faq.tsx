import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';

/** Questions that expand without JavaScript. */
export function Faq({ items }: { items: readonly { id: string; q: string; a: ReactNode }[] }) {
  return (
    <div className="divide-y divide-border border-border border-y">
      {items.map(({ id, q, a }) => (
        <details key={id} className="group">
          <summary className="flex list-none items-center justify-between gap-4 py-4 font-medium [&::-webkit-details-marker]:hidden">
            {q}
            <Plus
              aria-hidden
              className="size-4 shrink-0 text-muted-foreground transition-transform duration-150 group-open:rotate-45"
            />
          </summary>
          <div className="max-w-prose pb-5 text-muted-foreground">{a}</div>
        </details>
      ))}
    </div>
  );
}
