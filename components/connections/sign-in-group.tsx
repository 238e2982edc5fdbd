'use client';

import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import type { ConnectionView } from '@/server/domains/connections/schemas';
import type { Shown } from '@/server/foundation/facts';

/** The accounts of one sign-in: who signed in, the accounts, and what the sign-in could give besides. */
export function SignInGroup({
  connections,
  platformName,
  canManage,
  onSignIn,
  onFound,
  children,
}: {
  connections: readonly Shown<ConnectionView>[];
  platformName: string;
  canManage: boolean;
  /** Signs in anew, which also asks for the missing access. */
  onSignIn: () => void;
  /** There are accounts to choose from. */
  onFound: () => void;
  children: ReactNode;
}) {
  const t = useTranslations('connections.group');
  const trpc = useTRPC();
  const [first] = connections;
  const more = useMutation(
    trpc.connections.more.mutationOptions({
      onSuccess: ({ found }) => {
        if (found > 0) onFound();
        else toast.success(t('noMore', { platform: platformName }));
      },
      onError: (error) => {
        toast.error(readAppError(error).message);
        onFound();
      },
    }),
  );
  if (!first) return null;
  const { grant, missing } = first;
  const several = connections.length > 1;
  const who = grant?.signedInAs ?? null;
  const named = who !== null && (several || who !== first.remoteName);
  const lists = canManage && grant?.listsMore === true;
  const withheld = missing.some((one) => one.withheld);
  return (
    <li>
      {named || several ? (
        <p className="wrap-anywhere px-4 pt-3 text-muted-foreground text-xs">
          {named && who
            ? t('signedInAs', { name: who, count: connections.length })
            : t('shared', { count: connections.length })}
        </p>
      ) : null}
      <ul className={several ? 'divide-y divide-border' : undefined}>{children}</ul>
      {missing.length > 0 || lists ? (
        <div className="grid justify-items-start gap-2 px-4 pb-3">
          {missing.map(({ words }) => (
            <p key={words.text} className="text-muted-foreground">
              {words.text}
            </p>
          ))}
          <div className="flex flex-wrap gap-2">
            {withheld && canManage ? (
              <Button size="sm" variant="outline" onClick={onSignIn}>
                {t('signInAgain')}
              </Button>
            ) : null}
            {lists && missing.length === 0 ? (
              <Button
                size="sm"
                variant="ghost"
                loading={more.isPending}
                onClick={() => more.mutate({ id: first.id })}
              >
                {t('more')}
              </Button>
            ) : null}
          </div>
        </div>
      ) : null}
    </li>
  );
}

/** Splits connections by their sign-in, in the order of the first of each. */
export function bySignIn(connections: readonly Shown<ConnectionView>[]): Shown<ConnectionView>[][] {
  const groups = new Map<string, Shown<ConnectionView>[]>();
  for (const one of connections) {
    const key = one.grant?.id ?? one.id;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}
