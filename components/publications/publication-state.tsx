import { useTranslations } from 'next-intl';
import { Badge, type BadgeVariant } from '@/components/ui/badge';
import type { PUBLICATION_STATES } from '@/db/schema';

type State = (typeof PUBLICATION_STATES)[number];

const LOOKS: Record<State, BadgeVariant> = {
  draft: 'outline',
  awaiting_approval: 'warning',
  scheduled: 'secondary',
  queued: 'accent',
  publishing: 'accent',
  handed_over: 'warning',
  published: 'positive',
  failed: 'destructive',
  unknown: 'warning',
  cancelled: 'outline',
};

/** A publication's state as text. */
export function PublicationState({ state, className }: { state: State; className?: string }) {
  const t = useTranslations('facts.publicationStates');
  return (
    <Badge variant={LOOKS[state]} {...(className ? { className } : {})}>
      {t(state)}
    </Badge>
  );
}
