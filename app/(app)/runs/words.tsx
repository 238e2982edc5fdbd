import { Badge, type BadgeVariant } from '@/components/ui/badge';

const STATUS: Record<string, { text: string; variant: BadgeVariant }> = {
  running: { text: 'Running', variant: 'accent' },
  completed: { text: 'Done', variant: 'positive' },
  failed: { text: 'Failed', variant: 'destructive' },
  cancelled: { text: 'Cancelled', variant: 'secondary' },
};

export function RunStatus({ status }: { status: string }) {
  const { text, variant } = STATUS[status] ?? { text: status, variant: 'secondary' as const };
  return <Badge variant={variant}>{text}</Badge>;
}

/** What each piece of background work does, for people. */
const NAMES: Record<string, string> = {
  'approval-deadlines': 'Act on approvals whose time is over',
  'billing-reconcile': 'Compare subscriptions with Stripe',
  'connections-refresh': 'Renew connections before they expire',
  'identity-send-emails': 'Send e-mails',
  'identity-tidy': 'Clear out old sessions and links',
  'look-up-publication': 'Look for a post on its platform',
  'publish-publication': 'Publish a post',
  'publishing-recover-stuck': 'Pick up posts that were interrupted',
  'publishing-sweep': 'Look for posts that are due',
  'results-read': 'See how posts do',
  'results-sweep': 'Look for posts to be seen after',
  'selling-book-ai-costs': 'Book AI costs',
  'selling-listing': 'Put a listing up or take it down',
  'selling-price-change': 'Change a price',
  'selling-price-rules': 'Check the price rules',
  'selling-sweep': 'Look for listings and prices that wait',
  'selling-sync-hourly': 'Start the hourly sync of shops',
  'selling-sync-shop': 'Sync a shop',
  'system-forget-old-runs': 'Forget old runs',
};

/** What a function does in words; of one that has no words yet, its name: "publishing-tidy" as "Publishing tidy". */
export function runName(name: string): string {
  const known = NAMES[name];
  if (known) return known;
  const words = name.replaceAll(/[-_/.]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A span of time in words: "850 ms", "4.2 s", "3 min", "2 h 5 min". */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function runLength(run: { startedAt: Date; endedAt: Date | null }): string {
  return run.endedAt
    ? duration(Math.max(0, run.endedAt.getTime() - run.startedAt.getTime()))
    : 'Not over yet';
}
