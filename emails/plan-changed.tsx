import { type Fact, fact } from '@/server/foundation/facts';
import { Go, Layout, P, type Told } from './_layout';

export interface Props {
  workspaceName: string;
  from: string;
  to: string;
  /** What it means: limits that changed, or when it ends. */
  meaning: Fact;
  url: string;
}
export const subject = ({ workspaceName: workspace, to }: Props, { t }: Told['words']) =>
  t('planChanged.subject', { workspace, to });
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  from: 'Free',
  to: 'Pro',
  meaning: fact('emails.previews.meaning', { accounts: 10, posts: 100 }),
  url: 'https://tributary.example/settings/billing',
};

export default function PlanChanged({ words, ...p }: Props & Told) {
  const { t } = words;
  const { from, to, workspaceName: workspace } = p;
  const meaning = words.say(p.meaning);
  return (
    <Layout words={words} preview={meaning} heading={t('planChanged.heading', { from, to })}>
      <P>{t('planChanged.what', { workspace, to, meaning })}</P>
      <Go href={p.url}>{t('planChanged.go')}</Go>
    </Layout>
  );
}
