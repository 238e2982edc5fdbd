import Link from 'next/link';
import { getLocale, getTranslations } from 'next-intl/server';
import { loadStep } from '@/app/(setup)/onboarding/load-step';
import { platformNames, topicNames } from '@/components/setup/names';
import { Steps } from '@/components/setup/steps';
import { Button } from '@/components/ui/button';
import { titled } from '@/components/words/titled';
import { intlTag } from '@/i18n/locales';
import { clockTime } from '@/server/domains/scheduling/suggest-times';

export const generateMetadata = titled('setupDone');

export default async function DonePage() {
  const [{ state }, t, locale] = await Promise.all([
    loadStep('done'),
    getTranslations('setup.done'),
    getLocale(),
  ]);
  const { automation } = state;
  const platforms = platformNames();
  const topics = await topicNames();
  const list = new Intl.ListFormat(intlTag(locale), { type: 'unit' });
  const listed = (all: string[]) => list.format(all);
  const rows: [string, string][] = [
    [
      t('connected'),
      state.connections.length > 0
        ? listed(
            state.connections.map((c) =>
              t('account', { platform: platforms[c.platform] ?? c.platform, name: c.name }),
            ),
          )
        : t('noneConnected'),
    ],
    [
      t('topics'),
      listed(
        state.topics.map((slug) =>
          t('share', { topic: topics[slug] ?? slug, share: automation.mix[slug] ?? 0 }),
        ),
      ),
    ],
    [
      t('posts'),
      t('postsMean', {
        count: automation.postsPerDay,
        from: clockTime(automation.activeFrom),
        to: clockTime(automation.activeTo),
        zone: automation.timeZone.replaceAll('_', ' '),
      }),
    ],
    [t('review'), automation.review === 'review_first' ? t('reviewFirst') : t('atOnce')],
  ];
  return (
    <>
      <Steps current="done" reached={state.step} />
      <h1 className="font-semibold text-2xl tracking-tight">{t('title')}</h1>
      <dl className="mt-6 divide-y divide-border rounded-lg border border-border bg-card text-sm">
        {rows.map(([name, text]) => (
          <div key={name} className="grid gap-1 px-4 py-3 sm:grid-cols-[12rem_1fr]">
            <dt className="text-muted-foreground">{name}</dt>
            <dd className="wrap-anywhere">{text}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-6 flex flex-wrap gap-3">
        <Button asChild size="lg">
          <Link href="/compose">{t('compose')}</Link>
        </Button>
        <Button asChild size="lg" variant="outline">
          <Link href="/home">{t('home')}</Link>
        </Button>
      </div>
    </>
  );
}
