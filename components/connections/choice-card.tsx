'use client';

import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useEffect, useId, useRef, useState } from 'react';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Checkbox } from '@/components/ui/checkbox';
import { Input } from '@/components/ui/input';
import { Time } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import type { ConnectionChoice } from '@/server/domains/connections/schemas';
import { searchKey } from '@/server/foundation/search-key';

const EMPTY: { remoteIds: string[] } = { remoteIds: [] };
/** Lists with more accounts than this get a search field. */
const MANY = 10;

/**
 * The accounts that a sign-in gave access to, for the user to choose which to connect. Stays until the user decides or the choice expires.
 */
export function ChoiceCard({
  choice,
  platformName,
  noun,
  zone,
  upgradeHref = '/settings/billing',
  arriving,
  onDone,
  onDropped,
  onOver,
}: {
  choice: ConnectionChoice;
  platformName: string;
  noun: string;
  zone: string;
  /** Link to choosing a larger plan. */
  upgradeHref?: string;
  /** The user has just returned from the platform, so the heading takes the focus. */
  arriving: boolean;
  onDone: () => void;
  onDropped: () => void;
  onOver: () => void;
}) {
  const t = useTranslations('connections');
  const account = t('account.named', { noun, count: 1 });
  const allAccounts = t('account.named', { noun, count: choice.accounts.length });
  const counted = (count: number) => t('account.counted', { noun, count });
  const trpc = useTRPC();
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [search, setSearch] = useState('');
  useEffect(() => {
    if (arriving) heading.current?.focus();
  }, [arriving]);
  const choose = useMutation(trpc.connections.choose.mutationOptions());
  const form = useAppForm({
    now: EMPTY,
    schema: () => import('./choice-schema').then((m) => m.choiceSchema(t('choice.atLeastOne', { account }))),
    send: ({ remoteIds }) => choose.mutateAsync({ id: choice.id, remoteIds }),
    onSaved: onDone,
    onFailed: ({ code, message }) => {
      if (code !== 'not_found') return;
      toast.error(message);
      onOver();
    },
  });
  const chosen = new Set(form.value.remoteIds);
  const problem = form.fields.remoteIds ?? form.message;
  const drop = useMutation(
    trpc.connections.dropChoice.mutationOptions({
      onSuccess: () => {
        toast.success(t('choice.dropped'));
        onDropped();
      },
      onError: form.fail,
    }),
  );

  const { room, accounts } = choice;
  const full = room !== null && chosen.size >= room;
  const sought = searchKey(search.trim());
  const found = accounts.filter((a) => searchKey(a.name).includes(sought));
  const toggle = (remoteId: string, on: boolean) => {
    form.clear();
    const { remoteIds } = form.value;
    form.set({ remoteIds: on ? [...remoteIds, remoteId] : remoteIds.filter((id) => id !== remoteId) });
  };
  return (
    <Card className="mb-6 max-w-3xl" role="region" aria-labelledby={`${id}-title`}>
      <form className="grid gap-4 p-4" noValidate onSubmit={form.submit}>
        <div className="grid gap-1">
          <div className="flex flex-wrap items-center gap-2">
            <h2
              id={`${id}-title`}
              ref={heading}
              tabIndex={-1}
              className="font-semibold text-base outline-none"
            >
              {t('choice.title', { platform: platformName, accounts: allAccounts })}
            </h2>
            {choice.environment === 'sandbox' ? <Badge variant="outline">{t('sandbox')}</Badge> : null}
          </div>
          <p className="max-w-prose text-muted-foreground">
            {t.rich('choice.intro', {
              platform: platformName,
              accounts: counted(accounts.length),
              time: () => <Time at={choice.expiresAt} zone={zone} style="time" showZone />,
            })}
          </p>
        </div>
        {room === 0 ? (
          <Alert
            variant="warning"
            title={t('choice.noRoom.title')}
            action={
              <Button asChild size="sm" variant="outline">
                <Link href={upgradeHref}>{t('upgrade')}</Link>
              </Button>
            }
          >
            {t('choice.noRoom.text')}
          </Alert>
        ) : null}
        {accounts.length > MANY ? (
          <Input
            type="search"
            aria-label={t('choice.search', { accounts: allAccounts })}
            placeholder={t('choice.searchAll', { accounts: counted(accounts.length) })}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        ) : null}
        <fieldset
          aria-describedby={problem ? `${id}-problem` : `${id}-room`}
          className="grid max-h-96 gap-px overflow-y-auto rounded-md border border-border"
        >
          <legend className="sr-only">{allAccounts}</legend>
          {found.map((one) => {
            const on = one.connected || chosen.has(one.remoteId);
            const field = `${id}-${one.remoteId}`;
            return (
              <label
                key={one.remoteId}
                htmlFor={field}
                className="flex min-h-11 items-center gap-3 border-border border-t px-3 py-2 first-of-type:border-t-0"
              >
                <Checkbox
                  id={field}
                  checked={on}
                  disabled={one.connected || (full && !on)}
                  onCheckedChange={(value) => toggle(one.remoteId, value === true)}
                />
                <span className="wrap-anywhere min-w-0 flex-1">
                  <bdi>{one.name}</bdi>
                </span>
                {one.connected ? <Badge variant="positive">{t('connected')}</Badge> : null}
              </label>
            );
          })}
          {found.length === 0 ? (
            <p className="px-3 py-4 text-muted-foreground">{t('choice.nothingFound', { account })}</p>
          ) : null}
        </fieldset>
        <p id={`${id}-room`} className="tabular text-muted-foreground">
          {room === 0
            ? t('choice.full')
            : room === null
              ? t('choice.chosen', { count: chosen.size })
              : t('choice.chosenOf', { count: chosen.size, room })}
        </p>
        {problem ? (
          <p id={`${id}-problem`} role="alert" className="text-destructive">
            {problem}
          </p>
        ) : null}
        <div className="flex flex-wrap gap-2">
          <Button
            type="submit"
            loading={form.saving}
            disabled={room === 0 || drop.isPending}
            aria-describedby={room === 0 ? `${id}-room` : undefined}
          >
            {t('choice.connect', { count: chosen.size, account, accounts: counted(chosen.size) })}
          </Button>
          <Button
            type="button"
            variant="ghost"
            loading={drop.isPending}
            disabled={form.saving}
            onClick={() => drop.mutate({ id: choice.id })}
          >
            {t('choice.drop')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
