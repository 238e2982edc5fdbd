'use client';

import { Sparkles, Square } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { Allowance, Connection, Topic } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { Card, CardContent } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { monthName } from '@/components/ui/month-name';
import { NativeSelect } from '@/components/ui/native-select';
import { Slider } from '@/components/ui/slider';
import { Switch } from '@/components/ui/switch';
import { Textarea } from '@/components/ui/textarea';
import type { Draft } from './draft';
import { formatMicros } from './format-micros';
import { Targets } from './targets';

const MAX_PROMPT = 2000;

/** Settings of the generated text: accounts, topic, the user's own words, and how freely it may be written. */
export function BriefPanel({
  draft,
  patch,
  connections,
  topics,
  allowance,
  fields,
  busy,
  onGenerate,
  onStop,
}: {
  draft: Draft;
  patch: (change: Partial<Draft>) => void;
  connections: readonly Connection[];
  topics: readonly Topic[];
  allowance: Allowance;
  fields: Record<string, string>;
  busy: boolean;
  onGenerate: () => void;
  onStop: () => void;
}) {
  const t = useTranslations('compose.brief');
  const tone = topics.find((topic) => topic.id === draft.topicId)?.tone;
  const creativity = { value: draft.creativity, level: levelOf(draft.creativity) };
  return (
    <Card>
      <CardContent className="grid gap-5">
        <Field label={t('name.label')} optional help={t('name.help')} error={fields.title}>
          <Input
            value={draft.title}
            onChange={(event) => patch({ title: event.target.value })}
            placeholder={t('name.placeholder')}
          />
        </Field>
        <Targets
          connections={connections}
          value={draft.targets}
          onChange={(targets) => patch({ targets })}
          error={fields.platforms}
        />
        <Field
          label={t('topic.label')}
          error={fields.topicId}
          help={tone ? t('topic.sounds', { tone }) : t('topic.help')}
        >
          <NativeSelect
            value={draft.topicId ?? ''}
            onChange={(event) => patch({ topicId: event.target.value || null })}
          >
            <option value="">{t('topic.none')}</option>
            {topics.map((topic) => (
              <option key={topic.slug} value={topic.id ?? ''}>
                {topic.name.text}
              </option>
            ))}
          </NativeSelect>
        </Field>
        <Field
          label={t('prompt.label')}
          error={fields.prompt}
          help={t('prompt.help')}
          aside={t('prompt.used', { used: draft.prompt.length, most: MAX_PROMPT })}
        >
          <Textarea
            name="prompt"
            dir="auto"
            rows={5}
            value={draft.prompt}
            onChange={(event) => patch({ prompt: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) onGenerate();
            }}
            placeholder={t('prompt.placeholder')}
          />
        </Field>
        <Field label={t('creativity.label')} aside={t('creativity.shown', creativity)}>
          {(wiring) => (
            <Slider
              id={wiring.id}
              aria-label={t('creativity.label')}
              aria-valuetext={t('creativity.spoken', creativity)}
              value={draft.creativity}
              min={0}
              max={100}
              step={5}
              onValueChange={(to) => patch({ creativity: to })}
            />
          )}
        </Field>
        <div className="flex flex-wrap gap-x-8 gap-y-3">
          <Field label={t('hashtags')} layout="row">
            <Switch checked={draft.hashtags} onCheckedChange={(hashtags) => patch({ hashtags })} />
          </Field>
          <Field label={t('emoji')} layout="row">
            <Switch checked={draft.emoji} onCheckedChange={(emoji) => patch({ emoji })} />
          </Field>
        </div>
        <div className="grid gap-2">
          {busy ? (
            <Button variant="outline" onClick={onStop}>
              <Square aria-hidden /> {t('stop')}
            </Button>
          ) : (
            <Button variant="outline" onClick={onGenerate}>
              <Sparkles aria-hidden /> {t('generate')}
            </Button>
          )}
          <WrittenBy allowance={allowance} />
        </div>
      </CardContent>
    </Card>
  );
}

/** The provider that writes, and how much of the month's allowance is used. */
function WrittenBy({ allowance: { providers, used, limit, month, costMicros } }: { allowance: Allowance }) {
  const t = useTranslations('compose.brief');
  const locale = useLocale();
  const shownMonth = monthName(month, locale);
  const drafts =
    limit === null
      ? t('usage.drafts', { used, month: shownMonth })
      : t('usage.draftsOf', { used, limit, month: shownMonth });
  const figures = (chunks: ReactNode) => <span className="tabular">{chunks}</span>;
  return (
    <p className="text-muted-foreground text-xs">
      {providers.length > 0
        ? t('writtenBy', {
            providers: providers
              .map(({ label }) => label)
              .reduce((before, next) => t('thenBy', { before, next })),
          })
        : t('writtenOffline')}{' '}
      {costMicros > 0
        ? t.rich('usage.withCost', { figures, drafts, cost: formatMicros(costMicros, locale) })
        : t.rich('usage.free', { figures, drafts })}
    </p>
  );
}

const levelOf = (creativity: number) => (creativity < 34 ? 'plain' : creativity < 67 ? 'lively' : 'bold');
