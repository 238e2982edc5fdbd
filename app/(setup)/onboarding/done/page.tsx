import type { Metadata } from 'next';
import Link from 'next/link';
import { loadStep } from '@/app/(setup)/onboarding/load-step';
import { platformNames, topicNames } from '@/components/setup/names';
import { Steps } from '@/components/setup/steps';
import { Button } from '@/components/ui/button';
import { clockTime } from '@/server/domains/scheduling/suggest-times';

export const metadata: Metadata = { title: 'Your workspace is set up' };

export default async function DonePage() {
  const { state } = await loadStep('done');
  const { automation } = state;
  const platforms = platformNames();
  const topics = topicNames();
  const rows: [string, string][] = [
    [
      'Connected',
      state.connections.map((c) => `${platforms[c.platform] ?? c.platform} (${c.name})`).join(', ') ||
        'Nothing yet. You can do it under Connections.',
    ],
    [
      'Topics',
      state.topics.map((slug) => `${topics[slug] ?? slug} ${automation.mix[slug] ?? 0} %`).join(', '),
    ],
    [
      'Posts',
      `${automation.postsPerDay} a day between ${clockTime(automation.activeFrom)} and ${clockTime(automation.activeTo)}, ${automation.timeZone.replaceAll('_', ' ')} time`,
    ],
    [
      'Before a post goes out',
      automation.review === 'review_first' ? 'You review it' : 'It goes out at once',
    ],
  ];
  return (
    <>
      <Steps current="done" reached={state.step} />
      <h1 className="font-semibold text-2xl tracking-tight">Your workspace is set up</h1>
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
          <Link href="/compose">Write your first post</Link>
        </Button>
        <Button asChild size="lg" variant="outline">
          <Link href="/home">Go to Home</Link>
        </Button>
      </div>
    </>
  );
}
