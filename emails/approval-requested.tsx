import type { Fact, InstantParam } from '@/server/foundation/facts';
import { A, Go, Layout, P, Quote, Small, type TemplateContext } from './_layout';

export interface Props {
  workspaceName: string;
  title: string;
  /** The content to publish, one entry per platform. */
  items: {
    platform: string;
    lines: (string | Fact)[];
    /** A time, the rule of a series, or null: as soon as it is approved. */
    when: InstantParam | Fact | string | null;
  }[];
  approveUrl: string;
  rejectUrl: string;
  /** The To do page, which shows the full content. */
  openUrl: string;
  /** Where to see the media that are published with the texts; null if there are none. */
  mediaUrl: string | null;
  deadline: InstantParam;
  policy: 'approve' | 'reject' | 'keep';
}
export const subject = ({ title }: Props, { t }: TemplateContext['words']) =>
  t('approvalRequested.subject', { title });
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  title: 'Five ways to plan a week',
  items: [
    {
      platform: 'X',
      lines: ['Five ways to plan a week that survive Monday.', '[Picture: A calendar full of notes]'],
      when: { instant: '2026-03-03T08:30:00.000Z', zone: 'Europe/Berlin' },
    },
    {
      platform: 'Facebook',
      lines: ['How do you plan your week? Here are five ways.'],
      when: null,
    },
  ],
  approveUrl: 'https://tributary.example/api/approvals/example?decision=approve',
  rejectUrl: 'https://tributary.example/api/approvals/example?decision=reject',
  openUrl: 'https://tributary.example/todo',
  mediaUrl: 'https://tributary.example/todo#example',
  deadline: { instant: '2026-03-03T08:00:00.000Z', zone: 'Europe/Berlin' },
  policy: 'keep',
};

export default function ApprovalRequested({ words, ...p }: Props & TemplateContext) {
  const { t, say } = words;
  const workspace = p.workspaceName;
  const spoken = (when: Props['items'][number]['when']) => {
    if (when === null) return t('approvalRequested.atOnce');
    return typeof when === 'object' && 'instant' in when ? words.moment(when) : say(when);
  };
  return (
    <Layout
      words={words}
      preview={t('approvalRequested.preview', { workspace })}
      heading={p.title}
      ownHeading
    >
      <P>{t('approvalRequested.waits', { workspace })}</P>
      {p.items.map(({ platform, lines, when }, i) => (
        <Quote
          // biome-ignore lint/suspicious/noArrayIndexKey: rendered once
          key={i}
          label={t('approvalRequested.item', { platform, when: spoken(when) })}
        >
          {lines.map(say).join('\n')}
        </Quote>
      ))}
      {p.mediaUrl ? (
        <P>
          {t.rich('approvalRequested.media', {
            link: (words) => <A href={p.mediaUrl ?? ''}>{words}</A>,
          })}
        </P>
      ) : null}
      <Go href={p.approveUrl}>{t('approvalRequested.approve')}</Go>
      <P>
        {t.rich('approvalRequested.reject', {
          reject: (words) => <A href={p.rejectUrl}>{words}</A>,
          open: (words) => <A href={p.openUrl}>{words}</A>,
        })}
      </P>
      <Small>
        {t('approvalRequested.deadline', { policy: p.policy, deadline: words.moment(p.deadline) })}
      </Small>
    </Layout>
  );
}
