'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useRouter, useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { leaveFor } from '@/components/shell/leave-for';
import { useGone } from '@/components/shell/use-gone';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { ErrorState } from '@/components/ui/error-state';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { faces, isPlatformId } from '@/server/connectors/faces';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';
import type {
  AvailablePlatform,
  ConnectionChoice,
  ConnectionView,
  Disconnected,
} from '@/server/domains/connections/schemas';
import type { Shown } from '@/server/foundation/facts';
import { AccountRow } from './account-row';
import { ConnectionOutcome } from './outcome';
import { PlatformCard } from './platform-card';
import { asksFirst, type SignInTarget } from './sign-in-target';

const SignInDialog = dynamic(() => import('./sign-in-dialog').then((m) => m.SignInDialog), {
  loading: () => null,
});

const ChoiceCard = dynamic(() => import('./choice-card').then((m) => m.ChoiceCard), {
  loading: () => <Skeleton className="mb-6 h-64 max-w-3xl rounded-lg!" />,
});

/** How many days before a connection ends its row becomes a warning. */
const SOON_MS = 14 * 24 * 3_600_000;

export interface PlatformGridProps {
  /** Results of `connections.available` and `connections.list` if the page has already read them; otherwise they are read here. */
  platforms?: Shown<AvailablePlatform>[];
  connections?: Shown<ConnectionView>[];
  /** Result of `connections.choice`: null when no choice is pending. */
  choice?: ConnectionChoice | null;
  /** The page of this app that users return to from the platform. */
  returnTo: string;
  /** Link to choosing a larger plan. */
  upgradeHref?: string;
  zone?: string;
  /** Managers and owners may connect accounts; other members may only look. */
  canManage?: boolean;
}

