import { Go, Layout, P, type Told } from './_layout';

export interface Props {
  title: string;
  decision: 'approved' | 'rejected' | 'kept';
  /** Who decided; null when the deadline did. */
  by: string | null;
  /** Whether posting is stopped, so that nothing goes out at its time. */
  held?: boolean;
  url: string;
}
export const subject = ({ decision, title }: Props, { t }: Told['words']) =>
  t('approvalDecided.subject', { decision, title });
export const preview: Props = {
  title: 'Five ways to plan a week',
  decision: 'approved',
  by: null,
  url: 'https://tributary.example/todo',
};

export default function ApprovalDecided({ words, ...p }: Props & Told) {
  const { t } = words;
  const by =
    p.decision === 'kept'
      ? t('approvalDecided.nobody')
      : p.by === null
        ? t('approvalDecided.byDeadline')
        : t('approvalDecided.by', { by: p.by });
  return (
    <Layout words={words} preview={by} heading={subject(p, words)}>
      <P>{by}</P>
      <P>
        {p.decision === 'approved'
          ? t(p.held ? 'approvalDecided.held' : 'approvalDecided.goesOut')
          : t(`approvalDecided.${p.decision}`)}
      </P>
      <Go href={p.url}>{t('approvalDecided.go')}</Go>
    </Layout>
  );
}
