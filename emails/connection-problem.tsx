import { type Fact, fact } from '@/server/foundation/facts';
import { Go, Layout, P, type Told } from './_layout';

export interface Props {
  workspaceName: string;
  platform: string;
  account: string;
  /** What is wrong. */
  problem: Fact;
  url: string;
}
export const subject = ({ platform }: Props, { t }: Told['words']) =>
  t('connectionProblem.subject', { platform });
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  platform: 'X',
  account: '@riverside',
  problem: fact('emails.previews.problem', { platform: 'X' }),
  url: 'https://tributary.example/connections',
};

export default function ConnectionProblem({ words, ...p }: Props & Told) {
  const { t } = words;
  const { platform, account, workspaceName: workspace } = p;
  const problem = words.say(p.problem);
  return (
    <Layout words={words} preview={problem} heading={subject(p, words)}>
      <P>{t('connectionProblem.what', { problem, account, workspace })}</P>
      <Go href={p.url}>{t('connectionProblem.go', { platform })}</Go>
    </Layout>
  );
}