/** A card for each platform: its connected accounts and the button that connects another one. */
export function PlatformGrid({
  platforms: firstPlatforms,
  connections: firstConnections,
  choice: firstChoice,
  returnTo,
  upgradeHref = '/settings/billing',
  zone = 'UTC',
  canManage = true,
}: PlatformGridProps) {
  const t = useTranslations('connections');
  const trpc = useTRPC();
  const query = useSearchParams();
  const queries = useQueryClient();
  const available = useQuery({
    ...trpc.connections.available.queryOptions(),
    ...(firstPlatforms ? { initialData: firstPlatforms } : {}),
  });
  const list = useQuery({
    ...trpc.connections.list.queryOptions(),
    ...(firstConnections ? { initialData: firstConnections } : {}),
  });
  const open = useQuery({
    ...trpc.connections.choice.queryOptions(),
    ...(firstChoice === undefined ? {} : { initialData: firstChoice }),
  });
  const router = useRouter();
  const gone = useGone();
  const goTo = (to: string) => {
    if (!gone()) router.replace(to);
  };
  const changed = () => queries.invalidateQueries({ queryKey: trpc.connections.pathKey() });
  // What the platform still allows after a disconnection is shown on the page, because a toast would be missed.
  const [left, setLeft] = useState<{ name: string; answer: Shown<Disconnected> } | null>(null);
  // The button stays busy until the browser has left for the platform.
  const [leaving, setLeaving] = useState<string | null>(null);
  const start = useMutation(
    trpc.connections.start.mutationOptions({
      onSuccess: ({ url }) => leaveFor(url),
      onError: (error) => {
        setLeaving(null);
        toast.error(readAppError(error).message);
      },
    }),
  );
  // The user asked for further accounts of a sign-in, so the choice takes the focus.
  const [sought, setSought] = useState(false);
  const [now] = useState(Date.now);
  // The sign-in whose form is open.
  const [asking, setAsking] = useState<SignInTarget | null>(null);
  const connect = (
    platform: Shown<AvailablePlatform>,
    environment: 'live' | 'sandbox',
    connection?: { id: string; name: string },
  ) => {
    if (asksFirst(platform, connection !== undefined)) {
      setAsking({ platform, environment, connection });
      return;
    }
    setLeaving(connection?.id ?? `${platform.id}:${environment}`);
    start.mutate({
      platform: platform.id,
      returnTo,
      ...(connection ? { connectionId: connection.id } : { environment }),
    });
  };

  if (available.isError || list.isError)
    return (
      <ErrorState
        title={t('notLoaded')}
        description={readAppError(available.error ?? list.error).message}
        onRetry={() => {
          void available.refetch();
          void list.refetch();
        }}
      />
    );
  if (!available.data || !list.data) return <GridSkeleton />;
  const platforms = available.data;
  const connections = list.data;
  const own = (platform: Shown<AvailablePlatform>) => connections.filter((c) => c.platform === platform.id);
  const sections = sectionsOf(platforms, own);
  const back = query.get('platform');
  const code = query.get('connection') ?? undefined;
  const choice = canManage ? open.data : null;
  const chosen = choice && platforms.find((p) => p.id === choice.platform);
  return (
    <>
      {left ? (
        <Alert
          variant="warning"
          title={t('disconnect.done', { name: left.name })}
          className="mb-4"
          action={
            left.answer.appsPage ? (
              <Button asChild size="sm" variant="outline">
                <a href={left.answer.appsPage} target="_blank" rel="noreferrer noopener">
                  {t('disconnect.openSettings')}
                </a>
              </Button>
            ) : undefined
          }
        >
          <p className="max-w-prose">{left.answer.message.text}</p>
        </Alert>
      ) : null}
      {code === 'choose' ? (
        open.isSuccess && !choice ? (
          <ConnectionOutcome code="choice_over" />
        ) : null
      ) : (
        <ConnectionOutcome
          code={code}
          platform={back && isPlatformId(back) ? faces[back].name : undefined}
          nothing={platforms.find((p) => p.id === back)?.nothingToConnect}
        />
      )}
      {choice && chosen ? (
        <ChoiceCard
          key={choice.id}
          choice={choice}
          platformName={chosen.name}
          noun={chosen.accountNoun}
          zone={zone}
          upgradeHref={upgradeHref}
          arriving={code === 'choose' || sought}
          onDone={() => {
            void changed();
            goTo(`${returnTo}?connection=connected&platform=${choice.platform}`);
          }}
          onDropped={() => {
            void changed();
            goTo(returnTo);
          }}
          onOver={() => void changed()}
        />
      ) : null}
      {asking ? (
        <SignInDialog
          target={asking}
          returnTo={returnTo}
          onClose={() => setAsking(null)}
          onDone={(outcome) => {
            setAsking(null);
            void changed();
            goTo(`${returnTo}?connection=${outcome}&platform=${asking.platform.id}`);
          }}
        />
      ) : null}
      <div className="grid gap-8">
        {sections.map(({ id, platforms: here }) => (
          <section key={id} aria-labelledby={`platforms-${id}`} className="grid gap-3">
            <h2
              id={`platforms-${id}`}
              className={sections.length > 1 ? 'font-semibold text-base' : 'sr-only'}
            >
              {t(`sections.${id}`)}
            </h2>
            <ul
              className={cn(
                'grid gap-4 sm:grid-cols-2 xl:grid-cols-3',
                // Accounts make some cards much longer than others.
                id === 'connected' && 'items-start',
              )}
            >
              {here.map((platform) => (
                <li key={platform.id} className="min-w-0">
                  <PlatformCard
                    platform={platform}
                    connections={own(platform)}
                    canManage={canManage}
                    leaving={leaving}
                    upgradeHref={upgradeHref}
                    onConnect={(environment) => connect(platform, environment)}
                    onFound={() => {
                      setSought(true);
                      void changed();
                    }}
                  >
                    {(group, connection) => (
                      <AccountRow
                        key={connection.id}
                        connection={connection}
                        platformName={platform.name}
                        zone={zone}
                        canManage={canManage}
                        busy={leaving === connection.id}
                        cannot={platform.capabilities.filter((one) => !connection.capabilities.includes(one))}
                        sharedWith={group.filter((one) => one !== connection).map((one) => one.remoteName)}
                        soon={connection.endsAt !== null && connection.endsAt.getTime() - now < SOON_MS}
                        onReconnect={() =>
                          connect(platform, connection.environment, {
                            id: connection.id,
                            name: connection.remoteName,
                          })
                        }
                        onChanged={() => void changed()}
                        onDisconnected={(answer) => {
                          if (answer.access === 'ended')
                            toast.success(t('disconnect.done', { name: connection.remoteName }), {
                              description: answer.message.text,
                            });
                          else setLeft({ name: connection.remoteName, answer });
                        }}
                      />
                    )}
                  </PlatformCard>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}

const STATES = ['connectable', 'upgrade', 'unavailable'] as const;

/** The platforms with accounts, and then the others, of which those come first that can be connected now. Empty sections are left out. */
function sectionsOf(
  platforms: readonly Shown<AvailablePlatform>[],
  own: (platform: Shown<AvailablePlatform>) => readonly unknown[],
) {
  const more = platforms.filter((platform) => own(platform).length === 0);
  return [
    { id: 'connected' as const, platforms: platforms.filter((platform) => !more.includes(platform)) },
    {
      id: 'more' as const,
      platforms: STATES.flatMap((state) => more.filter((platform) => platform.state === state)),
    },
  ].filter((section) => section.platforms.length > 0);
}

/** Loading skeleton of the cards. */
function GridSkeleton() {
  const t = useTranslations('connections');
  return (
    <div
      role="status"
      aria-label={t('loadingPlatforms')}
      className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3"
    >
      {PLATFORM_IDS.map((key) => (
        <Skeleton key={key} className="h-44 rounded-lg!" />
      ))}
    </div>
  );
}
