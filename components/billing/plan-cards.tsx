'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { leaveFor } from '@/components/shell/leave-for';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Time } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';

export interface PlanCard {
  plan: 'free' | 'pro' | 'agency';
  name: string;
  price: string;
  points: string[];
}

/** The three plans: the current one, and how to switch to the others. */
export function PlanCards({
  plans,
  current,
  subscribed,
  canManage,
  paying = false,
}: {
  plans: PlanCard[];
  current: PlanCard['plan'];
  subscribed: boolean;
  canManage: boolean;
  /** A payment is being confirmed; prevents a second payment. */
  paying?: boolean;
}) {
  const t = useTranslations('billing.plans');
  const trpc = useTRPC();
  const errors = useAppError();
  const checkout = useMutation(
    trpc.billing.checkout.mutationOptions({
      onError: errors.report,
      onSuccess: ({ url }) => leaveFor(url),
    }),
  );
  // The payment page is another site, so the buttons stay busy until the browser has left.
  const leaving = checkout.isPending || checkout.isSuccess || paying;
  return (
    <ul className="grid gap-4 lg:grid-cols-3">
      {plans.map((p) => (
        <li key={p.plan}>
          <Card className="h-full">
            <CardHeader>
              <CardTitle className="flex items-center gap-2">
                {p.name} {p.plan === current ? <Badge variant="accent">{t('current')}</Badge> : null}
              </CardTitle>
              <CardDescription>
                {t.rich('monthly', {
                  price: () => (
                    <span className="tabular font-semibold text-foreground text-lg">{p.price}</span>
                  ),
                })}
              </CardDescription>
            </CardHeader>
            <CardContent className="grid gap-4">
              <ul className="grid gap-1 text-sm">
                {p.points.map((point) => (
                  <li key={point}>{point}</li>
                ))}
              </ul>
              {canManage && p.plan !== 'free' && p.plan !== current ? (
                <Button
                  variant={current === 'free' ? 'default' : 'outline'}
                  loading={leaving && checkout.variables?.plan === p.plan}
                  disabled={leaving}
                  onClick={() =>
                    p.plan !== 'free' && checkout.mutate({ plan: p.plan, returnTo: '/settings/billing' })
                  }
                >
                  {subscribed ? t('switch', { plan: p.name }) : t('upgrade', { plan: p.name })}
                </Button>
              ) : null}
            </CardContent>
          </Card>
        </li>
      ))}
    </ul>
  );
}

/** Portal, cancel and resume. */
export function SubscriptionActions({
  cancelling,
  running,
  until,
}: {
  cancelling: boolean;
  running: boolean;
  until: { at: string; zone: string } | null;
}) {
  const t = useTranslations('billing.subscription');
  const trpc = useTRPC();
  const router = useRouter();
  const errors = useAppError();
  const done = (text: string) => () => {
    toast(text);
    router.refresh();
  };
  const portal = useMutation(
    trpc.billing.portal.mutationOptions({
      onError: errors.report,
      onSuccess: ({ url }) => leaveFor(url),
    }),
  );
  const cancel = useMutation(
    trpc.billing.cancel.mutationOptions({
      onError: errors.report,
      onSuccess: done(t('willEnd')),
    }),
  );
  const resume = useMutation(
    trpc.billing.resume.mutationOptions({
      onError: errors.report,
      onSuccess: done(t('goesOn')),
    }),
  );
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        variant="outline"
        loading={portal.isPending || portal.isSuccess}
        onClick={() => portal.mutate({ returnTo: '/settings/billing' })}
      >
        {t('portal')}
      </Button>
      {running && cancelling ? (
        <Button variant="outline" loading={resume.isPending} onClick={() => resume.mutate()}>
          {t('keep')}
        </Button>
      ) : null}
      {running && !cancelling ? (
        <ConfirmDialog
          trigger={<Button variant="ghost">{t('cancel')}</Button>}
          title={t('confirm.title')}
          description={
            until
              ? t.rich('confirm.until', { date: () => <Time {...until} style="date" /> })
              : t('confirm.untilPaid')
          }
          confirmLabel={t('cancel')}
          cancelLabel={t('confirm.cancel')}
          onConfirm={() => cancel.mutateAsync()}
        />
      ) : null}
    </div>
  );
}
