import { Badge, type BadgeVariant } from '@/components/ui/badge';
import type { PUBLICATION_STATES } from '@/db/schema';

type State = (typeof PUBLICATION_STATES)[number];

const WORDS: Record<State, { label: string; variant: BadgeVariant }> = {
  draft: { label: 'Draft', variant: 'outline' },
  awaiting_approval: { label: 'Needs approval', variant: 'warning' },
  scheduled: { label: 'Scheduled', variant: 'secondary' },
  queued: { label: 'About to go out', variant: 'accent' },
  publishing: { label: 'Going out', variant: 'accent' },
  published: { label: 'Published', variant: 'positive' },
  failed: { label: 'Failed', variant: 'destructive' },
  unknown: { label: 'Not sure', variant: 'warning' },
  cancelled: { label: 'Cancelled', variant: 'outline' },
};

export const stateInWords = (state: State): string => WORDS[state].label;

/** A publication's state in words. */
export function PublicationState({ state, className }: { state: State; className?: string }) {
  const { label, variant } = WORDS[state];
  return (
    <Badge variant={variant} {...(className ? { className } : {})}>
      {label}
    </Badge>
  );
}
