import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';

/** Loading skeleton shared by most pages: a heading and a list. */
export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <div className="mb-6 flex items-start justify-between">
        <div className="grid gap-2">
          <Skeleton className="h-7 w-36" />
          <Skeleton className="h-4 w-56" />
        </div>
        <Skeleton className="h-9 w-28" />
      </div>
      <div className="rounded-lg border border-border bg-card p-4">
        <SkeletonRows rows={6} />
      </div>
    </div>
  );
}
