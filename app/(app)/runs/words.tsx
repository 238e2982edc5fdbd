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

/** "publishing-publish" as "Publishing publish". */
export function runName(name: string): string {
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
