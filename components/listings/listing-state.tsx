import { Badge, type BadgeVariant } from '@/components/ui/badge';

const STATES: Record<string, { label: string; variant: BadgeVariant }> = {
  pending: { label: 'Waiting', variant: 'secondary' },
  listing: { label: 'Being listed', variant: 'accent' },
  active: { label: 'Active', variant: 'positive' },
  failed: { label: 'Failed', variant: 'destructive' },
  unknown: { label: 'Not known', variant: 'warning' },
  delisting: { label: 'Being taken down', variant: 'accent' },
  delisted: { label: 'Taken down', variant: 'outline' },
};

/** What state a listing is in. */
export function ListingState({ state }: { state: string }) {
  const shown = STATES[state] ?? { label: state, variant: 'default' as const };
  return <Badge variant={shown.variant}>{shown.label}</Badge>;
}

const CHANGES: Record<string, { label: string; variant: BadgeVariant }> = {
  pending: { label: 'Under way', variant: 'accent' },
  applied: { label: 'Done', variant: 'positive' },
  failed: { label: 'Failed', variant: 'destructive' },
  unknown: { label: 'Being checked', variant: 'warning' },
};

/** What state a change of price is in. */
export function ChangeState({ state }: { state: string }) {
  const shown = CHANGES[state] ?? { label: state, variant: 'default' as const };
  return <Badge variant={shown.variant}>{shown.label}</Badge>;
}

/** Whether work on a listing is under way, so that the page reads it again. */
export const isMoving = (state: string): boolean => ['pending', 'listing', 'delisting'].includes(state);

/** Says that an account is of the sandbox, where no money is real. */
export function SandboxBadge({ environment }: { environment: string }) {
  return environment === 'sandbox' ? <Badge variant="outline">Sandbox</Badge> : null;
}
