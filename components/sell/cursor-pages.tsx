import { Pagination } from '@/components/ui/pagination';
import { href } from './query';

/** Forth through a long list by its cursor, and back to its start. */
export function CursorPages({
  path,
  params,
  cursor,
  nextCursor,
}: {
  path: string;
  params: Record<string, string | undefined>;
  cursor: string | undefined;
  nextCursor: string | null;
}) {
  if (!cursor && !nextCursor) return null;
  return (
    <Pagination
      className="mt-4"
      summary={cursor ? 'Older entries' : 'The newest entries'}
      previous={{ href: href(path, params), disabled: !cursor }}
      next={{ href: href(path, { ...params, cursor: nextCursor ?? undefined }), disabled: !nextCursor }}
    />
  );
}
