import { useLocale, useTranslations } from 'next-intl';
import { Badge } from '@/components/ui/badge';
import { hourOfJuly } from './july';
import { Piece } from './piece';

const ITEMS = [
  { item: 'post', kind: 'approve', day: 14, hour: 18 },
  { item: 'unknown', kind: 'do', day: 14, hour: 9 },
  { item: 'price', kind: 'approve', day: 15, hour: 9 },
] as const;

/** The to-do list as it looks in the app. */
export function TodoPiece() {
  const t = useTranslations('marketing.pieces.todo');
  const locale = useLocale();
  return (
    <Piece title={t('title')} aside={<span className="tabular">3</span>} caption={t('caption')}>
      <ul className="divide-y divide-border">
        {ITEMS.map(({ item, kind, day, hour }) => (
          <li key={item} className="flex items-start gap-3 px-4 py-3">
            <div className="min-w-0 flex-1">
              <p className="font-medium">{t(`${item}.title`)}</p>
              <p className="text-muted-foreground">
                {t(`${item}.when`, { when: hourOfJuly(day, hour, locale) })}
              </p>
            </div>
            <Badge variant={kind === 'approve' ? 'accent' : 'outline'}>{t(kind)}</Badge>
          </li>
        ))}
      </ul>
    </Piece>
  );
}
