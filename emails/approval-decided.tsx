import type { Fact } from '@/server/foundation/facts';
import { Go, Layout, P, type TemplateContext } from './_layout';

/** The outcome of an approval. */
export type Outcome =
  | {
      decision: 'approved' | 'rejected';
      /** Who decided; null if the deadline did. */
      by: string | null;
      /** Whether posting is on hold, so that nothing is published at its time. */
      held?: boolean;
    }
  | {
      decision: 'kept';
      /** Why the deadline passed without a decision. */
      why: Fact;
    };
export type Props = { title: string; url: string } & Outcome;
export const subject = ({ decision, title }: Props, { t }: TemplateContext['words']) =>
  t('approvalDecided.subject', { decision, title });
export const preview: Props = {
  title: 'Five ways to plan a week',
  decision: 'approved',
  by: null,
  url: 'https://tributary.example/todo',
};

export default function ApprovalDecided({ words, ...p }: Props & TemplateContext) {
  const { t } = words;
  const how = howDecided(p, words);
  return (
    <Layout words={words} preview={how} heading={subject(p, words)}>
      <P>{how}</P>
      <P>
        {p.decision === 'approved'
          ? t(p.held ? 'approvalDecided.held' : 'approvalDecided.goesOut')
          : t(`approvalDecided.${p.decision}`)}
      </P>
      <Go href={p.url}>{t('approvalDecided.go')}</Go>
    </Layout>
  );
}

/** Returns who decided, or why nobody did. */
function howDecided(outcome: Outcome, { t, say }: TemplateContext['words']): string {
  if (outcome.decision === 'kept') return say(outcome.why);
  return outcome.by === null ? t('approvalDecided.byDeadline') : t('approvalDecided.by', { by: outcome.by });
}
