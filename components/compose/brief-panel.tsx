'use client';

import { Sparkles, Square } from 'lucide-react';
import type { Allowance, Connection, Topic } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { Card, CardContent } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { Slider } from '@/components/ui/slider';
import { Switch } from '@/components/ui/switch';
import { Textarea } from '@/components/ui/textarea';
import type { Draft } from './draft';
import { formatMicros } from './format-micros';
import { Targets } from './targets';

const MAX_PROMPT = 2000;

/** What the text is to be: accounts, topic, own words, and how freely it may be written. */
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
  return (
    <Card>
      <CardContent className="grid gap-5">
        <Field label="Name" optional help="Only you see it. Without one, the first words are used.">
          <Input
            value={draft.title}
            maxLength={200}
            onChange={(event) => patch({ title: event.target.value })}
            placeholder="Spring launch"
          />
        </Field>
        <Targets
          connections={connections}
          value={draft.targets}
          onChange={(targets) => patch({ targets })}
          error={fields.platforms}
        />
        <Field label="Topic" error={fields.topicId} help={toneOf(topics, draft.topicId)}>
          <NativeSelect
            value={draft.topicId ?? ''}
            onChange={(event) => patch({ topicId: event.target.value || null })}
          >
            <option value="">No topic</option>
            {topics.map((topic) => (
              <option key={topic.slug} value={topic.id ?? ''}>
                {topic.name}
              </option>
            ))}
          </NativeSelect>
        </Field>
        <Field
          label="What should it say?"
          error={fields.prompt}
          help="Your own words, facts, a link. It is used as material for the text."
          aside={`${draft.prompt.length.toLocaleString('en-US')} / ${MAX_PROMPT.toLocaleString('en-US')}`}
        >
          <Textarea
            name="prompt"
            dir="auto"
            rows={5}
            value={draft.prompt}
            maxLength={MAX_PROMPT}
            onChange={(event) => patch({ prompt: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) onGenerate();
            }}
            placeholder="Our new budget planner is out. It prints on A4 and costs 12 dollars."
          />
        </Field>
        <Field label="Creativity" aside={`${draft.creativity} · ${word(draft.creativity)}`}>
          {(wiring) => (
            <Slider
              id={wiring.id}
              aria-label="Creativity"
              aria-valuetext={`${draft.creativity}, ${word(draft.creativity)}`}
              value={draft.creativity}
              min={0}
              max={100}
              step={5}
              onValueChange={(creativity) => patch({ creativity })}
            />
          )}
        </Field>
        <div className="flex flex-wrap gap-x-8 gap-y-3">
          <Field label="Hashtags" layout="row">
            <Switch checked={draft.hashtags} onCheckedChange={(hashtags) => patch({ hashtags })} />
          </Field>
          <Field label="Emoji" layout="row">
            <Switch checked={draft.emoji} onCheckedChange={(emoji) => patch({ emoji })} />
          </Field>
        </div>
        <div className="grid gap-2">
          {busy ? (
            <Button variant="outline" onClick={onStop}>
              <Square aria-hidden /> Stop writing
            </Button>
          ) : (
            <Button variant="outline" onClick={onGenerate}>
              <Sparkles aria-hidden /> Generate
            </Button>
          )}
          <p className="text-muted-foreground text-xs">
            {allowance.providers.length > 0
              ? `Written by ${allowance.providers.map((p) => p.label).join(', then ')}.`
              : 'Written by the offline drafter: templates and your own words, no language model.'}{' '}
            <span className="tabular">
              {allowance.limit === null
                ? `${allowance.used.toLocaleString('en-US')} drafts in ${allowance.month}`
                : `${allowance.used.toLocaleString('en-US')} of ${allowance.limit.toLocaleString('en-US')} drafts used in ${allowance.month}`}
              {allowance.costMicros > 0 ? `, about ${formatMicros(allowance.costMicros)} (estimate)` : ''}
            </span>
            .
          </p>
        </div>
      </CardContent>
    </Card>
  );
}

function toneOf(topics: readonly Topic[], id: string | null): string {
  const tone = topics.find((topic) => topic.id === id)?.tone;
  return tone ? `Sounds ${tone}.` : 'Decides how it sounds and, without words of your own, what it is about.';
}

const word = (creativity: number) => (creativity < 34 ? 'plain' : creativity < 67 ? 'lively' : 'bold');
