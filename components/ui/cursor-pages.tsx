import { useTranslations } from 'next-intl';
import { Pagination } from '@/components/ui/pagination';
import { href } from './search-params';

/** Pages forward through a long list by its cursor, and back to its start. */
export function CursorPages({
  path,
  params,
  cursor,
  nextCursor,
  name = 'cursor',
  label,
}: {
  path: string;
  params: Record<string, string | undefined>;
  cursor: string | undefined;
  nextCursor: string | null;
  /** The query parameter of the cursor, for pages with two lists. */
  name?: string;
  label?: string;
}) {
  const t = useTranslations('ui.pages');
  if (!cursor && !nextCursor) return null;
  return (
    <Pagination
      className="mt-4"
      label={label ?? t('label')}
      summary={t(cursor ? 'older' : 'newest')}
      previous={{ href: href(path, params), disabled: !cursor }}
      next={{ href: href(path, { ...params, [name]: nextCursor ?? undefined }), disabled: !nextCursor }}
    />
  );
}
