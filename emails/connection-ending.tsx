import type { InstantParam } from '@/server/foundation/facts';
import { Go, Layout, P, Small, type TemplateContext } from './_layout';

export interface Props {
  workspaceName: string;
  platform: string;
  /** Name of the first account that the sign-in covers, and how many others it covers. */
  account: string;
  others: number;
  ends: InstantParam;
  /** Number of posts that are due after that. */
  posts: number;
  url: string;
}
export const subject = ({ platform, account, others, ends }: Props, words: TemplateContext['words']) =>
  words.t('connectionEnding.subject', { platform, account, others, day: dayOf(ends, words) });
const dayOf = (ends: InstantParam, { moment }: TemplateContext['words']) => moment({ ...ends, show: 'day' });

export const preview: Props = {
  workspaceName: 'Riverside Studio',
  platform: 'Example',
  account: 'Mira Lindqvist',
  others: 2,
  ends: { instant: '2026-03-12T08:12:00.000Z', zone: 'Europe/Berlin' },
  posts: 3,
  url: 'https://tributary.example/connections',
};

export default function ConnectionEnding({ words, ...p }: Props & TemplateContext) {
  const { t } = words;
  const { platform, ends, posts } = p;
  return (
    <Layout
      words={words}
      preview={t('connectionEnding.preview', { posts, day: dayOf(ends, words) })}
      heading={subject(p, words)}
    >
      <P>{t('connectionEnding.what', { platform, when: words.moment(ends) })}</P>
      <P>{t('connectionEnding.posts', { posts })}</P>
      <Go href={p.url}>{t('connectionEnding.go')}</Go>
      <Small>{t('connectionEnding.note', { workspace: p.workspaceName })}</Small>
    </Layout>
  );
}
