'use client';

import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
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

const EMPTY: { remoteIds: string[] } = { remoteIds: [] };
/** From here on a list is searched instead of read. */
const MANY = 10;

/** The accounts that a sign-in opened: the person says which to connect. Stays until it is answered or its time is over. */
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
  /** Where a larger plan is chosen. */
  upgradeHref?: string;
  /** The person just came back from the platform: the heading takes the focus. */
  arriving: boolean;
  onDone: () => void;
  onDropped: () => void;
  onOver: () => void;
}) {
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
    schema: () => import('./choice-schema').then((m) => m.choiceSchema(noun)),
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
        toast.success('Nothing was connected');
        onDropped();
      },
      onError: form.fail,
    }),
  );

  const { room, accounts } = choice;
  const full = room !== null && chosen.size >= room;
  const found = accounts.filter((a) => a.name.toLowerCase().includes(search.trim().toLowerCase()));
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
              Choose the {platformName} {noun}s to connect
            </h2>
            {choice.environment === 'sandbox' ? <Badge variant="outline">Sandbox</Badge> : null}
          </div>
          <p className="max-w-prose text-muted-foreground">
            You signed in to {platformName} and manage {accounts.length} {noun}s. Each one that you choose
            becomes a connection of its own. You can choose until{' '}
            <Time at={choice.expiresAt} zone={zone} style="time" showZone />.
          </p>
        </div>
        {room === 0 ? (
          <Alert
            variant="warning"
            title="Your plan has no room for another connected account."
            action={
              <Button asChild size="sm" variant="outline">
                <Link href={upgradeHref}>Upgrade</Link>
              </Button>
            }
          >
            Disconnect one, or upgrade, and come back here.
          </Alert>
        ) : null}
        {accounts.length > MANY ? (
          <Input
            type="search"
            aria-label={`Search the ${noun}s`}
            placeholder={`Search ${accounts.length} ${noun}s`}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        ) : null}
        <fieldset
          aria-describedby={problem ? `${id}-problem` : `${id}-room`}
          className="grid max-h-96 gap-px overflow-y-auto rounded-md border border-border"
        >
          <legend className="sr-only">{noun}s</legend>
          {found.map((account) => {
            const on = account.connected || chosen.has(account.remoteId);
            const field = `${id}-${account.remoteId}`;
            return (
              <label
                key={account.remoteId}
                htmlFor={field}
                className="flex min-h-11 items-center gap-3 border-border border-t px-3 py-2 first-of-type:border-t-0"
              >
                <Checkbox
                  id={field}
                  checked={on}
                  disabled={account.connected || (full && !on)}
                  onCheckedChange={(value) => toggle(account.remoteId, value === true)}
                />
                <span className="wrap-anywhere min-w-0 flex-1">
                  <bdi>{account.name}</bdi>
                </span>
                {account.connected ? <Badge variant="positive">Connected</Badge> : null}
              </label>
            );
          })}
          {found.length === 0 ? (
            <p className="px-3 py-4 text-muted-foreground">No {noun} has this in its name.</p>
          ) : null}
        </fieldset>
        <p id={`${id}-room`} className="tabular text-muted-foreground">
          {room === 0
            ? 'Your plan has no room for another one.'
            : room === null
              ? `${chosen.size} chosen.`
              : `${chosen.size} chosen. Your plan has room for ${room} more.`}
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
            {chosen.size > 1 ? `Connect ${chosen.size} ${noun}s` : `Connect ${noun}`}
          </Button>
          <Button
            type="button"
            variant="ghost"
            loading={drop.isPending}
            disabled={form.saving}
            onClick={() => drop.mutate({ id: choice.id })}
          >
            Not now
          </Button>
        </div>
      </form>
    </Card>
  );
}
