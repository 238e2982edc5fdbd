import { useTranslations } from 'next-intl';
import { Badge, type BadgeVariant } from '@/components/ui/badge';

const STATES = {
  pending: 'secondary',
  listing: 'accent',
  active: 'positive',
  failed: 'destructive',
  unknown: 'warning',
  delisting: 'accent',
  delisted: 'outline',
} as const satisfies Record<string, BadgeVariant>;

/** The state of a listing. */
export function ListingState({ state }: { state: keyof typeof STATES }) {
  const t = useTranslations('listings.state');
  return <Badge variant={STATES[state]}>{t(state)}</Badge>;
}

const CHANGES = {
  pending: 'accent',
  applied: 'positive',
  failed: 'destructive',
  unknown: 'warning',
} as const satisfies Record<string, BadgeVariant>;

/** The state of a price change. */
export function ChangeState({ state }: { state: keyof typeof CHANGES }) {
  const t = useTranslations('listings.change');
  return <Badge variant={CHANGES[state]}>{t(state)}</Badge>;
}

/** Whether work on a listing is in progress, so that the page has to poll. */
export const isInProgress = (state: string): boolean => ['pending', 'listing', 'delisting'].includes(state);

/** Marks an account of the sandbox, where no money is real. */
export function SandboxBadge({ environment }: { environment: string }) {
  const t = useTranslations('listings');
  return environment === 'sandbox' ? <Badge variant="outline">{t('sandbox')}</Badge> : null;
}
