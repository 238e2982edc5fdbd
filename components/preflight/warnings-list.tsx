'use client';

import { Link2Off, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { type ReactNode, useEffect, useState } from 'react';
import { platformName } from '@/components/platforms/catalogue';
import { Button } from '@/components/ui/button';
import { formatInstant } from '@/components/ui/time';
import { type CheckRequest, useLinkCheck, useScheduleCheck } from './use-schedule-check';

const hidden = (chunks: ReactNode) => <span className="sr-only">{chunks}</span>;

/**
 * Warnings about a post at a time, each with at most one action. Follows changes of the time and the texts after a short pause. Loaded on
 * demand.
 */
export default function WarningsList({
  id,
  request,
  onUse,
  onCount,
}: {
  /** For the button that the warnings describe. */
  id?: string;
  request: CheckRequest;
  /** Applies a better time, as a wall-clock time in the workspace's zone. */
  onUse: (local: string) => void;
  /** Receives the number of warnings that the user can override. */
  onCount: (count: number) => void;
}) {
  const t = useTranslations('preflight');
  const settled = useSettled(request, 500);
  const schedule = useScheduleCheck(settled);
  const links = useLinkCheck(settled);
  const warnings = schedule.data?.warnings ?? [];
  const dead = (links.data?.links ?? []).filter((link) => link.state === 'dead');
  const count = warnings.filter((w) => !w.refused).length + dead.length;
  useEffect(() => onCount(count), [onCount, count]);
  useEffect(() => () => onCount(0), [onCount]);
  const several = new Set(warnings.map((w) => w.connectionId).filter(Boolean)).size > 1;
  const unchecked = links.someLeft || (links.data?.links ?? []).some((link) => link.state === 'unchecked');
  return (
    <div className="grid gap-2 text-sm">
      {/* Rendered before it has any content, so that new warnings are announced, and politely. */}
      <div role="status" aria-live="polite" aria-label={t('region')}>
        {warnings.length + dead.length > 0 ? (
          // The button refers to this list and not to the region, so that it is described by the warnings and not by the region's label.
          <ul id={id} className="divide-y divide-border rounded-lg bg-warning-subtle px-4 text-foreground">
            {warnings.map((w) => (
              <Item
                key={`${w.code} ${w.connectionId ?? w.message.text}`}
                icon={<TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning sm:mt-0" />}
                action={
                  w.fix && w.code !== 'plan_limit' ? (
                    <Button asChild size="sm" variant="outline">
                      <Link href={w.fix.href} target={w.code === 'connection_expired' ? undefined : '_blank'}>
                        {w.code === 'connection_expired'
                          ? w.fix.label.text
                          : t.rich('fixInNewTab', { label: w.fix.label.text, hidden })}
                      </Link>
                    </Button>
                  ) : w.better ? (
                    <UseButton local={w.better.local} from={request.local} onUse={onUse} />
                  ) : w.fix ? (
                    <Button asChild size="sm" variant="outline">
                      <Link href={w.fix.href}>{w.fix.label.text}</Link>
                    </Button>
                  ) : null
                }
              >
                {several && w.platform && !w.message.text.includes(w.connectionName ?? '')
                  ? t('ofAccount', {
                      platform: platformName(w.platform),
                      account: w.connectionName ?? '',
                      message: w.message.text,
                    })
                  : w.message.text}
              </Item>
            ))}
            {dead.map((link) => (
              <Item
                key={link.url}
                icon={<Link2Off aria-hidden className="mt-0.5 size-4 shrink-0 text-warning sm:mt-0" />}
                action={
                  <Button asChild size="sm" variant="outline">
                    <a
                      href={/^https?:/i.test(link.url) ? link.url : `https://${link.url}`}
                      target="_blank"
                      rel="noreferrer"
                    >
                      {t.rich('openLink', { hidden })}
                    </a>
                  </Button>
                }
              >
                {t.rich('deadLink', {
                  link: () => <bdi className="font-medium">{link.url}</bdi>,
                  problem: link.message?.text ?? '',
                })}
              </Item>
            ))}
          </ul>
        ) : null}
      </div>
      {schedule.isError ? (
        <p className="text-muted-foreground">{t('notLooked')}</p>
      ) : unchecked ? (
        <p className="text-muted-foreground">{t('unchecked', { count: links.data?.links.length ?? 0 })}</p>
      ) : null}
    </div>
  );
}

function Item({ icon, action, children }: { icon: ReactNode; action: ReactNode; children: ReactNode }) {
  return (
    <li className="flex items-start gap-3 py-2.5 sm:items-center">
      {icon}
      <div className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="wrap-anywhere min-w-0 flex-1 basis-64">{children}</p>
        {action ? <div className="shrink-0">{action}</div> : null}
      </div>
    </li>
  );
}

/** Labelled "Use 14:30" on the same day, otherwise with the day. */
function UseButton({
  local,
  from,
  onUse,
}: {
  local: string;
  from: string | null;
  onUse: (local: string) => void;
}) {
  const t = useTranslations('preflight.use');
  const locale = useLocale();
  const [day = '', time = ''] = local.split('T');
  return (
    <Button size="sm" variant="outline" onClick={() => onUse(local)}>
      {from?.startsWith(day)
        ? t('sameDay', { time })
        : t('otherDay', { day: formatInstant(`${day}T00:00:00Z`, 'UTC', 'day', locale), time })}
    </Button>
  );
}

/** Returns a value once it has not changed for `wait` milliseconds. Values with the same content count as equal. */
function useSettled<T>(value: T, wait: number): T {
  const [settled, setSettled] = useState(value);
  const json = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(json) as T), wait);
    return () => clearTimeout(timer);
  }, [json, wait]);
  return settled;
}
